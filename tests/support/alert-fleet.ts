import type { DatabasePool } from '@cpemon/database';
import { addChanges, labelSetIds, labelsText, recountLabels } from '@cpemon/store';
import type { RowDataPacket } from 'mysql2';

/** A device as it stands in the tables. Times are epoch ms. */
export interface TabledDevice {
  deviceId: number;
  labels: Record<string, string>;
  model?: string;
  firmware?: string;
  lane?: number;
  lastSeenAt: number;
}

/** Puts devices into the tables, all online, without applying any event. */
export async function addTabledDevices(pool: DatabasePool, devices: readonly TabledDevice[]): Promise<void> {
  const connection = await pool.getConnection();
  try {
    const texts = [...new Set(devices.map(({ labels }) => labelsText(labels)))].filter((text) => text !== '');
    const sets = await labelSetIds(connection, texts);
    const rows = devices.map((device) => ({
      ...{ lane: 0, model: 'EG8145V5', firmware: 'V1' },
      ...device,
      serialNumber: serialOf(device.deviceId),
      labelSetId: sets.get(labelsText(device.labels)) ?? 0,
    }));
    for (let first = 0; first < rows.length; first += 2000) {
      const part = rows.slice(first, first + 2000);
      await connection.query(
        `INSERT INTO devices (device_id, serial_number, model, source, generation, lane, first_seen_at) VALUES ?`,
        [
          part.map((row) => [
            row.deviceId,
            row.serialNumber,
            row.model,
            '/cwmp',
            1,
            row.lane,
            new Date(row.lastSeenAt),
          ]),
        ],
      );
      await connection.query(
        `INSERT INTO device_state (device_id, generation, lane, last_seq, last_seen_at, source, interval_seconds,
           reachability, reachability_reason, reachability_since, sw_version, applied_events, duplicate_events,
           late_events, memory) VALUES ?`,
        [
          part.map((row) => [
            ...[row.deviceId, 1, row.lane, 1, new Date(row.lastSeenAt), '/cwmp', 300],
            ...['online', 'reporting', new Date(row.lastSeenAt - 86_400_000), row.firmware, 1, 0, 0, '[]'],
          ]),
        ],
      );
      await connection.query(
        'INSERT INTO device_inventory (device_id, admin_state, label_set_id, revision) VALUES ?',
        [part.map((row) => [row.deviceId, 'in_service', row.labelSetId, 1])],
      );
    }
    for (const lane of new Set(rows.map((row) => row.lane))) await recountLabels(connection, lane);
  } finally {
    connection.release();
  }
}

export const serialOf = (deviceId: number): string => `SN${deviceId}`;

/** How the tables and the feed look when devices have gone offline, or have come back. */
export async function turnDevices(
  pool: DatabasePool,
  deviceIds: readonly number[],
  to: 'offline' | 'online',
  { at, lane = 0, lastSeenAt = at }: { at: number; lane?: number; lastSeenAt?: number },
): Promise<void> {
  const connection = await pool.getConnection();
  try {
    await connection.query('START TRANSACTION');
    for (let first = 0; first < deviceIds.length; first += 900) {
      await connection.query(
        `UPDATE device_state SET reachability = ?, reachability_since = ?, reachability_reason = ?, last_seen_at = ?
         WHERE device_id IN (?)`,
        [
          ...[to, new Date(at), to === 'offline' ? 'no report for 900 s' : 'reporting', new Date(lastSeenAt)],
          deviceIds.slice(first, first + 900),
        ],
      );
    }
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT device_id, label_set_id FROM device_inventory WHERE device_id IN (?)',
      [deviceIds],
    );
    const sets = new Map(rows.map((row) => [row['device_id'] as number, row['label_set_id'] as number]));
    await addChanges(
      connection,
      deviceIds.map((deviceId) => ({
        ...{ lane, deviceId, at, kind: 'reachability', labelSetId: sets.get(deviceId) },
        data: { from: to === 'offline' ? 'stale' : 'offline', to, reason: '' },
      })),
    );
    await recountLabels(connection, lane);
    await connection.query('COMMIT');
  } finally {
    connection.release();
  }
}

/** Every lane is applied up to now, as far as anybody can see; but for those given. */
export async function lanesApplied(pool: DatabasePool, behind: readonly number[] = []): Promise<void> {
  await pool.query(
    `INSERT INTO log_offsets (grp, generation, lane, watermark)
     SELECT 'state', generation, lane, SYSDATE(3) + INTERVAL 1 HOUR FROM log_lanes
     ON DUPLICATE KEY UPDATE watermark = VALUES(watermark)`,
  );
  if (behind.length > 0)
    await pool.query(
      "UPDATE log_offsets SET watermark = SYSDATE(3) - INTERVAL 10 MINUTE WHERE grp = 'state' AND lane IN (?)",
      [behind],
    );
}
