import type { Connection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { OperatorError } from '../operator-error.js';

/** What an operator does. */
export interface OperatorAct {
  /** Who, at most 128 characters. */
  actor: string;
  /** `dead_letters.requeue`, `replay.start`, … */
  action: string;
  /** What it is done to: a position, a group, a lane; for people. */
  target: string;
  /** What was asked, to be kept as JSON; bounded by the caller. */
  detail?: Record<string, unknown>;
}

export interface AuditEntry {
  id: number;
  /** Epoch ms. */
  at: number;
  actor: string;
  action: string;
  target: string;
  outcome: 'done' | 'refused';
  detail: Record<string, unknown>;
}

const LONGEST = { actor: 128, action: 48, target: 255 };

/**
 * Does what an operator asks in one transaction, together with its row in operator_audit. A wish that is refused
 * (OperatorError) changes nothing and is written down as refused.
 * @param connection outside any transaction
 * @param told facts of the result that the audit keeps beside what was asked
 * @throws OperatorError from `work`; the database's errors, after ROLLBACK
 */
export async function audited<T>(
  connection: Connection,
  act: OperatorAct,
  work: () => Promise<T>,
  told: (result: T) => Record<string, unknown> = () => ({}),
): Promise<T> {
  await connection.query('START TRANSACTION');
  try {
    const result = await work();
    await writeAudit(connection, act, 'done', told(result));
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    // Where that fails the connection is gone, and the transaction with it: the first error says more.
    await connection.query('ROLLBACK').catch(() => undefined);
    if (error instanceof OperatorError) await writeRefusal(connection, act, error);
    throw error;
  }
}

/**
 * For what has a transaction and a row of the audit of its own: writes down that it was refused, if it is.
 * @throws as `work` does
 */
export async function auditedByItself<T>(
  connection: Connection,
  act: OperatorAct,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperatorError) await writeRefusal(connection, act, error);
    throw error;
  }
}

const writeRefusal = (
  connection: Connection,
  act: OperatorAct,
  { code, message }: OperatorError,
): Promise<void> => writeAudit(connection, act, 'refused', { code, message });

/** One row of the audit, in the caller's transaction if it has one. */
export async function writeAudit(
  connection: Connection,
  { actor, action, target, detail }: OperatorAct,
  outcome: AuditEntry['outcome'],
  facts: Record<string, unknown> = {},
): Promise<void> {
  await connection.query<ResultSetHeader>(
    `INSERT INTO operator_audit (at, actor, action, target, outcome, detail)
     VALUES (SYSDATE(3), ?, ?, ?, ?, ?)`,
    [
      actor.slice(0, LONGEST.actor),
      action.slice(0, LONGEST.action),
      target.slice(0, LONGEST.target),
      outcome,
      JSON.stringify({ ...detail, ...facts }),
    ],
  );
}

export interface AuditFilter {
  actor?: string;
  action?: string;
  /** Epoch ms: from, and before. */
  from?: number;
  until?: number;
}

/** Rows of the audit, newest first. @param page.before id of the last row of the page before */
export async function listAudit(
  connection: Connection,
  { actor, action, from, until }: AuditFilter,
  { limit, before }: { limit: number; before?: number },
): Promise<AuditEntry[]> {
  const conditions: [string, string | number][] = [];
  if (actor !== undefined) conditions.push(['actor = ?', actor]);
  if (action !== undefined) conditions.push(['action = ?', action]);
  if (from !== undefined) conditions.push(['at >= FROM_UNIXTIME(?)', from / 1000]);
  if (until !== undefined) conditions.push(['at < FROM_UNIXTIME(?)', until / 1000]);
  if (before !== undefined) conditions.push(['audit_id < ?', before]);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT audit_id, CAST(UNIX_TIMESTAMP(at) * 1000 AS UNSIGNED) AS at_ms, actor, action, target, outcome, detail
     FROM operator_audit ${where}
     ORDER BY audit_id DESC
     LIMIT ?`,
    [...conditions.map(([, value]) => value), limit],
  );
  return rows.map((row) => ({
    id: Number(row['audit_id']),
    at: Number(row['at_ms']),
    actor: row['actor'] as string,
    action: row['action'] as string,
    target: row['target'] as string,
    outcome: row['outcome'] as AuditEntry['outcome'],
    detail: JSON.parse(row['detail'] as string) as Record<string, unknown>,
  }));
}
