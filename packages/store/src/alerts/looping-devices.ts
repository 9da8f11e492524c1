import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** Devices in service of a model on one firmware of which a rule of health holds. */
export interface FirmwareTally {
  model: string;
  firmware: string;
  devices: number;
}

const CONCERNED = `
  FROM device_conditions AS c FORCE INDEX (by_rule)
  JOIN devices AS d FORCE INDEX (PRIMARY) ON d.device_id = c.device_id
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = c.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = c.device_id
 WHERE c.rule = ? AND d.model IS NOT NULL AND s.sw_version IS NOT NULL
   AND COALESCE(i.admin_state, 'in_service') = 'in_service'`;

/** Counts the devices of which a rule holds. */
export async function readConditionTallies(connection: Connection, rule: string): Promise<FirmwareTally[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT STRAIGHT_JOIN d.model, s.sw_version AS firmware, COUNT(*) AS devices ${CONCERNED}
 GROUP BY d.model, s.sw_version`,
    [rule],
  );
  return rows.map((row) => ({
    model: row['model'] as string,
    firmware: row['firmware'] as string,
    devices: Number(row['devices']),
  }));
}

/** Since when a rule holds of devices of a firmware, in order, epoch ms. */
export async function readConditionStarts(
  connection: Connection,
  { rule, model, firmware }: { rule: string; model: string; firmware: string },
  most: number,
): Promise<number[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT STRAIGHT_JOIN CAST(UNIX_TIMESTAMP(c.since) * 1000 AS UNSIGNED) AS since_ms ${CONCERNED}
   AND d.model = ? AND s.sw_version = ?
 ORDER BY c.since LIMIT ?`,
    [rule, model, firmware, most],
  );
  return rows.map((row) => Number(row['since_ms']));
}
