import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { SLOTS_KEPT_MS, type HeardSlot } from '@cpemon/domain';

/** What is counted apart: a way in ('/webhook'), or what devices say they are. */
export type HeardKind = 'source' | 'model';

/** What a lane has heard within ten seconds of the time of receipt. */
export interface HeardRow extends HeardSlot {
  kind: HeardKind;
  name: string;
  lane: number;
  /** Devices that came back without a boot after they had missed reports, and the span of their gaps, ms. */
  returned: number;
  shortestReturnMs: number | null;
  longestReturnMs: number | null;
}

/** All lanes together. */
export type HeardSum = Omit<HeardRow, 'lane'>;

/** Adds to what the lanes of a state transaction have heard. */
export async function addHeardSlots(transaction: Connection, rows: readonly HeardRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.query(
    `
INSERT INTO heard_slots (slot_at, kind, name, lane, reports, device_minutes, last_at, shortest_stale_ms,
  returned, shortest_return_ms, longest_return_ms) VALUES ?
ON DUPLICATE KEY UPDATE
  reports = reports + VALUES(reports), device_minutes = device_minutes + VALUES(device_minutes),
  last_at = GREATEST(last_at, VALUES(last_at)),
  shortest_stale_ms = LEAST(shortest_stale_ms, VALUES(shortest_stale_ms)),
  returned = returned + VALUES(returned),
  shortest_return_ms = LEAST(COALESCE(shortest_return_ms, VALUES(shortest_return_ms)),
    COALESCE(VALUES(shortest_return_ms), shortest_return_ms)),
  longest_return_ms = GREATEST(COALESCE(longest_return_ms, VALUES(longest_return_ms)),
    COALESCE(VALUES(longest_return_ms), longest_return_ms))`,
    [
      rows.map((row) => [
        ...[new Date(row.at), row.kind, row.name, row.lane, row.reports, row.deviceMinutes],
        ...[new Date(row.lastAt), row.shortestStaleMs],
        ...[row.returned, row.shortestReturnMs, row.longestReturnMs],
      ]),
    ],
  );
}

/**
 * What was heard from `since` (epoch ms) on, by kind and name, in order of time.
 * @param without lanes that are left out
 */
export async function readHeardSlots(
  connection: Connection,
  since: number,
  without: readonly number[] = [],
): Promise<HeardSum[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT slot_at AS at, kind, name, SUM(reports) AS reports, SUM(device_minutes) AS deviceMinutes,
       MAX(last_at) AS lastAt, MIN(shortest_stale_ms) AS shortestStaleMs, SUM(returned) AS returned,
       MIN(shortest_return_ms) AS shortestReturnMs, MAX(longest_return_ms) AS longestReturnMs
  FROM heard_slots
 WHERE slot_at >= ?${without.length === 0 ? '' : ' AND lane NOT IN (?)'}
 GROUP BY slot_at, kind, name
 ORDER BY slot_at, kind, name`,
    [new Date(since), without],
  );
  return rows.map((row) => ({
    ...{ kind: row['kind'] as HeardKind, name: row['name'] as string },
    at: (row['at'] as Date).getTime(),
    lastAt: (row['lastAt'] as Date).getTime(),
    reports: Number(row['reports']),
    deviceMinutes: Number(row['deviceMinutes']),
    shortestStaleMs: Number(row['shortestStaleMs']),
    returned: Number(row['returned']),
    shortestReturnMs: row['shortestReturnMs'] === null ? null : Number(row['shortestReturnMs']),
    longestReturnMs: row['longestReturnMs'] === null ? null : Number(row['longestReturnMs']),
  }));
}

/** Rows that one statement removes at most. */
const ROWS_AT_ONCE = 5000;

/** Removes slots that nothing is told by any more. @param now of the database, epoch ms */
export async function removeOldHeardSlots(connection: Connection, now: number): Promise<number> {
  const [result] = await connection.query<ResultSetHeader>(
    `DELETE FROM heard_slots WHERE slot_at < ? ORDER BY slot_at LIMIT ${ROWS_AT_ONCE}`,
    [new Date(now - SLOTS_KEPT_MS)],
  );
  return result.affectedRows;
}
