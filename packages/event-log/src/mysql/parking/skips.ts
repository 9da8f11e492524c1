import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { OperatorError } from '../../operator-error.js';
import { requireGroup } from '../groups.js';
import { audited } from '../operator-audit.js';

/** Positions of a lane that are to be given up because the log has a hole there. */
export interface SkipWish {
  group: string;
  lane: number;
  /** Absent: the generation that is being applied in this lane. */
  generation?: number;
  /** The last sequence to skip. */
  to: number;
  reason: string;
  actor: string;
}

/** Times are epoch ms. */
export interface Skip {
  group: string;
  generation: number;
  lane: number;
  /** Null until it is done. */
  from: number | null;
  to: number;
  state: 'asked' | 'done' | 'refused';
  reason: string;
  /** Why the owner of the lane refused. */
  detail: string;
  askedBy: string;
  askedAt: number;
  settledAt: number | null;
}

/**
 * Asks the lane's owner to go on behind `to`; it refuses to skip what is in the log.
 * @param connection outside any transaction
 * @returns the generation that was meant
 * @throws OperatorError `unknown_group`, `unknown_lane`, `invalid_position` (not ahead of what is applied, or beyond
 * the lane's head), `already_asked`
 */
export async function askSkip(connection: Connection, wish: SkipWish): Promise<{ generation: number }> {
  const { group, lane, to, reason, actor } = wish;
  const act = {
    ...{ actor, action: 'log.skip', target: `lane ${lane} to ${to}` },
    detail: { group, reason, ...(wish.generation === undefined ? {} : { generation: wish.generation }) },
  };
  return audited(
    connection,
    act,
    async () => {
      await requireGroup(connection, group);
      const { generation, head, applied } = await laneToSkipIn(connection, wish);
      if (to <= applied || to > head) {
        const range = applied === head ? 'nothing waits there' : `it may be from ${applied + 1} to ${head}`;
        throw new OperatorError(
          400,
          'invalid_position',
          `Lane ${lane} cannot be skipped to ${to}: ${range}.`,
        );
      }
      await insertSkip(connection, { group, generation, lane, to, reason, actor });
      return { generation };
    },
    (result) => result,
  );
}

async function laneToSkipIn(connection: Connection, { group, lane, generation }: SkipWish) {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT l.generation, l.head_seq, COALESCE(o.applied_seq, l.base_seq) AS applied_seq
     FROM log_lanes AS l
     LEFT JOIN log_offsets AS o ON o.grp = ? AND o.generation = l.generation AND o.lane = l.lane
     WHERE l.lane = ?
     ORDER BY l.generation`,
    [group, lane],
  );
  const lanes = rows.map((row) => ({
    generation: row['generation'] as number,
    head: Number(row['head_seq']),
    applied: Number(row['applied_seq']),
  }));
  const meant =
    generation === undefined
      ? (lanes.find(({ head, applied }) => applied < head) ?? lanes.at(-1))
      : lanes.find((one) => one.generation === generation);
  if (meant !== undefined) return meant;
  const where = generation === undefined ? '' : ` in generation ${generation}`;
  throw new OperatorError(404, 'unknown_lane', `There is no lane ${lane}${where}.`);
}

async function insertSkip(
  connection: Connection,
  { group, generation, lane, to, reason, actor }: Required<SkipWish>,
): Promise<void> {
  const key = [group, generation, lane, to];
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT state FROM log_skips WHERE grp = ? AND generation = ? AND lane = ? AND to_seq = ? FOR UPDATE',
    key,
  );
  const state = rows[0]?.['state'] as Skip['state'] | undefined;
  if (state === 'asked' || state === 'done')
    throw new OperatorError(409, 'already_asked', `The skip of lane ${lane} to ${to} is ${state} already.`);
  await connection.query(
    `INSERT INTO log_skips (grp, generation, lane, to_seq, reason, asked_by, asked_at)
     VALUES (?, ?, ?, ?, ?, ?, SYSDATE(3))
     ON DUPLICATE KEY UPDATE
       state = 'asked', reason = ?, detail = '', asked_by = ?, asked_at = SYSDATE(3), settled_at = NULL`,
    [...key, reason, actor.slice(0, 128), reason, actor.slice(0, 128)],
  );
}

/** The skips asked for last, newest first. */
export async function listSkips(connection: Connection, limit: number): Promise<Skip[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT grp, generation, lane, from_seq, to_seq, state, reason, detail, asked_by,
       CAST(UNIX_TIMESTAMP(asked_at) * 1000 AS UNSIGNED) AS asked_ms,
       CAST(UNIX_TIMESTAMP(settled_at) * 1000 AS UNSIGNED) AS settled_ms
     FROM log_skips
     ORDER BY asked_at DESC, grp, generation DESC, lane, to_seq DESC
     LIMIT ?`,
    [limit],
  );
  return rows.map((row) => ({
    group: row['grp'] as string,
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    from: row['from_seq'] === null ? null : Number(row['from_seq']),
    to: Number(row['to_seq']),
    state: row['state'] as Skip['state'],
    reason: row['reason'] as string,
    detail: row['detail'] as string,
    askedBy: row['asked_by'] as string,
    askedAt: Number(row['asked_ms']),
    settledAt: row['settled_ms'] === null ? null : Number(row['settled_ms']),
  }));
}
