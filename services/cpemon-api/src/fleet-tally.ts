import {
  HEALTHS,
  REACHABILITIES,
  DEVICE_STATUSES,
  statusOf,
  type DeviceStatus,
  type Health,
} from '@cpemon/domain';
import type { FleetCounts } from '@cpemon/store';
import type { DeviceTally } from './directory/directory-tally.js';

export const devicesOf = (tally: DeviceTally): number =>
  REACHABILITIES.reduce((sum, each) => sum + HEALTHS.reduce((of, health) => of + tally[each][health], 0), 0);

/** Devices by the one word for them. */
export function statusCounts(tally: DeviceTally): Record<DeviceStatus, number> {
  const counts = Object.fromEntries(DEVICE_STATUSES.map((status) => [status, 0])) as Record<
    DeviceStatus,
    number
  >;
  for (const reachability of REACHABILITIES)
    for (const health of HEALTHS) counts[statusOf(reachability, health)] += tally[reachability][health];
  return counts;
}

export const healthCounts = (tally: DeviceTally): Record<Health, number> =>
  Object.fromEntries(
    HEALTHS.map((health) => [health, REACHABILITIES.reduce((sum, each) => sum + tally[each][health], 0)]),
  ) as Record<Health, number>;

export const reachabilityCounts = (tally: DeviceTally): FleetCounts =>
  Object.fromEntries(
    REACHABILITIES.map((each) => [each, HEALTHS.reduce((sum, health) => sum + tally[each][health], 0)]),
  ) as FleetCounts;
