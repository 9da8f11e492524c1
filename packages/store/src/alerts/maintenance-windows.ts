import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { StoredMatchers } from './silences.js';

/** A planned window, once or weekly. Times are epoch ms. */
export interface PlannedWindow {
  matchers: StoredMatchers;
  startsAt: number;
  /** Of a weekly window when the last one ends; null: never. */
  endsAt: number | null;
  /** Null: once. */
  weekly: object | null;
  reason: string;
  madeBy: string;
}
export type StoredWindow = PlannedWindow & { windowId: number; madeAt: number };

export async function addMaintenanceWindow(transaction: Connection, window: PlannedWindow): Promise<number> {
  const { matchers, startsAt, endsAt, weekly, reason, madeBy } = window;
  const [result] = await transaction.query<ResultSetHeader>(
    `INSERT INTO maintenance_windows (matchers, starts_at, ends_at, weekly, reason, made_by, made_at)
     VALUES (?, ?, ?, ?, ?, ?, SYSDATE(3))`,
    [
      ...[JSON.stringify(matchers), new Date(startsAt), endsAt === null ? null : new Date(endsAt)],
      ...[weekly === null ? null : JSON.stringify(weekly), reason.slice(0, 255), madeBy.slice(0, 128)],
    ],
  );
  return result.insertId;
}

/** Windows that are not over, in the order in which they were made. */
export async function readMaintenanceWindows(connection: Connection, most: number): Promise<StoredWindow[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT window_id, matchers, CAST(UNIX_TIMESTAMP(starts_at) * 1000 AS UNSIGNED) AS starts_ms,
            CAST(UNIX_TIMESTAMP(ends_at) * 1000 AS UNSIGNED) AS ends_ms, weekly, reason, made_by,
            CAST(UNIX_TIMESTAMP(made_at) * 1000 AS UNSIGNED) AS made_ms
     FROM maintenance_windows WHERE ends_at IS NULL OR ends_at > SYSDATE(3) ORDER BY window_id LIMIT ?`,
    [most],
  );
  return rows.map((row) => ({
    windowId: row['window_id'] as number,
    matchers: JSON.parse(row['matchers'] as string) as StoredMatchers,
    startsAt: Number(row['starts_ms']),
    endsAt: row['ends_ms'] === null ? null : Number(row['ends_ms']),
    weekly: row['weekly'] === null ? null : (JSON.parse(row['weekly'] as string) as object),
    reason: row['reason'] as string,
    madeBy: row['made_by'] as string,
    madeAt: Number(row['made_ms']),
  }));
}

/** Ends a window now. @returns false when there is none that is not over */
export async function endMaintenanceWindow(transaction: Connection, windowId: number): Promise<boolean> {
  const [result] = await transaction.query<ResultSetHeader>(
    `UPDATE maintenance_windows SET ends_at = SYSDATE(3)
     WHERE window_id = ? AND (ends_at IS NULL OR ends_at > SYSDATE(3))`,
    [windowId],
  );
  return result.affectedRows === 1;
}
