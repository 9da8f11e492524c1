import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { AdminState } from '@cpemon/domain';
import { SUMMARY_COLUMNS, toDeviceSummary, type DeviceSummary } from './device-list.js';

/** A device as lists show it. */
export interface ListedDevice extends DeviceSummary {
  deviceId: number;
  adminState: AdminState;
  /** A row of label_sets; 0 for none. */
  labelSetId: number;
}

const SELECT = `
SELECT STRAIGHT_JOIN d.device_id AS deviceId, COALESCE(i.admin_state, 'in_service') AS adminState,
  i.label_set_id AS labelSetId, ${SUMMARY_COLUMNS}
  FROM devices AS d FORCE INDEX (PRIMARY)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id`;

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/** Devices in the order in which they were first seen, or the other way round. @param after key of the last one before */
export async function pageDevices(
  connection: Connection,
  { after, limit, newestFirst }: { after: number | undefined; limit: number; newestFirst: boolean },
): Promise<ListedDevice[]> {
  const [condition, order] = newestFirst ? ['d.device_id < ?', 'DESC'] : ['d.device_id > ?', 'ASC'];
  const [rows] = await connection.query<RowDataPacket[]>(
    `${SELECT} WHERE ${condition} ORDER BY d.device_id ${order} LIMIT ?`,
    [after ?? (newestFirst ? LARGEST_KEY : 0), limit],
  );
  return rows.map(toListed);
}

const LARGEST_KEY = 4_294_967_295;

/** Devices with some keys, in the order of the keys given; one that is gone is left out. */
export async function readDevicesById(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<ListedDevice[]> {
  const found = new Map<number, ListedDevice>();
  for (let first = 0; first < deviceIds.length; first += KEYS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[]>(`${SELECT} WHERE d.device_id IN (?)`, [
      deviceIds.slice(first, first + KEYS_A_STATEMENT),
    ]);
    for (const row of rows) found.set(row['deviceId'] as number, toListed(row));
  }
  return deviceIds.flatMap((deviceId) => found.get(deviceId) ?? []);
}

/** Devices with some serial numbers, those heard last first. */
export async function readDevicesBySerial(
  connection: Connection,
  serialNumbers: readonly string[],
): Promise<ListedDevice[]> {
  if (serialNumbers.length === 0) return [];
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT device_id FROM devices WHERE serial_number IN (?) ORDER BY device_id LIMIT ?',
    [serialNumbers, MOST_NAMESAKES],
  );
  const devices = await readDevicesById(
    connection,
    rows.map((row) => row['device_id'] as number),
  );
  return devices.sort((one, other) => other.lastSeenAt - one.lastSeenAt);
}

/** More devices than one key is ever known to. */
const MOST_NAMESAKES = 500;

const toListed = (row: RowDataPacket): ListedDevice => ({
  ...(toDeviceSummary(row) as ListedDevice),
  labelSetId: (row['labelSetId'] as number | null) ?? 0,
});

/** By what a change of a device is shown to people. */
export interface DeviceName {
  serialNumber: string;
  model: string | null;
  labelSetId: number;
}

/** Names of devices by key; one that is gone is left out. */
export async function readDeviceNames(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<Map<number, DeviceName>> {
  const names = new Map<number, DeviceName>();
  for (let first = 0; first < deviceIds.length; first += KEYS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `
SELECT d.device_id AS deviceId, d.serial_number AS serialNumber, d.model, i.label_set_id AS labelSetId
  FROM devices AS d FORCE INDEX (PRIMARY)
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id
 WHERE d.device_id IN (?)`,
      [deviceIds.slice(first, first + KEYS_A_STATEMENT)],
    );
    for (const row of rows) {
      names.set(row['deviceId'] as number, {
        ...{ serialNumber: row['serialNumber'] as string, model: row['model'] as string | null },
        labelSetId: (row['labelSetId'] as number | null) ?? 0,
      });
    }
  }
  return names;
}
