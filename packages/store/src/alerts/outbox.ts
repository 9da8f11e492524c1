import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** A message that is to be sent. */
export interface NewMessage {
  receiver: string;
  /** The same for the same message, whoever receives it and however often. */
  messageId: string;
  kind: string;
  /** 0: of no single alert. */
  alertId: number;
  /** JSON. */
  body: string;
  /** The trace of the event that it comes from; absent or null: none that is recorded. */
  traceparent?: string | null;
}

export type OutboxMessage = NewMessage & { position: number; madeAt: number; attempts: number };

/** How a receiver fares. Times are epoch ms. */
export interface ReceiverState {
  receiver: string;
  /** Messages made for it, and those that wait, were delivered and were given up. */
  position: number;
  waiting: number;
  dead: number;
  attempts: number;
  nextAt: number | null;
  failingSince: number | null;
  lastOkAt: number | null;
  lastError: string;
  oldestWaitingAt: number | null;
}

/**
 * Adds messages, in the order given. Only in a transaction of the evaluator, who alone gives positions.
 * @param madeAt the database's time, epoch ms
 */
export async function addToOutbox(
  transaction: Connection,
  messages: readonly NewMessage[],
  madeAt: number,
): Promise<void> {
  const receivers = [...new Set(messages.map(({ receiver }) => receiver))].sort();
  for (const receiver of receivers) {
    const own = messages.filter((message) => message.receiver === receiver);
    await transaction.query(
      `INSERT INTO outbox_receivers (receiver, position) VALUES (?, ?)
       ON DUPLICATE KEY UPDATE position = position + VALUES(position)`,
      [receiver, own.length],
    );
    const [[head]] = await transaction.query<RowDataPacket[]>(
      'SELECT position FROM outbox_receivers WHERE receiver = ?',
      [receiver],
    );
    const first = Number(head?.['position']) - own.length + 1;
    const rows = own.map(({ messageId, kind, alertId, body, traceparent = null }, n) => [
      ...[receiver, first + n, new Date(madeAt), messageId, kind, alertId, body, traceparent],
    ]);
    await transaction.query(
      'INSERT INTO outbox (receiver, position, made_at, message_id, kind, alert_id, body, traceparent) VALUES ?',
      [rows],
    );
  }
}

/** The next messages of a receiver, in order; none while it is given time after a failure. */
export async function readWaitingMessages(
  connection: Connection,
  receiver: string,
  most: number,
): Promise<OutboxMessage[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT o.receiver, o.position, CAST(UNIX_TIMESTAMP(o.made_at) * 1000 AS UNSIGNED) AS made_ms, o.message_id, o.kind,
            o.alert_id, o.body, o.attempts, o.traceparent
     FROM outbox AS o
     JOIN outbox_receivers AS r ON r.receiver = o.receiver AND COALESCE(r.next_at <= SYSDATE(3), TRUE)
     WHERE o.receiver = ? AND o.state = 'waiting'
     ORDER BY o.position LIMIT ?`,
    [receiver, most],
  );
  return rows.map((row) => ({
    receiver: row['receiver'] as string,
    position: Number(row['position']),
    madeAt: Number(row['made_ms']),
    messageId: row['message_id'] as string,
    kind: row['kind'] as string,
    alertId: Number(row['alert_id']),
    body: row['body'] as string,
    traceparent: row['traceparent'] as string | null,
    attempts: row['attempts'] as number,
  }));
}

/** Notes that a message has arrived. */
export async function noteSent(
  transaction: Connection,
  { receiver, position }: Pick<OutboxMessage, 'receiver' | 'position'>,
): Promise<void> {
  await transaction.query(
    `UPDATE outbox SET state = 'sent', attempts = attempts + 1, settled_at = SYSDATE(3)
     WHERE receiver = ? AND position = ? AND state = 'waiting'`,
    [receiver, position],
  );
  await noteReceiverWell(transaction, receiver);
}

export async function noteReceiverWell(transaction: Connection, receiver: string): Promise<void> {
  await transaction.query(
    `INSERT INTO outbox_receivers (receiver, last_ok_at) VALUES (?, SYSDATE(3))
     ON DUPLICATE KEY UPDATE last_ok_at = SYSDATE(3), attempts = 0, next_at = NULL, failing_since = NULL, last_error = ''`,
    [receiver],
  );
}

/** Notes that a receiver did not take a message, and from when on it is tried again. */
export async function noteFailed(
  transaction: Connection,
  { receiver, error, againInMs }: { receiver: string; error: string; againInMs: number },
  message?: Pick<OutboxMessage, 'position'>,
): Promise<void> {
  if (message !== undefined)
    await transaction.query('UPDATE outbox SET attempts = attempts + 1 WHERE receiver = ? AND position = ?', [
      receiver,
      message.position,
    ]);
  await transaction.query(
    `INSERT INTO outbox_receivers (receiver, attempts, next_at, failing_since, last_error)
     VALUES (?, 1, SYSDATE(3) + INTERVAL ? MICROSECOND, SYSDATE(3), ?)
     ON DUPLICATE KEY UPDATE attempts = attempts + 1, next_at = VALUES(next_at),
       failing_since = COALESCE(failing_since, VALUES(failing_since)), last_error = VALUES(last_error)`,
    [receiver, Math.round(againInMs * 1000), error.slice(0, 255)],
  );
}

/** Gives up messages that nobody needs any more: older than `hours`. @returns how many */
export async function giveUpOldMessages(
  transaction: Connection,
  receiver: string,
  hours: number,
): Promise<number> {
  const [result] = await transaction.query<ResultSetHeader>(
    `UPDATE outbox SET state = 'dead', settled_at = SYSDATE(3)
     WHERE receiver = ? AND state = 'waiting' AND made_at < SYSDATE(3) - INTERVAL ? HOUR`,
    [receiver, hours],
  );
  return result.affectedRows;
}

/** Every receiver that ever had a message. */
export async function readReceiverStates(connection: Connection): Promise<ReceiverState[]> {
  const ms = (column: string): string => `CAST(UNIX_TIMESTAMP(${column}) * 1000 AS UNSIGNED)`;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT r.receiver, r.position, r.attempts, ${ms('r.next_at')} AS next_ms,
            ${ms('r.failing_since')} AS failing_ms, ${ms('r.last_ok_at')} AS ok_ms, r.last_error,
            (SELECT COUNT(*) FROM outbox AS o WHERE o.receiver = r.receiver AND o.state = 'waiting') AS waiting,
            (SELECT COUNT(*) FROM outbox AS o WHERE o.receiver = r.receiver AND o.state = 'dead') AS dead,
            (SELECT ${ms('MIN(o.made_at)')} FROM outbox AS o
              WHERE o.receiver = r.receiver AND o.state = 'waiting') AS oldest_ms
     FROM outbox_receivers AS r ORDER BY r.receiver`,
  );
  const time = (value: unknown): number | null => (value === null ? null : Number(value));
  return rows.map((row) => ({
    receiver: row['receiver'] as string,
    position: Number(row['position']),
    waiting: Number(row['waiting']),
    dead: Number(row['dead']),
    attempts: row['attempts'] as number,
    nextAt: time(row['next_ms']),
    failingSince: time(row['failing_ms']),
    lastOkAt: time(row['ok_ms']),
    lastError: row['last_error'] as string,
    oldestWaitingAt: time(row['oldest_ms']),
  }));
}
