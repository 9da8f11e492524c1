import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { DORMANT_AFTER_MS } from '@cpemon/domain';

/** Devices in service that have labels, model and firmware in common, since a suspected start. */
export interface GroupTally {
  /** A row of label_sets; 0 for none. */
  labelSetId: number;
  model: string | null;
  firmware: string | null;
  /** But for those that are dormant. */
  members: number;
  /** Offline for so long that nobody expects a report. */
  dormant: number;
  /** Those whose report fell due since then: it came, or it is missing. */
  due: number;
  missing: number;
}

/** Which devices are counted. */
export type TalliedDevices =
  { labelSetIds: readonly number[] } | { deviceIds: readonly number[] } | { all: true };

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/**
 * Counts devices by what they have in common. A report is missing when its device is stale now, or went offline since
 * `since`; it came when the device was heard since then. Devices that nobody can judge (unknown) or that were offline
 * before are in no count but that of members; those that are dormant at `at` are not even in that.
 * @param since epoch ms, as `at`
 */
export async function readGroupTallies(
  connection: Connection,
  devices: TalliedDevices,
  { since, at }: { since: number; at: number },
): Promise<GroupTally[]> {
  const times = [new Date(at - DORMANT_AFTER_MS), new Date(since), new Date(since)];
  if ('all' in devices) return tallies(connection, ALL, times);
  const byLabels = 'labelSetIds' in devices;
  const keys = byLabels ? devices.labelSetIds : devices.deviceIds;
  const found: GroupTally[] = [];
  for (let first = 0; first < keys.length; first += KEYS_A_STATEMENT) {
    const chunk = keys.slice(first, first + KEYS_A_STATEMENT);
    found.push(...(await tallies(connection, byLabels ? BY_LABELS : BY_KEY, [...times, chunk])));
  }
  return found;
}

const COUNTS = `COALESCE(i.label_set_id, 0) AS label_set_id, d.model, s.sw_version, COUNT(*) AS counted,
       CAST(SUM(s.reachability = 'offline' AND s.reachability_since < ?) AS SIGNED) AS dormant,
       CAST(SUM(s.reachability = 'stale'
         OR (s.reachability = 'offline' AND s.reachability_since >= ?)) AS SIGNED) AS missing,
       CAST(SUM(s.reachability = 'online' AND s.last_seen_at >= ?) AS SIGNED) AS came`;
const IN_SERVICE = "COALESCE(i.admin_state, 'in_service') = 'in_service'";
const GROUPED = 'GROUP BY COALESCE(i.label_set_id, 0), d.model, s.sw_version';

const BY_LABELS = `
SELECT STRAIGHT_JOIN ${COUNTS}
  FROM device_inventory AS i FORCE INDEX (by_labels)
  JOIN devices AS d FORCE INDEX (PRIMARY) ON d.device_id = i.device_id
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = i.device_id
 WHERE i.label_set_id IN (?) AND ${IN_SERVICE}
 ${GROUPED}`;
const FROM_DEVICES = `
SELECT STRAIGHT_JOIN ${COUNTS}
  FROM devices AS d FORCE INDEX (PRIMARY)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id`;
const BY_KEY = `${FROM_DEVICES}
 WHERE d.device_id IN (?) AND ${IN_SERVICE}
 ${GROUPED}`;
const ALL = `${FROM_DEVICES}
 WHERE ${IN_SERVICE}
 ${GROUPED}`;

async function tallies(connection: Connection, sql: string, values: unknown[]): Promise<GroupTally[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, values);
  return rows.map((row) => {
    const missing = Number(row['missing']);
    const dormant = Number(row['dormant']);
    return {
      labelSetId: Number(row['label_set_id']),
      model: row['model'] as string | null,
      firmware: row['sw_version'] as string | null,
      members: Number(row['counted']) - dormant,
      dormant,
      due: missing + Number(row['came']),
      missing,
    };
  });
}

/** The label sets in which a label has the value. */
export async function readLabelSetsWith(
  connection: Connection,
  label: string,
  value: string,
  most: number,
): Promise<number[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT label_set_id FROM label_set_values FORCE INDEX (by_value) WHERE name = ? AND value = ? LIMIT ?',
    [label, value, most],
  );
  return rows.map((row) => row['label_set_id'] as number);
}

/** Kept counts of devices in service with a label and value: how many, and how many of them are offline. */
export async function readKeptMembers(
  connection: Connection,
  label: string,
  values: readonly string[],
): Promise<Map<string, { members: number; offline: number }>> {
  const members = new Map<string, { members: number; offline: number }>();
  for (let first = 0; first < values.length; first += KEYS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `
SELECT value, CAST(SUM(devices) AS SIGNED) AS members,
       CAST(SUM(devices * (reachability = 'offline')) AS SIGNED) AS offline
  FROM fleet_label_counts FORCE INDEX (PRIMARY)
 WHERE lane IN (SELECT lane FROM log_lanes WHERE generation = (SELECT MAX(generation) FROM log_generations))
   AND label = ? AND value IN (?)
 GROUP BY value`,
      [label, values.slice(first, first + KEYS_A_STATEMENT)],
    );
    for (const row of rows)
      members.set(row['value'] as string, {
        members: Number(row['members']),
        offline: Number(row['offline']),
      });
  }
  return members;
}

/** All devices in service, as kept. */
export async function readKeptFleet(connection: Connection): Promise<{ members: number; offline: number }> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `
SELECT CAST(COALESCE(SUM(devices), 0) AS SIGNED) AS members,
       CAST(COALESCE(SUM(devices * (reachability = 'offline')), 0) AS SIGNED) AS offline
  FROM fleet_label_counts FORCE INDEX (by_label)
 WHERE label = 'admin_state' AND value = 'in_service'`,
  );
  return { members: Number(row?.['members']), offline: Number(row?.['offline']) };
}

/** Sources and models from which nothing comes, as a whole. */
export async function readOpenSilences(
  connection: Connection,
): Promise<{ kind: 'source' | 'model'; name: string; startedAt: number; devices: number }[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT kind, name, CAST(UNIX_TIMESTAMP(started_at) * 1000 AS UNSIGNED) AS started_ms, device_count
     FROM source_silences WHERE ended_at IS NULL`,
  );
  return rows.map((row) => ({
    kind: row['kind'] as 'source' | 'model',
    name: row['name'] as string,
    startedAt: Number(row['started_ms']),
    devices: row['device_count'] as number,
  }));
}
