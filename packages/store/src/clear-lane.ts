import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { clearHistoryOfDevices, clearUnpackedHistory } from './history/clear-history.js';
import { keepDeviceIds } from './rebuilt-device-ids.js';

/**
 * Removes what is derived from the events of a lane, some rows at a time, and remembers the keys of its devices.
 * Outbox, notifications, dead letters and audit are not derived: they stay.
 * @param transaction a state transaction of the lane's owner
 * @param maxRows about how many rows to remove
 * @param withHistory their samples and roll-ups as well: the writer keeps history, and will make them again
 * @returns how many were removed; 0 when nothing is left
 */
export async function clearLane(
  transaction: Connection,
  { generation, lane }: { generation: number; lane: number },
  maxRows: number,
  withHistory = false,
): Promise<number> {
  const history = withHistory ? await clearUnpackedHistory(transaction, { generation, lane }, maxRows) : 0;
  if (history > 0) return history;
  const [devices] = await transaction.query<RowDataPacket[]>(
    `
SELECT device_id FROM devices FORCE INDEX (by_lane)
 WHERE lane = ? AND generation = ?
 ORDER BY device_id
 LIMIT ?`,
    [lane, generation, maxRows],
  );
  if (devices.length === 0) {
    const [counts] = await transaction.query<ResultSetHeader>('DELETE FROM fleet_counts WHERE lane = ?', [
      lane,
    ]);
    const [labels] = await transaction.query<ResultSetHeader>(
      'DELETE FROM fleet_label_counts WHERE lane = ? LIMIT ?',
      [lane, maxRows],
    );
    await transaction.query('DELETE FROM heard_slots WHERE lane = ?', [lane]);
    const [healths] = await transaction.query<ResultSetHeader>(
      'DELETE FROM fleet_health_counts WHERE lane = ?',
      [lane],
    );
    return counts.affectedRows + labels.affectedRows + healths.affectedRows;
  }
  const deviceIds = devices.map((row) => row['device_id'] as number);
  const [events] = await transaction.query<ResultSetHeader>(
    'DELETE FROM device_events WHERE device_id IN (?) ORDER BY device_id, at, kind, identity LIMIT ?',
    [deviceIds, maxRows],
  );
  // A device goes with the last row of its timeline.
  if (events.affectedRows >= maxRows) return events.affectedRows;
  if (withHistory) await clearHistoryOfDevices(transaction, deviceIds);
  await keepDeviceIds(transaction, deviceIds);
  await transaction.query('DELETE FROM identity_findings WHERE device_id IN (?) OR other_id IN (?)', [
    deviceIds,
    deviceIds,
  ]);
  await transaction.query('DELETE FROM device_inventory WHERE device_id IN (?)', [deviceIds]);
  await transaction.query('DELETE FROM device_conditions WHERE device_id IN (?)', [deviceIds]);
  await transaction.query('DELETE FROM device_state WHERE device_id IN (?)', [deviceIds]);
  await transaction.query('DELETE FROM devices WHERE device_id IN (?)', [deviceIds]);
  return events.affectedRows + deviceIds.length;
}
