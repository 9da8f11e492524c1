import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { AdminState, Health, Reachability } from '@cpemon/domain';

/**
 * A device as exports read it by the million: a row without names, and times as the database writes them
 * (`2026-11-21 12:00:00.000`, UTC).
 */
export type ExportedRow = [
  ...[deviceId: number, serialNumber: string, oui: string, productClass: string],
  ...[manufacturer: string | null, model: string | null, swVersion: string | null, wanIp: string | null],
  ...[intervalSeconds: number | null, firstSeenAt: string, lastSeenAt: string, source: string],
  ...[reachability: Reachability, reason: string, since: string],
  ...[health: Health, healthReason: string, healthSince: string | null],
  ...[adminState: AdminState | null, labelSetId: number | null],
];

/** The memory of a device is left alone: it is most of its row. */
const SELECT = `
SELECT STRAIGHT_JOIN d.device_id, d.serial_number, d.oui, d.product_class, d.manufacturer, d.model, s.sw_version,
       s.wan_ip, s.interval_seconds, d.first_seen_at, s.last_seen_at, s.source, s.reachability, s.reachability_reason,
       s.reachability_since, s.health, s.health_reason, s.health_since, i.admin_state, i.label_set_id
  FROM devices AS d FORCE INDEX (PRIMARY)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id`;

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/** Devices after one, in the order of their keys. */
export function readExported(
  connection: Connection,
  { after, limit }: { after: number; limit: number },
): Promise<ExportedRow[]> {
  return readRows(connection, `${SELECT} WHERE d.device_id > ? ORDER BY d.device_id LIMIT ?`, [after, limit]);
}

/** Devices with some keys, ascending; one that is gone is left out. @param deviceIds ascending */
export async function readExportedOf(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<ExportedRow[]> {
  const found: ExportedRow[] = [];
  for (let first = 0; first < deviceIds.length; first += KEYS_A_STATEMENT) {
    const keys = deviceIds.slice(first, first + KEYS_A_STATEMENT);
    found.push(
      ...(await readRows(connection, `${SELECT} WHERE d.device_id IN (?) ORDER BY d.device_id`, [keys])),
    );
  }
  return found;
}

async function readRows(connection: Connection, sql: string, values: unknown[]): Promise<ExportedRow[]> {
  const [rows] = await connection.query<RowDataPacket[][]>({
    ...{ sql, values, rowsAsArray: true },
    // A date of JavaScript costs more than the rest of a row, and would become text again.
    dateStrings: true,
  });
  return rows as unknown as ExportedRow[];
}
