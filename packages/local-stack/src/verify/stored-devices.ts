import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { StoredDevice } from './compare-devices.js';

/** Rows of one statement; a million devices in one would stand in memory twice. */
const PAGE = 20_000;

/** All devices by serial number. */
export async function readStoredDevices(
  connection: Pick<SingleConnection, 'query'>,
): Promise<Map<string, StoredDevice>> {
  const stored = new Map<string, StoredDevice>();
  for (let after = 0; ;) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT d.device_id, d.serial_number, s.applied_events, s.duplicate_events, s.late_events, s.sw_version, s.wan_ip,
              CAST(UNIX_TIMESTAMP(s.device_time) * 1000 AS UNSIGNED) AS device_time_ms
         FROM devices AS d JOIN device_state AS s ON s.device_id = d.device_id
        WHERE d.device_id > ? ORDER BY d.device_id LIMIT ${PAGE}`,
      [after],
    );
    for (const row of rows) {
      after = Number(row['device_id']);
      addRow(stored, row);
    }
    if (rows.length < PAGE) return stored;
  }
}

function addRow(stored: Map<string, StoredDevice>, row: RowDataPacket): void {
  const serialNumber = row['serial_number'] as string;
  const duplicates = Number(row['duplicate_events']);
  const before = stored.get(serialNumber);
  stored.set(serialNumber, {
    serialNumber,
    applied: (before?.applied ?? 0) + Number(row['applied_events']) - duplicates,
    duplicates: (before?.duplicates ?? 0) + duplicates,
    late: (before?.late ?? 0) + Number(row['late_events']),
    devices: (before?.devices ?? 0) + 1,
    swVersion: row['sw_version'] as string | null,
    wanIp: row['wan_ip'] as string | null,
    deviceTimeMs: row['device_time_ms'] === null ? null : Number(row['device_time_ms']),
  });
}
