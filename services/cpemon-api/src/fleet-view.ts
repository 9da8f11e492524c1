import { pathsDown, sourceOfPath, type IntakeMoment, type IntakePath } from '@cpemon/domain';
import type { FleetCounts, HealthCounts, SourceCounts } from '@cpemon/store';
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
 * @param healths of devices that some health rule judges
 */
export function fleetView(
  counts: FleetCounts,
  ofPathsDown: (FleetCounts & Partial<SourceCounts>) | undefined,
  intake: IntakeMoment,
  healths?: HealthCounts,
) {
  const unheard = { online: ofPathsDown?.online ?? 0, stale: ofPathsDown?.stale ?? 0 };
  const heard = Math.max(0, counts.online - unheard.online);
  const unwell = (healths?.online.degraded ?? 0) + (healths?.online.critical ?? 0);
  const degraded = Math.min(heard, Math.max(0, unwell - (ofPathsDown?.unwell ?? 0)));
  const devices = counts.online + counts.stale + counts.offline + counts.unknown;
  return {
    as_of: rfc3339(intake.at),
    devices,
    by_status: {
      online: heard - degraded,
      degraded,
      stale: Math.max(0, counts.stale - unheard.stale),
      offline: counts.offline,
      unknown: counts.unknown + unheard.online + unheard.stale,
    },
    by_health: healthView(devices, healths),
    intake: intakeView(intake),
  };
}

/** Whether events come in, by the way in which they do. */
export const intakeView = (intake: IntakeMoment) =>
  [...intake.acceptedAt].map(([path, acceptedAt]) => ({
    path,
    accepting: !pathsDown(intake).includes(path),
    accepted_at: rfc3339(acceptedAt),
    silent_since: rfc3339(silentSince(intake, path)),
  }));

function silentSince({ silences = [] }: IntakeMoment, path: IntakePath): number | null {
  return silences.find(({ kind, name }) => kind === 'source' && name === sourceOfPath(path))?.since ?? null;
}

/** Whatever their reachability: that of a device that is offline is as it was when it was heard last. */
function healthView(devices: number, healths: HealthCounts | undefined) {
  const judged = { ok: 0, degraded: 0, critical: 0 };
  for (const each of Object.values(healths ?? {})) {
    judged.ok += each.ok;
    judged.degraded += each.degraded;
    judged.critical += each.critical;
  }
  const { ok, degraded, critical } = judged;
  return { ...judged, unknown: Math.max(0, devices - ok - degraded - critical) };
}
