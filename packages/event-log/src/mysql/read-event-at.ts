import type { Connection } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import type { LoggedEvent } from '../event-log.js';

const HOUR_MS = 3_600_000;

/**
 * One event of the log by its position; null when it is not there, or not any more.
 * @param receivedFrom it was received then or later, epoch ms: partitions of hours before are not looked at
 */
export async function readEventAt(
  connection: Connection,
  { generation, lane, sequence }: { generation: number; lane: number; sequence: number },
  receivedFrom: number,
): Promise<LoggedEvent | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT last_seq, event_count, CAST(UNIX_TIMESTAMP(received_at) * 1000 AS UNSIGNED) AS received_at_ms, events
       FROM log_records FORCE INDEX (PRIMARY)
      WHERE generation = ? AND lane = ? AND last_seq >= ? AND received_hour >= ?
      ORDER BY last_seq LIMIT 1`,
    [generation, lane, sequence, Math.max(0, Math.floor(receivedFrom / HOUR_MS))],
  );
  if (row === undefined) return null;
  const at = sequence - (Number(row['last_seq']) - Number(row['event_count']) + 1);
  // The record that held it is gone, and this is a later one.
  if (at < 0) return null;
  const events = JSON.parse((row['events'] as Buffer).toString()) as CpeEvent[];
  const event = events[at];
  return event === undefined ? null : { sequence, receivedAt: Number(row['received_at_ms']), event };
}
