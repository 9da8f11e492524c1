import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { AdminState, Reachability } from '@cpemon/domain';

/** What alerts are decided by. Times are epoch ms. */
export interface AlertDevice {
  deviceId: number;
  serialNumber: string;
  lane: number;
  model: string | null;
  firmware: string | null;
  reachability: Reachability;
  since: number;
  reason: string;
  lastSeenAt: number;
  adminState: AdminState;
  /** A row of label_sets; 0 for none. */
  labelSetId: number;
}

/** A rule of a device's health that holds. */
export interface OpenCondition {
  deviceId: number;
  rule: string;
  severity: 'warning' | 'critical';
  /** Epoch ms. */
  since: number;
  text: string;
}

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

async function byKeys(
  connection: Connection,
  deviceIds: readonly number[],
  sql: string,
  further: readonly unknown[] = [],
): Promise<RowDataPacket[]> {
  const found: RowDataPacket[] = [];
  for (let first = 0; first < deviceIds.length; first += KEYS_A_STATEMENT) {
    const keys = deviceIds.slice(first, first + KEYS_A_STATEMENT);
    const [rows] = await connection.query<RowDataPacket[]>(sql, [keys, ...further]);
    for (const row of rows) found.push(row);
  }
  return found;
}

/** The devices with these keys; those that there are no more are left out. */
export async function readAlertDevices(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<AlertDevice[]> {
  const rows = await byKeys(
    connection,
    deviceIds,
    `
SELECT STRAIGHT_JOIN d.device_id, d.serial_number, s.lane, d.model, s.sw_version, s.reachability,
       CAST(UNIX_TIMESTAMP(s.reachability_since) * 1000 AS UNSIGNED) AS since_ms, s.reachability_reason,
       CAST(UNIX_TIMESTAMP(s.last_seen_at) * 1000 AS UNSIGNED) AS seen_ms,
       COALESCE(i.admin_state, 'in_service') AS admin_state, COALESCE(i.label_set_id, 0) AS label_set_id
  FROM devices AS d FORCE INDEX (PRIMARY)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id
 WHERE d.device_id IN (?)`,
  );
  return rows.map((row) => ({
    deviceId: row['device_id'] as number,
    serialNumber: row['serial_number'] as string,
    lane: row['lane'] as number,
    model: row['model'] as string | null,
    firmware: row['sw_version'] as string | null,
    reachability: row['reachability'] as Reachability,
    since: Number(row['since_ms']),
    reason: row['reachability_reason'] as string,
    lastSeenAt: Number(row['seen_ms']),
    adminState: row['admin_state'] as AdminState,
    labelSetId: Number(row['label_set_id']),
  }));
}

/** Rules of health that hold for these devices. */
export async function readConditionsOf(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<OpenCondition[]> {
  const rows = await byKeys(
    connection,
    deviceIds,
    `
SELECT device_id, rule, severity, CAST(UNIX_TIMESTAMP(since) * 1000 AS UNSIGNED) AS since_ms, text
  FROM device_conditions
 WHERE device_id IN (?)`,
  );
  return rows.map((row) => ({
    deviceId: row['device_id'] as number,
    rule: row['rule'] as string,
    severity: row['severity'] as OpenCondition['severity'],
    since: Number(row['since_ms']),
    text: row['text'] as string,
  }));
}

/** What somebody else told of these devices since `since` (epoch ms), but for what is over. */
export async function readObservationsOf(
  connection: Connection,
  deviceIds: readonly number[],
  since: number,
): Promise<{ deviceId: number; at: number; observer: string; observed: string }[]> {
  const rows = await byKeys(
    connection,
    deviceIds,
    `
SELECT device_id, CAST(UNIX_TIMESTAMP(at) * 1000 AS UNSIGNED) AS at_ms, data
  FROM device_events FORCE INDEX (PRIMARY)
 WHERE device_id IN (?) AND at >= ? AND kind = 'observation'`,
    [new Date(since)],
  );
  return rows.flatMap((row) => {
    const told = JSON.parse(row['data'] as string) as {
      observer?: string;
      observed?: string;
      state?: string;
    };
    if (told.observed === undefined || told.state === 'cleared') return [];
    const { observer = 'other', observed } = told;
    return [{ deviceId: row['device_id'] as number, at: Number(row['at_ms']), observer, observed }];
  });
}

/** Devices among the keys after `after` that are offline or have a condition; the next key to go on from, null at the end. */
export async function readTroubledDeviceIds(
  connection: Connection,
  after: number,
  keys: number,
): Promise<{ deviceIds: number[]; next: number | null }> {
  const next = after + keys;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT device_id FROM device_state FORCE INDEX (PRIMARY)
     WHERE device_id > ? AND device_id <= ? AND reachability = 'offline'
     UNION
     SELECT device_id FROM device_conditions FORCE INDEX (PRIMARY) WHERE device_id > ? AND device_id <= ?`,
    [after, next, after, next],
  );
  const [[last]] = await connection.query<RowDataPacket[]>('SELECT MAX(device_id) AS last FROM device_state');
  return {
    deviceIds: rows.map((row) => row['device_id'] as number),
    next: next >= Number(last?.['last'] ?? 0) ? null : next,
  };
}
