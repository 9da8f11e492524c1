import { pathsDown, type IntakeMoment } from '@cpemon/domain';
import type { FleetCounts } from '@cpemon/store';
import { rfc3339 } from './rfc3339.js';

/** The answer of `GET /v1/fleet?by=…`: kept counts of devices in service (of admin_state: of all), the most numerous value first. */
export function fleetByLabelView(
  label: string,
  values: readonly { value: string; counts: FleetCounts }[],
  intake: IntakeMoment,
) {
  return {
    as_of: rfc3339(intake.at),
    by: label,
    items: values.map(({ value, counts }) => ({
      value: value === '' ? null : value,
      devices: counts.online + counts.stale + counts.offline + counts.unknown,
      by_reachability: counts,
    })),
    paths_down: pathsDown(intake),
  };
}

/**
 * The answer of `GET /v1/fleet`.
 * @param ofPathsDown counts of the devices that were last heard on a path which is down now
 */
export function fleetView(counts: FleetCounts, ofPathsDown: FleetCounts | undefined, intake: IntakeMoment) {
  const unheard = { online: ofPathsDown?.online ?? 0, stale: ofPathsDown?.stale ?? 0 };
  return {
    as_of: rfc3339(intake.at),
    devices: counts.online + counts.stale + counts.offline + counts.unknown,
    by_status: {
      online: Math.max(0, counts.online - unheard.online),
      stale: Math.max(0, counts.stale - unheard.stale),
      offline: counts.offline,
      unknown: counts.unknown + unheard.online + unheard.stale,
    },
    intake: [...intake.acceptedAt].map(([path, acceptedAt]) => ({
      path,
      accepting: !pathsDown(intake).includes(path),
      accepted_at: rfc3339(acceptedAt),
    })),
  };
}
