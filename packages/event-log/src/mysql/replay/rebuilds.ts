import type { Connection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { OperatorError } from '../../operator-error.js';
import { readAppliedGeneration, readLowWaterHour, type AppliedGeneration } from './applied-generation.js';
import { readSkipAfter } from './elsewhere.js';
import { requireGroup } from '../groups.js';
import { requireReason } from './replays.js';

/** What an operator wants made again from the start of the log. */
export interface RebuildWish {
  group: string;
  lanes: readonly number[] | 'all';
  reason: string;
  actor: string;
}

export type RebuildState = 'asked' | 'clearing' | 'applying' | 'done' | 'refused';

/** The rebuild of one lane. Times are epoch ms. */
export interface Rebuild {
  id: number;
  group: string;
  generation: number;
  lane: number;
  state: RebuildState;
  /** How far the lane is applied now, and where the rebuild is done; null before it has begun. */
  appliedSequence: number;
  untilSequence: number | null;
  reason: string;
  detail: string;
  askedBy: string;
  askedAt: number;
  settledAt: number | null;
}

const RECORDS_A_STATEMENT = 10_000;

/**
 * Writes down the wish for a rebuild of some lanes; their owners do it. Call it in a transaction. Goes through the log
 * of the lanes to see that it is whole, without reading events: seconds for some million records.
 * @returns ids in the order of the lanes
 * @throws OperatorError `unknown_group`, `invalid_reason`, `invalid_lanes`, `unknown_lane`, `already_asked`,
 *   `older_generation` and `not_retained` (the log does not reach back to the first event)
 */
export async function askRebuild(connection: Connection, wish: RebuildWish): Promise<number[]> {
  const { group, reason, actor } = wish;
  await requireGroup(connection, group);
  requireReason(reason);
  const applied = await readAppliedGeneration(connection, group);
  const { generation } = applied;
  const [offsets] = await connection.query<RowDataPacket[]>(
    `SELECT o.lane, o.applied_seq, l.base_seq
     FROM log_offsets AS o JOIN log_lanes AS l ON l.generation = o.generation AND l.lane = o.lane
     WHERE o.grp = ? AND o.generation = ? ORDER BY o.lane`,
    [group, generation],
  );
  const lanes = wish.lanes === 'all' ? offsets.map((row) => row['lane'] as number) : [...new Set(wish.lanes)];
  if (lanes.length === 0) throw new OperatorError(400, 'invalid_lanes', 'There is no lane to rebuild.');
  const whyNot = refusalToRebuild(await readLowWaterHour(connection), applied);
  if (whyNot !== undefined) throw whyNot;

  for (const lane of lanes.sort((a, b) => a - b)) {
    const offset = offsets.find((row) => row['lane'] === lane);
    if (offset === undefined)
      throw new OperatorError(
        404,
        'unknown_lane',
        `Group ${group} has no lane ${lane} in generation ${generation}.`,
      );
    await refuseTwice(connection, group, generation, lane);
    const place = { group, generation, lane };
    await requireWholeLog(connection, place, Number(offset['base_seq']), Number(offset['applied_seq']));
  }
  const ids: number[] = [];
  for (const lane of lanes) {
    const [{ insertId }] = await connection.query<ResultSetHeader>(
      `INSERT INTO log_rebuilds (grp, generation, lane, reason, asked_by, asked_at)
       VALUES (?, ?, ?, ?, ?, SYSDATE(3))`,
      [group, generation, lane, reason, actor.slice(0, 128)],
    );
    ids.push(insertId);
  }
  return ids;
}

/** Rebuilds of a group, the newest first. */
export async function listRebuilds(connection: Connection, group: string, limit = 100): Promise<Rebuild[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT b.rebuild_id, b.grp, b.generation, b.lane, b.state, b.until_seq, b.reason, b.detail, b.asked_by,
       COALESCE(o.applied_seq, 0) AS applied_seq,
       CAST(UNIX_TIMESTAMP(b.asked_at) * 1000 AS UNSIGNED) AS asked_ms,
       CAST(UNIX_TIMESTAMP(b.settled_at) * 1000 AS UNSIGNED) AS settled_ms
     FROM log_rebuilds AS b
     LEFT JOIN log_offsets AS o ON o.grp = b.grp AND o.generation = b.generation AND o.lane = b.lane
     WHERE b.grp = ? ORDER BY b.rebuild_id DESC LIMIT ?`,
    [group, limit],
  );
  return rows.map((row) => ({
    id: row['rebuild_id'] as number,
    group: row['grp'] as string,
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    state: row['state'] as RebuildState,
    appliedSequence: Number(row['applied_seq']),
    untilSequence: row['until_seq'] === null ? null : Number(row['until_seq']),
    reason: row['reason'] as string,
    detail: row['detail'] as string,
    askedBy: row['asked_by'] as string,
    askedAt: Number(row['asked_ms']),
    settledAt: row['settled_ms'] === null ? null : Number(row['settled_ms']),
  }));
}

/** Why no lane can be rebuilt: the log does not reach back to the first event of its devices. */
export function refusalToRebuild(
  lowWaterHour: number,
  { openedAt, olderReceivedAt }: Pick<AppliedGeneration, 'openedAt' | 'olderReceivedAt'>,
): OperatorError | undefined {
  if (lowWaterHour > Math.floor(openedAt / 3_600_000)) {
    const from = new Date(lowWaterHour * 3_600_000).toISOString();
    const message = `The log is kept from ${from} on and does not reach back to the first event.`;
    return new OperatorError(409, 'not_retained', message);
  }
  if (olderReceivedAt !== null) {
    const message =
      'An older generation of the log has taken events, whose devices lie in other lanes: a rebuild needs all events ' +
      'of a device in one lane.';
    return new OperatorError(409, 'older_generation', message);
  }
  return undefined;
}

async function refuseTwice(
  connection: Connection,
  group: string,
  generation: number,
  lane: number,
): Promise<void> {
  const [[open]] = await connection.query<RowDataPacket[]>(
    `SELECT rebuild_id FROM log_rebuilds
     WHERE grp = ? AND generation = ? AND lane = ? AND state IN ('asked', 'clearing', 'applying')`,
    [group, generation, lane],
  );
  if (open === undefined) return;
  const message = `Lane ${lane} is being rebuilt already (rebuild ${open['rebuild_id'] as number}).`;
  throw new OperatorError(409, 'already_asked', message);
}

/** @throws OperatorError `not_retained` when positions are missing that nobody has skipped */
async function requireWholeLog(
  connection: Connection,
  place: { group: string; generation: number; lane: number },
  base: number,
  upTo: number,
): Promise<void> {
  let whole = base;
  let readFrom = base;
  while (whole < upTo) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT last_seq, event_count FROM log_records FORCE INDEX (PRIMARY)
       WHERE generation = ? AND lane = ? AND last_seq > ? AND last_seq <= ? ORDER BY last_seq LIMIT ?`,
      [place.generation, place.lane, readFrom, upTo, RECORDS_A_STATEMENT],
    );
    for (const row of rows) {
      const last = Number(row['last_seq']);
      const first = last - Number(row['event_count']) + 1;
      while (first > whole + 1) whole = await skippedTo(connection, place, whole);
      whole = last;
    }
    if (rows.length === 0) whole = await skippedTo(connection, place, whole);
    readFrom = whole;
  }
}

async function skippedTo(
  connection: Connection,
  place: { group: string; generation: number; lane: number },
  after: number,
): Promise<number> {
  const to = await readSkipAfter(connection, { ...place, after });
  if (to !== null) return to;
  const message = `The log of lane ${place.lane} lacks the events after sequence ${after}: it cannot be applied anew.`;
  throw new OperatorError(409, 'not_retained', message);
}
