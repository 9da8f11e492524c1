import type { Connection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { OperatorError } from '../../operator-error.js';
import { readAppliedGeneration, readLowWaterHour } from './applied-generation.js';
import { requireGroup } from '../groups.js';
import { hourOf, lastReceivedBefore } from './position-at.js';

/** What an operator wants applied again: events received from `from` on and before `until`. */
export interface ReplayWish {
  group: string;
  from: Date;
  /** Absent: everything that is applied now. */
  until?: Date;
  reason: string;
  actor: string;
}

export type ReplayState = 'running' | 'done' | 'stopped' | 'refused';

/** Times are epoch ms. */
export interface Replay {
  id: number;
  group: string;
  from: number;
  until: number;
  reason: string;
  askedBy: string;
  askedAt: number;
  /** running while any lane is; else the worst of the lanes: refused, stopped, done. */
  state: ReplayState;
  /** Positions passed, of them left out (parked, dead letters, skipped, unknown devices) and failed; still to pass. */
  passed: number;
  leftOut: number;
  failed: number;
  waiting: number;
}

export interface ReplayLane {
  generation: number;
  lane: number;
  /** The last sequence passed, and the last to pass. */
  doneSequence: number;
  endSequence: number;
  applied: number;
  leftOut: number;
  failed: number;
  state: ReplayState;
  detail: string;
  settledAt: number | null;
}

export interface ReplayFailure {
  generation: number;
  lane: number;
  sequence: number;
  subject: string;
  cause: string;
}

export interface ReplayDetails extends Replay {
  lanes: ReplayLane[];
  /** The first of them. */
  failures: ReplayFailure[];
}

const FAILURES_SHOWN = 100;
const LONGEST_REASON = 255;

/**
 * Writes down the wish for a replay; the lanes' owners do it. Call it in a transaction. Looks at some 60 records a lane.
 * Older generations are refused: their lanes have no owners any more, and their devices live in other lanes.
 * @returns its id
 * @throws OperatorError `unknown_group`, `invalid_reason`, `invalid_range` (no time, in the future, from after until),
 *   `not_retained` (the log is not kept that far back), `older_generation`, `already_running` (a rebuild is)
 */
export async function askReplay(connection: Connection, wish: ReplayWish): Promise<number> {
  const { group, reason, actor } = wish;
  await requireGroup(connection, group);
  requireReason(reason);
  const now = await readNow(connection);
  // Nothing was received before 1970.
  const from = Math.max(0, wish.from.getTime());
  const until = Math.min(wish.until?.getTime() ?? now, now);
  refuseBadRange(from, wish.until?.getTime() ?? now, now);

  const applied = await readAppliedGeneration(connection, group);
  if (applied.olderReceivedAt !== null && applied.olderReceivedAt >= from) {
    throw new OperatorError(
      409,
      'older_generation',
      `Events from ${iso(from)} on are in an older generation of the log; a replay reaches back to ` +
        `${iso(applied.openedAt)}, when generation ${applied.generation} was opened.`,
    );
  }
  const lowWaterHour = await readLowWaterHour(connection);
  if (hourOf(from) < lowWaterHour) {
    throw new OperatorError(
      409,
      'not_retained',
      `The log is kept from ${iso(lowWaterHour * 3_600_000)} on; ${iso(from)} is before that.`,
    );
  }
  const { generation } = applied;
  await refuseWhileRebuilding(connection, group, generation);

  const [offsets] = await connection.query<RowDataPacket[]>(
    `SELECT o.lane, o.applied_seq, l.base_seq
     FROM log_offsets AS o JOIN log_lanes AS l ON l.generation = o.generation AND l.lane = o.lane
     WHERE o.grp = ? AND o.generation = ? ORDER BY o.lane`,
    [group, generation],
  );
  if (offsets.length === 0)
    throw new OperatorError(409, 'not_ready', `Group ${group} has applied nothing of the log yet.`);
  const [{ insertId }] = await connection.query<ResultSetHeader>(
    `INSERT INTO log_replays (grp, from_at, until_at, reason, asked_by, asked_at)
     VALUES (?, ?, ?, ?, ?, SYSDATE(3))`,
    [group, new Date(from), new Date(until), reason, actor.slice(0, 128)],
  );
  const rows: (number | string | Date | null)[][] = [];
  for (const offset of offsets) {
    const lane = offset['lane'] as number;
    const upTo = Number(offset['applied_seq']);
    const stretch = { generation, lane, after: Math.min(Number(offset['base_seq']), upTo), upTo };
    const start = await lastReceivedBefore(connection, stretch, from);
    const end =
      wish.until === undefined
        ? upTo
        : await lastReceivedBefore(connection, { ...stretch, after: start }, until);
    const done = start >= end;
    rows.push([
      insertId,
      generation,
      lane,
      start,
      hourOf(from),
      end,
      done ? 'done' : 'running',
      done ? new Date(now) : null,
    ]);
  }
  await connection.query(
    `INSERT INTO log_replay_lanes (replay_id, generation, lane, done_seq, done_hour, end_seq, state, settled_at)
     VALUES ?`,
    [rows],
  );
  return insertId;
}

/** Replays of a group, the newest first. @param limit how many at most */
export async function listReplays(connection: Connection, group: string, limit = 50): Promise<Replay[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `${SELECT_REPLAYS} WHERE p.grp = ? ${GROUP_BY} ORDER BY p.replay_id DESC LIMIT ?`,
    [group, limit],
  );
  return rows.map(toReplay);
}

