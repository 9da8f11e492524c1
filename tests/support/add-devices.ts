import type { DatabasePool } from '@cpemon/database';

/** A device as the tables hold it; what is left out does not matter. */
export interface TestDevice {
  id: number;
  sn: string;
  model?: string;
  firmware?: string;
  wanIp?: string;
  reachability?: 'unknown' | 'online' | 'stale' | 'offline';
  health?: 'unknown' | 'ok' | 'degraded' | 'critical';
  /** Since when, epoch ms. */
  since?: number;
  labelSet?: number;
  adminState?: string;
}

const AT = Date.parse('2026-11-21T12:00:00.000Z');

/** Rows of devices, as a writer would have left them. */
export async function addDevices(pool: DatabasePool, devices: readonly TestDevice[]): Promise<void> {
  await pool.query(
    'INSERT INTO devices (device_id, serial_number, model, source, generation, lane, first_seen_at) VALUES ?',
    [devices.map(({ id, sn, model }) => [id, sn, model ?? null, '/heartbeat', 1, id % 16, new Date(AT)])],
  );
  await pool.query(
    `INSERT INTO device_state (device_id, generation, lane, last_seq, last_seen_at, source, reachability,
       reachability_reason, reachability_since, wan_ip, sw_version, health, applied_events, duplicate_events,
       late_events, memory) VALUES ?`,
    [
      devices.map(({ id, reachability = 'online', since = AT, wanIp, firmware, health = 'unknown' }) => [
        ...[id, 1, id % 16, 1, new Date(AT), '/heartbeat', reachability, 'reporting', new Date(since)],
        ...[wanIp ?? null, firmware ?? null, health, 1, 0, 0, MEMORY],
      ]),
    ],
  );
  const inventory = devices.filter(({ labelSet, adminState }) => labelSet ?? adminState);
  if (inventory.length === 0) return;
  await pool.query('INSERT INTO device_inventory (device_id, admin_state, label_set_id, revision) VALUES ?', [
    inventory.map(({ id, adminState = 'in_service', labelSet = 0 }) => [id, adminState, labelSet, 1]),
  ]);
}

/** One report of a heartbeat with one metric (packages/store/src/device-memory.ts). */
const MEMORY = JSON.stringify([
  2,
  '',
  [['/heartbeat', AT, 0, 0, null, [[0, 0, 0, 1, 0, {}, { tx_power_dbm: 2.5 }]]]],
]);

/** A set of labels. */
export async function addLabels(
  pool: DatabasePool,
  id: number,
  labels: Record<string, string>,
): Promise<void> {
  await pool.query('INSERT INTO label_sets (label_set_id, digest) VALUES (?, ?)', [id, Buffer.alloc(16, id)]);
  await pool.query('INSERT INTO label_set_values (label_set_id, name, value) VALUES ?', [
    Object.entries(labels).map(([name, value]) => [id, name, value]),
  ]);
}
