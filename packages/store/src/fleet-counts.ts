import type { Connection } from '@cpemon/database';
import type { Reachability } from '@cpemon/domain';

/** By how much the number of a lane's devices in a state changes. */
export interface FleetCountDelta {
  lane: number;
  reachability: Reachability;
  devices: number;
}

/** Moves the kept counts; a lane's rows are changed by its owner only. */
export async function moveFleetCounts(
  transaction: Connection,
  deltas: readonly FleetCountDelta[],
): Promise<void> {
  if (deltas.length === 0) return;
  await transaction.query(
    `
INSERT INTO fleet_counts (lane, reachability, devices) VALUES ?
ON DUPLICATE KEY UPDATE devices = devices + VALUES(devices)`,
    [deltas.map(({ lane, reachability, devices }) => [lane, reachability, devices])],
  );
}
