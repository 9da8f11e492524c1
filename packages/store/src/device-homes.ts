import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { Reachability } from '@cpemon/domain';
import type { FleetCountDelta } from './fleet-counts.js';

/** A device whose row stands in a lane of an older generation. */
export interface StrayDevice {
  deviceId: number;
  serialNumber: string;
}

const ROWS_A_STATEMENT = 500;

/** Devices that are not in the generation, by ascending key, after key `after`. */
export async function readStrayDevices(
  connection: Connection,
  generation: number,
  after: number,
  limit: number,
): Promise<StrayDevice[]> {
  const [rows] = await connection.query<RowDataPacket[][]>({
    sql: `
SELECT device_id, serial_number FROM devices FORCE INDEX (PRIMARY)
 WHERE device_id > ? AND generation <> ?
 ORDER BY device_id
 LIMIT ?`,
    values: [after, generation, limit],
    rowsAsArray: true,
  });
  return (rows as unknown as [number, string][]).map(([deviceId, serialNumber]) => ({
    deviceId,
    serialNumber,
  }));
}

/** Puts devices and their states into a lane. @param deviceIds in ascending order */
export async function placeDevices(
  transaction: Connection,
  { generation, lane }: { generation: number; lane: number },
  deviceIds: readonly number[],
): Promise<void> {
  for (let first = 0; first < deviceIds.length; first += ROWS_A_STATEMENT) {
    const chunk = deviceIds.slice(first, first + ROWS_A_STATEMENT);
    for (const table of ['devices', 'device_state']) {
      await transaction.query(
        `UPDATE ${table} FORCE INDEX (PRIMARY) SET generation = ?, lane = ? WHERE device_id IN (?)`,
        [generation, lane, chunk],
      );
    }
  }
}

/** Devices by lane and reachability among the keys after `after` up to `upTo`, as `fleet_counts` counts them. */
export async function countDevicesByLane(
  connection: Connection,
  after: number,
  upTo: number,
): Promise<FleetCountDelta[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT lane, reachability, COUNT(*) AS devices FROM device_state FORCE INDEX (PRIMARY)
 WHERE device_id > ? AND device_id <= ?
 GROUP BY lane, reachability`,
    [after, upTo],
  );
  return rows.map((row) => ({
    lane: row['lane'] as number,
    reachability: row['reachability'] as Reachability,
    devices: Number(row['devices']),
  }));
}

/** The greatest key of a device; 0 when there is none. */
export async function readLastDeviceId(connection: Connection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT MAX(device_id) AS last FROM devices');
  return Number(rows[0]?.['last'] ?? 0);
}

/** Sets the kept counts of all lanes. Only while no lane has an owner that moves them. */
export async function replaceFleetCounts(
  transaction: Connection,
  counts: readonly FleetCountDelta[],
): Promise<void> {
  await transaction.query('DELETE FROM fleet_counts');
  if (counts.length === 0) return;
  await transaction.query('INSERT INTO fleet_counts (lane, reachability, devices) VALUES ?', [
    counts.map(({ lane, reachability, devices }) => [lane, reachability, devices]),
  ]);
}
