import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  resumeSilence,
  type DeviceRecord,
  type Health,
  type Reachability,
  type ReachabilitySettings,
} from '@cpemon/domain';
import { decodeMemory } from './read-device-memory.js';
import { VALUE_COLUMNS } from './value-columns.js';

/** A device as the tables hold it. */
export interface StoredDevice {
  record: DeviceRecord;
  /** As stored. */
  swVersion: string | null;
  manufacturer: string | null;
  model: string | null;
}

/*
 * The order of the joins and the indexes are given: by statistics of tables that were filled a moment ago the server
 * now and then reads all of device_state for some hundred devices.
 */
const COLUMNS = `
SELECT STRAIGHT_JOIN d.device_id, d.serial_number, d.oui, d.product_class, d.first_seen_at,
       s.last_seen_at, s.last_seq, s.reachability, s.reachability_reason, s.reachability_since,
       s.applied_events, s.duplicate_events, s.late_events, s.memory,
       s.health, s.health_reason, s.health_since, i.label_set_id,
       ${VALUE_COLUMNS.map(({ name, table }) => (table === 'devices' ? `d.${name}` : `s.${name}`)).join(', ')}`;
const FIRST_VALUE = 18;
const SW_VERSION = VALUE_COLUMNS.findIndex(({ name }) => name === 'sw_version');

const SELECT_BY_SERIAL = `${COLUMNS}
  FROM devices AS d FORCE INDEX (identity)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i FORCE INDEX (PRIMARY) ON i.device_id = d.device_id
 WHERE d.serial_number IN (?)`;

const SELECT_BY_ID = `${COLUMNS}
  FROM devices AS named FORCE INDEX (PRIMARY)
  JOIN devices AS d FORCE INDEX (identity) ON d.serial_number = named.serial_number
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i FORCE INDEX (PRIMARY) ON i.device_id = d.device_id
 WHERE named.device_id IN (?)`;

/** Keys asked for in one statement. */
const KEYS_A_STATEMENT = 2000;

/** The devices with one of the serial numbers; several may share one. */
export function loadDevicesBySerial(
  connection: Connection,
  serialNumbers: readonly string[],
  settings: ReachabilitySettings,
): Promise<StoredDevice[]> {
  return loadDevices(connection, SELECT_BY_SERIAL, serialNumbers, settings);
}

/** The devices with one of the keys, and those that share a serial number with one of them. */
export function loadDevicesById(
  connection: Connection,
  deviceIds: readonly number[],
  settings: ReachabilitySettings,
): Promise<StoredDevice[]> {
  return loadDevices(connection, SELECT_BY_ID, deviceIds, settings);
}

async function loadDevices(
  connection: Connection,
  sql: string,
  keys: readonly (string | number)[],
  settings: ReachabilitySettings,
): Promise<StoredDevice[]> {
  const devices = new Map<number, StoredDevice>();
  for (let first = 0; first < keys.length; first += KEYS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[][]>({
      sql,
      values: [keys.slice(first, first + KEYS_A_STATEMENT)],
      rowsAsArray: true,
    });
    for (const row of rows) devices.set(row[0] as unknown as number, deviceOf(row, settings));
  }
  return [...devices.values()];
}

function deviceOf(row: unknown[], settings: ReachabilitySettings): StoredDevice {
  const columns = row.slice(FIRST_VALUE);
  const record: DeviceRecord = {
    deviceId: row[0] as number,
    serialNumber: row[1] as string,
    oui: row[2] as string,
    productClass: row[3] as string,
    firstSeenAt: (row[4] as Date).getTime(),
    lastSeenAt: (row[5] as Date).getTime(),
    lastSequence: Number(row[6]),
    reachability: row[7] as Reachability,
    reason: row[8] as string,
    since: (row[9] as Date).getTime(),
    applied: Number(row[10]),
    duplicates: Number(row[11]),
    late: Number(row[12]),
    health: row[14] as Health,
    healthReason: row[15] as string,
    healthSince: row[16] === null ? -Infinity : (row[16] as Date).getTime(),
    labelSetId: Number(row[17] ?? 0),
    quietUntil: Infinity,
    ...decodeMemory(row[13] as string, columns),
  };
  resumeSilence(record, settings);
  const [manufacturer, model] = columns.slice(-2) as [string | null, string | null];
  const swVersion = (columns[SW_VERSION] as string | null) ?? null;
  return { record, swVersion, manufacturer, model };
}
