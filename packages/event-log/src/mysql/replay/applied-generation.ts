import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { getGroupGeneration } from '../generations/generation.js';

/** The generation that is applied now, and what came before it. Times are epoch ms. */
export interface AppliedGeneration {
  generation: number;
  openedAt: number;
  /** When the last event was received in any older generation; null when none has one. */
  olderReceivedAt: number | null;
}

/** The one that a group works on; see getGroupGeneration. */
export async function readAppliedGeneration(
  connection: Connection,
  group: string,
): Promise<AppliedGeneration> {
  const { generation } = await getGroupGeneration(connection, group);
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT CAST(UNIX_TIMESTAMP(opened_at) * 1000 AS UNSIGNED) AS opened_ms FROM log_generations WHERE generation = ?',
    [generation],
  );
  const [[older]] = await connection.query<RowDataPacket[]>(
    `SELECT CAST(UNIX_TIMESTAMP(MAX(last_received_at)) * 1000 AS UNSIGNED) AS received_ms
     FROM log_lanes WHERE generation < ? AND head_seq > base_seq`,
    [generation],
  );
  const received: unknown = older?.['received_ms'];
  return {
    generation,
    openedAt: Number(row?.['opened_ms']),
    olderReceivedAt: received === null || received === undefined ? null : Number(received),
  };
}

/** Hours since 1970 before which the log is not kept; 0 while everything is. */
export async function readLowWaterHour(connection: Connection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT low_water_hour FROM log_retention WHERE id = 1',
  );
  return Number(row?.['low_water_hour'] ?? 0);
}
