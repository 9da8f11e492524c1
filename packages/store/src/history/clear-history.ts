import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/**
 * Removes samples of a lane that are not at rest yet; those that are go with their devices. What is being packed now is
 * locked, and what comes of it is found afterwards: chunks go before runs.
 * @returns how many rows were removed
 */
export async function clearUnpackedHistory(
  transaction: Connection,
  { generation, lane }: { generation: number; lane: number },
  maxRows: number,
): Promise<number> {
  let removed = 0;
  for (const table of ['history_fresh', 'history_runs']) {
    const [result] = await transaction.query<ResultSetHeader>(
      `DELETE FROM ${table} WHERE generation = ? AND lane = ? LIMIT ?`,
      [generation, lane, maxRows],
    );
    removed += result.affectedRows;
    if (removed >= maxRows) break;
  }
  return removed;
}

/** Removes what is at rest of devices: samples and roll-ups. A key begins with its time, so each is named. */
export async function clearHistoryOfDevices(
  transaction: Connection,
  deviceIds: readonly number[],
): Promise<void> {
  for (const [table, span] of [
    ['history_samples', 'slice'],
    ['history_hours', 'day'],
    ['history_days', 'day'],
  ] as const) {
    const [rows] = await transaction.query<RowDataPacket[]>(`SELECT DISTINCT ${span} AS span FROM ${table}`);
    if (rows.length === 0) continue;
    await transaction.query(`DELETE FROM ${table} WHERE ${span} IN (?) AND device_id IN (?)`, [
      rows.map((row) => Number(row['span'])),
      deviceIds,
    ]);
  }
}
