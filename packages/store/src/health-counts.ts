import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { HEALTHS, REACHABILITIES, type Health, type Reachability } from '@cpemon/domain';

/** Of devices that some rule judges. */
export type JudgedHealth = Exclude<Health, 'unknown'>;

/** By how much the number of a lane's devices of a health changes. */
export interface HealthCountDelta {
  lane: number;
  reachability: Reachability;
  health: JudgedHealth;
  devices: number;
}

/** Moves the kept counts; a lane's rows are changed by its owner only. */
export async function moveHealthCounts(
  transaction: Connection,
  deltas: readonly HealthCountDelta[],
): Promise<void> {
  if (deltas.length === 0) return;
  await transaction.query(
    `
INSERT INTO fleet_health_counts (lane, reachability, health, devices) VALUES ?
ON DUPLICATE KEY UPDATE devices = devices + VALUES(devices)`,
    [deltas.map(({ lane, reachability, health, devices }) => [lane, reachability, health, devices])],
  );
}

/** Devices by reachability and health; those of unknown health are the rest of the fleet. */
export type HealthCounts = Record<Reachability, Record<JudgedHealth, number>>;

/** The kept counts, summed over the lanes. */
export async function readHealthCounts(connection: Connection): Promise<HealthCounts> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT reachability, health, SUM(devices) AS devices FROM fleet_health_counts GROUP BY reachability, health`,
  );
  const counts = Object.fromEntries(
    REACHABILITIES.map((each) => [each, { ok: 0, degraded: 0, critical: 0 }]),
  ) as HealthCounts;
  for (const row of rows) {
    const { reachability, health } = row as { reachability: Reachability; health: JudgedHealth };
    counts[reachability][health] = Number(row['devices']);
  }
  return counts;
}

/**
 * Counts the devices of a lane by health and puts the kept counts right. Only within a state transaction of the lane's
 * owner.
 * @returns what was off, as it was added
 */
export async function recountHealth(transaction: Connection, lane: number): Promise<HealthCountDelta[]> {
  const [rows] = await transaction.query<RowDataPacket[]>(
    `
SELECT reachability, health, CAST(SUM(counted) AS SIGNED) - CAST(SUM(kept) AS SIGNED) AS difference
  FROM (
    SELECT s.reachability, CAST(s.health AS CHAR) AS health, COUNT(*) AS counted, 0 AS kept
      FROM devices AS d
      JOIN device_state AS s ON s.device_id = d.device_id
     WHERE d.lane = ? AND s.health <> 'unknown'
     GROUP BY s.reachability, s.health
    UNION ALL
    SELECT reachability, CAST(health AS CHAR), 0, devices FROM fleet_health_counts WHERE lane = ?
  ) AS sides
 GROUP BY reachability, health
HAVING difference <> 0
 ORDER BY reachability, health`,
    [lane, lane],
  );
  const drift = rows.map((row): HealthCountDelta => ({
    lane,
    reachability: row['reachability'] as Reachability,
    health: row['health'] as JudgedHealth,
    devices: Number(row['difference']),
  }));
  await moveHealthCounts(transaction, drift);
  return drift;
}

/** Removes the kept counts of lanes that there are no more. */
export async function forgetHealthCounts(transaction: Connection, lanes: number): Promise<void> {
  await transaction.query('DELETE FROM fleet_health_counts WHERE lane >= ?', [lanes]);
}

/** Place of a device in the kept counts, as one number; 0 for one that is not counted. */
export const healthCountCode = (reachability: Reachability, health: Health): number =>
  health === 'unknown'
    ? 0
    : HEALTHS.indexOf(health) * REACHABILITIES.length + REACHABILITIES.indexOf(reachability);

/** What such a number stands for. */
export function ofHealthCountCode(
  code: number,
): { reachability: Reachability; health: JudgedHealth } | undefined {
  if (code === 0) return undefined;
  return {
    reachability: REACHABILITIES[code % REACHABILITIES.length]!,
    health: HEALTHS[Math.floor(code / REACHABILITIES.length)] as JudgedHealth,
  };
}
