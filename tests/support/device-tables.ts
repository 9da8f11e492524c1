import type { DatabasePool } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** What is derived from the events of devices. */
export const DEVICE_TABLES = {
  devices: 'device_id',
  device_state: 'device_id',
  device_events: 'device_id, at, kind, identity',
  identity_findings: 'device_id, kind, other_id',
  fleet_counts: 'lane, reachability',
  device_conditions: 'device_id, rule',
  fleet_health_counts: 'lane, reachability, health',
  device_inventory: 'device_id',
  fleet_label_counts: 'lane, label, value, reachability',
} as const;

/** Every column of every row of the device tables, one text a row. Counts of nothing are left out. */
export async function readDeviceTables(pool: DatabasePool): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const [table, order] of Object.entries(DEVICE_TABLES)) {
    const condition = table.startsWith('fleet_') ? 'WHERE devices <> 0' : '';
    const [rows] = await pool.query<RowDataPacket[]>(`SELECT * FROM ${table} ${condition} ORDER BY ${order}`);
    tables[table] = rows.map((row) => JSON.stringify(row));
  }
  return tables;
}
