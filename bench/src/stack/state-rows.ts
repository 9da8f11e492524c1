import type { SingleConnection } from '@cpemon/database';

/** What a check needs of a device's row. NaN for NULL. */
export interface StateRow {
  serialNumber: string;
  deviceTimeMs: number;
  cpuUsedRatio: number;
  uptimeSeconds: number;
  appliedEvents: number;
}

/** Few enough to be small beside what is measured, whatever the size of the fleet. */
const ROWS_A_PAGE = 20_000;

/** All rows of device_state by ascending key, page by page. */
export async function* readStateRows(connection: SingleConnection): AsyncGenerator<StateRow[]> {
  let after = 0;
  for (;;) {
    const [found] = await connection.query({
      sql: `SELECT STRAIGHT_JOIN state.device_id, devices.serial_number,
                   CAST(UNIX_TIMESTAMP(state.device_time) * 1000 AS SIGNED),
                   state.cpu_used_ratio, state.uptime_seconds, state.applied_events
              FROM device_state AS state
              JOIN devices ON devices.device_id = state.device_id
             WHERE state.device_id > ?
             ORDER BY state.device_id LIMIT ?`,
      values: [after, ROWS_A_PAGE],
      rowsAsArray: true,
    });
    const rows = found as unknown as [number, string, ...(number | string | null)[]][];
    if (rows.length === 0) return;
    after = rows.at(-1)![0];
    yield rows.map(([, serialNumber, deviceTime, cpu, uptime, applied]) => ({
      serialNumber,
      deviceTimeMs: Number(deviceTime ?? NaN),
      cpuUsedRatio: Number(cpu ?? NaN),
      uptimeSeconds: Number(uptime ?? NaN),
      appliedEvents: Number(applied),
    }));
  }
}

/** The numeric key of each device, by its number (from 1). @throws Error when one of them is not registered */
export async function readDeviceIds(connection: SingleConnection, devices: number): Promise<Int32Array> {
  const ids = new Int32Array(devices + 1);
  let after = 0;
  for (;;) {
    const [found] = await connection.query({
      sql: 'SELECT device_id, serial_number FROM devices WHERE device_id > ? ORDER BY device_id LIMIT ?',
      values: [after, ROWS_A_PAGE],
      rowsAsArray: true,
    });
    const rows = found as unknown as [number, string][];
    if (rows.length === 0) break;
    for (const [id, serialNumber] of rows) {
      const device = Number(serialNumber.slice(4));
      if (device <= devices) ids[device] = id;
    }
    after = rows.at(-1)![0];
  }
  for (let device = 1; device <= devices; device++) {
    if (ids[device] === 0) throw new Error(`device number ${device} is not registered`);
  }
  return ids;
}
