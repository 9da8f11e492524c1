import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { HistoryDevice } from './unpacked-samples.js';

/** The device with a key. */
export async function findHistoryDevice(
  connection: Connection,
  deviceId: number,
): Promise<HistoryDevice | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT device_id, serial_number FROM devices WHERE device_id = ?',
    [deviceId],
  );
  return row === undefined ? null : toDevice(row);
}

/** The devices with a serial number; several where OUI or product class tell them apart. */
export async function findHistoryDevices(
  connection: Connection,
  serialNumber: string,
): Promise<HistoryDevice[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT device_id, serial_number FROM devices WHERE serial_number = ? ORDER BY device_id LIMIT 20',
    [serialNumber],
  );
  return rows.map(toDevice);
}

const toDevice = (row: RowDataPacket): HistoryDevice => ({
  deviceId: Number(row['device_id']),
  serialNumber: row['serial_number'] as string,
});
