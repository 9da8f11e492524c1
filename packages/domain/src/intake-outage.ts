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
  /** Sources and models that are silent as a whole now, and since when; absent: none. */
  silences?: readonly SilentNow[];
}

export interface SilentNow {
  kind: 'source' | 'model';
  /** As in `source` of an event ('/webhook'), or what devices say they are. */
  name: string;
  /** Epoch ms. */
  since: number;
}

/** Paths that were served once and are down at the moment. */
export function pathsDown({ at, acceptedAt }: IntakeMoment): IntakePath[] {
  return [...acceptedAt].filter(([, last]) => at - last > INTAKE_DOWN_AFTER_MS).map(([path]) => path);
}

/** Paths by which nothing is heard now, because nobody accepts on them or their source is silent. */
export function pathsUnheard(intake: IntakeMoment): IntakePath[] {
  const silent = (intake.silences ?? []).flatMap(({ kind, name }) =>
    kind === 'source' ? (pathOfSource(name) ?? []) : [],
  );
  return [...new Set([...pathsDown(intake), ...silent])];
}

/** What is stored of a device, as far as a silence may be about it. */
export interface StoredReachability extends ShownReachability {
  /** Epoch ms. What was heard of it after a silence began holds. */
  lastSeenAt?: number;
  model?: string | null;
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
  stored: StoredReachability,
  source: string,
  intake: IntakeMoment,
): ShownReachability {
  if (stored.reachability !== 'online' && stored.reachability !== 'stale') return stored;
  const path = pathOfSource(source);
  const last = path === undefined ? undefined : intake.acceptedAt.get(path);
  if (last !== undefined && intake.at - last > INTAKE_DOWN_AFTER_MS)
    return unknown(`intake of ${path} is down`, Math.max(last, stored.since));
  for (const { kind, name, since } of intake.silences ?? []) {
    if (stored.lastSeenAt !== undefined && stored.lastSeenAt > since) continue;
    if (kind === 'source' ? path === undefined || pathOfSource(name) !== path : stored.model !== name)
      continue;
    const words = kind === 'source' ? 'source silent' : 'model quiet';
    return unknown(`${words} since ${new Date(since).toISOString()}`, Math.max(since, stored.since));
  }
  return stored;
}

const unknown = (reason: string, since: number): ShownReachability => ({
  reachability: 'unknown',
  reason,
  since,
});
