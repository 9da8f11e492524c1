import type { IntakePath } from './intake-path.js';
import { pathOfSource } from './intake-path.js';
import type { Reachability } from './reachability.js';

/**
 * A path that nobody has accepted on for longer is down: what is shown of its devices is no longer known. A restart
 * of an ingest process is shorter.
 */
export const INTAKE_DOWN_AFTER_MS = 10_000;

/** When each path last accepted, epoch ms, and the database's time at which that was read. */
export interface IntakeMoment {
  at: number;
  /** A path that no process has ever served is not in it. */
  acceptedAt: ReadonlyMap<IntakePath, number>;
}

/** Paths that were served once and are down at the moment. */
export function pathsDown({ at, acceptedAt }: IntakeMoment): IntakePath[] {
  return [...acceptedAt].filter(([, last]) => at - last > INTAKE_DOWN_AFTER_MS).map(([path]) => path);
}

export interface ShownReachability {
  reachability: Reachability;
  reason: string;
  /** Epoch ms. */
  since: number;
}

/**
 * What to show of a device whose path may be down: nobody knows whether an online or stale one still is; one that was
 * gone before is still gone as far as anyone knows. Decided on read, never written to a million rows.
 * @param source of the device's last event
 */
export function shownReachability(
  stored: ShownReachability,
  source: string,
  intake: IntakeMoment,
): ShownReachability {
  if (stored.reachability !== 'online' && stored.reachability !== 'stale') return stored;
  const path = pathOfSource(source);
  const last = path === undefined ? undefined : intake.acceptedAt.get(path);
  if (last === undefined || intake.at - last <= INTAKE_DOWN_AFTER_MS) return stored;
  return {
    reachability: 'unknown',
    reason: `intake of ${path} is down`,
    since: Math.max(last, stored.since),
  };
}