/** @throws OperatorError `unknown_replay` */
export async function readReplay(connection: Connection, id: number): Promise<ReplayDetails> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `${SELECT_REPLAYS} WHERE p.replay_id = ? ${GROUP_BY}`,
    [id],
  );
  if (row === undefined) throw unknownReplay(id);
  const [lanes] = await connection.query<RowDataPacket[]>(
    `SELECT generation, lane, done_seq, end_seq, applied, left_out, failed, state, detail,
       CAST(UNIX_TIMESTAMP(settled_at) * 1000 AS UNSIGNED) AS settled_ms
     FROM log_replay_lanes WHERE replay_id = ? ORDER BY generation, lane`,
    [id],
  );
  const [failures] = await connection.query<RowDataPacket[]>(
    `SELECT generation, lane, seq, subject, cause FROM log_replay_failures
     WHERE replay_id = ? ORDER BY generation, lane, seq LIMIT ?`,
    [id, FAILURES_SHOWN],
  );
  return {
    ...toReplay(row),
    lanes: lanes.map((lane) => ({
      generation: lane['generation'] as number,
      lane: lane['lane'] as number,
      doneSequence: Number(lane['done_seq']),
      endSequence: Number(lane['end_seq']),
      applied: Number(lane['applied']),
      leftOut: Number(lane['left_out']),
      failed: Number(lane['failed']),
      state: lane['state'] as ReplayState,
      detail: lane['detail'] as string,
      settledAt: lane['settled_ms'] === null ? null : Number(lane['settled_ms']),
    })),
    failures: failures.map((failure) => ({
      generation: failure['generation'] as number,
      lane: failure['lane'] as number,
      sequence: Number(failure['seq']),
      subject: failure['subject'] as string,
      cause: failure['cause'] as string,
    })),
  };
}

/**
 * Stops a replay where it is; what it has rewritten stays.
 * @throws OperatorError `unknown_replay`, `already_settled` when it runs in no lane any more
 */
export async function stopReplay(connection: Connection, id: number, actor: string): Promise<void> {
  const [result] = await connection.query<ResultSetHeader>(
    `UPDATE log_replay_lanes SET state = 'stopped', detail = ?, settled_at = SYSDATE(3)
     WHERE replay_id = ? AND state = 'running'`,
    [`stopped by ${actor}`.slice(0, 255), id],
  );
  if (result.affectedRows > 0) return;
  const { state } = await readReplay(connection, id);
  throw new OperatorError(409, 'already_settled', `Replay ${id} does not run any more: it is ${state}.`);
}

/** @throws OperatorError `invalid_reason` unless the text can be kept */
export function requireReason(reason: string): void {
  if (reason.trim() === '' || reason.length > LONGEST_REASON)
    throw new OperatorError(
      400,
      'invalid_reason',
      `A reason of 1 to ${LONGEST_REASON} characters is needed.`,
    );
}

function refuseBadRange(from: number, until: number, now: number): void {
  const refuse = (message: string): never => {
    throw new OperatorError(400, 'invalid_range', message);
  };
  if (Number.isNaN(from) || Number.isNaN(until)) refuse('Times are written as 2026-11-21T12:00:00Z.');
  if (from > now) refuse(`${iso(from)} is in the future: it is ${iso(now)}.`);
  if (from > until) refuse(`The replay would begin at ${iso(from)}, after its end at ${iso(until)}.`);
}

async function refuseWhileRebuilding(
  connection: Connection,
  group: string,
  generation: number,
): Promise<void> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT lane FROM log_rebuilds
     WHERE grp = ? AND generation = ? AND state IN ('asked', 'clearing', 'applying') LIMIT 1`,
    [group, generation],
  );
  if (row === undefined) return;
  const lane = row['lane'] as number;
  throw new OperatorError(
    409,
    'already_running',
    `Lane ${lane} is being rebuilt, which applies everything again.`,
  );
}

async function readNow(connection: Connection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at',
  );
  return Number(row?.['at']);
}

const SELECT_REPLAYS = `
SELECT p.replay_id, p.grp, p.reason, p.asked_by,
  CAST(UNIX_TIMESTAMP(p.from_at) * 1000 AS UNSIGNED) AS from_ms,
  CAST(UNIX_TIMESTAMP(p.until_at) * 1000 AS UNSIGNED) AS until_ms,
  CAST(UNIX_TIMESTAMP(p.asked_at) * 1000 AS UNSIGNED) AS asked_ms,
  SUM(r.applied + r.left_out + r.failed) AS passed, SUM(r.left_out) AS left_out, SUM(r.failed) AS failed,
  SUM(IF(r.state = 'running', r.end_seq - r.done_seq, 0)) AS waiting,
  SUM(r.state = 'running') AS running, SUM(r.state = 'refused') AS refused, SUM(r.state = 'stopped') AS stopped
FROM log_replays AS p JOIN log_replay_lanes AS r ON r.replay_id = p.replay_id`;
/** MariaDB does not see that all of them follow from the key. */
const GROUP_BY = 'GROUP BY p.replay_id, p.grp, p.reason, p.asked_by, p.from_at, p.until_at, p.asked_at';

function toReplay(row: RowDataPacket): Replay {
  const is = (state: string): boolean => Number(row[state]) > 0;
  return {
    id: row['replay_id'] as number,
    group: row['grp'] as string,
    from: Number(row['from_ms']),
    until: Number(row['until_ms']),
    reason: row['reason'] as string,
    askedBy: row['asked_by'] as string,
    askedAt: Number(row['asked_ms']),
    state: is('running') ? 'running' : is('refused') ? 'refused' : is('stopped') ? 'stopped' : 'done',
    passed: Number(row['passed']),
    leftOut: Number(row['left_out']),
    failed: Number(row['failed']),
    waiting: Number(row['waiting']),
  };
}

const unknownReplay = (id: number): OperatorError =>
  new OperatorError(404, 'unknown_replay', `There is no replay ${id}.`);

const iso = (at: number): string => new Date(at).toISOString();
