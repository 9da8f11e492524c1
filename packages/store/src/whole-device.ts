import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { DeviceRecord } from '@cpemon/domain';
import { readDevicesById, type ListedDevice } from './device-page.js';
import { decodeMemory } from './read-device-memory.js';
import { VALUE_COLUMNS } from './value-columns.js';

/** A device with all that is known of it now. */
export interface WholeDevice extends ListedDevice {
  /** What its sources said, the one heard last first. */
  sources: DeviceRecord['sources'];
  /** What is usual for it, by metric; null where nothing is compared with that. */
  baselines: DeviceRecord['baselines'];
  /** What rules have found, those included that have not held for long enough yet. */
  found: DeviceRecord['conditions'];
  generation: number;
  lane: number;
  /** Position of the last event applied. */
  lastSequence: number;
  appliedEvents: number;
  duplicateEvents: number;
  lateEvents: number;
}

const VALUES = VALUE_COLUMNS.map(({ name, table }) => (table === 'devices' ? `d.${name}` : `s.${name}`));

/** Null when there is no such device. @throws UnknownMemoryError when a newer release wrote it */
export async function readWholeDevice(connection: Connection, deviceId: number): Promise<WholeDevice | null> {
  const [listed] = await readDevicesById(connection, [deviceId]);
  const [[row]] = await connection.query<RowDataPacket[][]>({
    sql: `
SELECT s.memory, s.generation, s.lane, s.last_seq, s.applied_events, s.duplicate_events, s.late_events, ${VALUES.join(', ')}
  FROM device_state AS s JOIN devices AS d ON d.device_id = s.device_id
 WHERE s.device_id = ?`,
    values: [deviceId],
    rowsAsArray: true,
  });
  if (listed === undefined || row === undefined) return null;
  const [memory, generation, lane, lastSequence, applied, duplicates, late, ...columns] =
    row as unknown as unknown[];
  const { sources, baselines, conditions } = decodeMemory(memory as string, columns);
  return {
    ...listed,
    ...{ generation: Number(generation), lane: Number(lane), lastSequence: Number(lastSequence) },
    ...{ appliedEvents: Number(applied), duplicateEvents: Number(duplicates), lateEvents: Number(late) },
    ...{ sources, baselines, found: conditions },
  };
}

/** Keys of the devices with a serial number, or with a key that is written like one; oldest first. */
export async function findDeviceIds(connection: Connection, text: string): Promise<number[]> {
  if (KEY.test(text)) {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT device_id FROM devices WHERE device_id = ?',
      [Number(text)],
    );
    if (rows.length > 0) return [Number(text)];
  }
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT device_id FROM devices WHERE serial_number = ? ORDER BY device_id LIMIT ?',
    [text, MOST_CANDIDATES],
  );
  return rows.map((row) => Number(row['device_id']));
}

/** As many as an answer names. */
const MOST_CANDIDATES = 20;
const KEY = /^[1-9]\d{0,9}$/;
