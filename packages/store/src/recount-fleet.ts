import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { Reachability } from '@cpemon/domain';

/** How far a kept count was off: what was added to put it right. */
export interface FleetDrift {
  lane: number;
  reachability: Reachability;
  devices: number;
}

/**
 * Counts the devices of a lane by reachability and puts the kept counts right. Only within a state transaction of the
 * lane's owner: nobody else writes its devices, so what is counted is what the counts must be.
 * @returns what was off; empty when nothing was
 */
export async function recountFleet(transaction: Connection, lane: number): Promise<FleetDrift[]> {
  // From the lane's index of devices, each with one look at its state by key.
  const [rows] = await transaction.query<RowDataPacket[]>(
    `
SELECT reachability, CAST(SUM(counted) AS SIGNED) AS counted, CAST(SUM(kept) AS SIGNED) AS kept
  FROM (
    SELECT s.reachability, COUNT(*) AS counted, 0 AS kept
      FROM devices AS d
      JOIN device_state AS s ON s.device_id = d.device_id
     WHERE d.lane = ?
     GROUP BY s.reachability
    UNION ALL
    SELECT reachability, 0, devices FROM fleet_counts WHERE lane = ?
  ) AS sides
 GROUP BY reachability
HAVING counted <> kept
 ORDER BY reachability`,
    [lane, lane],
  );
  const drift = rows.map((row): FleetDrift => ({
    lane,
    reachability: row['reachability'] as Reachability,
    devices: Number(row['counted']) - Number(row['kept']),
  }));
  for (const { reachability, devices } of drift) {
    await transaction.query(
      `
INSERT INTO fleet_counts (lane, reachability, devices) VALUES (?, ?, ?)
ON DUPLICATE KEY UPDATE devices = devices + VALUES(devices)`,
      [lane, reachability, devices],
    );
  }
  return drift;
}
