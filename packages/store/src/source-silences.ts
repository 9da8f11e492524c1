import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { FoundSilence } from '@cpemon/domain';
import type { HeardKind } from './heard-slots.js';

/** A source or model from which nothing, or next to nothing, came; times in epoch ms. */
export interface SourceSilence extends FoundSilence {
  kind: HeardKind;
  name: string;
  /** Null while it lasts. */
  endedAt: number | null;
  /** Of a model that came back with another interval: what is expected of its devices since. */
  intervalSeconds: number | null;
}

const COLUMNS = `kind, name, started_at AS startedAt, ended_at AS endedAt, usual_per_minute AS usualPerMinute,
  device_count AS devices, interval_seconds AS intervalSeconds`;

/** Silences that last, or that ended after `since` (epoch ms), in order of time. */
export async function readSourceSilences(connection: Connection, since: number): Promise<SourceSilence[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT ${COLUMNS} FROM source_silences WHERE ended_at IS NULL
 UNION ALL
SELECT ${COLUMNS} FROM source_silences WHERE ended_at > ?
 ORDER BY startedAt, kind, name`,
    [new Date(since)],
  );
  return rows.map((row) => ({
    ...(row as SourceSilence),
    startedAt: (row['startedAt'] as Date).getTime(),
    endedAt: row['endedAt'] === null ? null : (row['endedAt'] as Date).getTime(),
  }));
}

/** Notes that a source is silent; that it is silent already changes nothing. */
export async function openSilence(
  transaction: Connection,
  { kind, name, startedAt, usualPerMinute, devices }: Omit<SourceSilence, 'endedAt' | 'intervalSeconds'>,
): Promise<void> {
  await transaction.query(
    `
INSERT INTO source_silences (kind, name, started_at, found_at, usual_per_minute, device_count)
VALUES (?, ?, ?, UTC_TIMESTAMP(3), ?, ?)
ON DUPLICATE KEY UPDATE kind = VALUES(kind)`,
    [kind, name, new Date(startedAt), usualPerMinute, devices],
  );
}

export async function closeSilence(
  transaction: Connection,
  { kind, name, startedAt }: Pick<SourceSilence, 'kind' | 'name' | 'startedAt'>,
  endedAt: number,
  intervalSeconds: number | null,
): Promise<void> {
  await transaction.query(
    `
UPDATE source_silences SET ended_at = ?, interval_seconds = ?
 WHERE kind = ? AND name = ? AND started_at = ? AND ended_at IS NULL`,
    [new Date(endedAt), intervalSeconds, kind, name, new Date(startedAt)],
  );
}

/** Up to when it is decided who is silent, epoch ms; null when nobody decides. */
export async function readDecidedUntil(connection: Connection): Promise<number | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT decided_until AS decided FROM source_watch WHERE id = 1',
  );
  return row === undefined || row['decided'] === null ? null : (row['decided'] as Date).getTime();
}

export async function writeDecidedUntil(transaction: Connection, until: number): Promise<void> {
  await transaction.query(
    `
INSERT INTO source_watch (id, decided_until) VALUES (1, ?)
ON DUPLICATE KEY UPDATE decided_until = GREATEST(COALESCE(decided_until, VALUES(decided_until)), VALUES(decided_until))`,
    [new Date(until)],
  );
}

/** As long as gaps of intake. */
const SILENCES_KEPT_DAYS = 30;

/** Removes silences that no device's clock can overlap any more; the interval that one has taught stays. */
export async function removeOldSilences(connection: Connection): Promise<number> {
  const [result] = await connection.query<ResultSetHeader>(
    `DELETE FROM source_silences WHERE ended_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY AND interval_seconds IS NULL`,
    [SILENCES_KEPT_DAYS],
  );
  return result.affectedRows;
}

/** How far a lane of the newest generation is applied, epoch ms; null for one that has not begun. */
export interface LaneWatermark {
  lane: number;
  watermark: number | null;
}

/** @param group of consumers */
export async function readLaneWatermarks(connection: Connection, group: string): Promise<LaneWatermark[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT o.lane, o.watermark
  FROM log_offsets AS o
 WHERE o.grp = ? AND o.generation = (SELECT MAX(l.generation) FROM log_offsets AS l WHERE l.grp = o.grp)
 ORDER BY o.lane`,
    [group],
  );
  return rows.map((row) => ({
    lane: row['lane'] as number,
    watermark: (row['watermark'] as Date | null)?.getTime() ?? null,
  }));
}
