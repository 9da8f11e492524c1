import type { IntakeGap } from './intake-history.js';

/** Whether a device is heard from: one of the two axes of its state (the other is health). */
export const REACHABILITIES = ['unknown', 'online', 'stale', 'offline'] as const;
export type Reachability = (typeof REACHABILITIES)[number];

/** How long silence may last beyond a device's own interval, and the interval where none is known. Seconds. */
export interface ReachabilitySettings {
  defaultIntervalSeconds: number;
  staleFloorSeconds: number;
  staleCeilingSeconds: number;
  offlineFloorSeconds: number;
  offlineCeilingSeconds: number;
}

/**
 * docs/device-status.md section 2. The offline floor covers the first five session retries of TR-069 (155 to 310 s), so
 * that a CPE which met one refusal is not reported lost.
 */
export const DEFAULT_REACHABILITY_SETTINGS: ReachabilitySettings = {
  defaultIntervalSeconds: 300,
  staleFloorSeconds: 60,
  staleCeilingSeconds: 900,
  offlineFloorSeconds: 300,
  offlineCeilingSeconds: 3600,
};

/** Silence after which a device that reports every `intervalMs` has missed a report, milliseconds. */
export function staleAfterMs(intervalMs: number, settings: ReachabilitySettings): number {
  return intervalMs + clamp(intervalMs / 2, settings.staleFloorSeconds, settings.staleCeilingSeconds);
}

/** Silence after which it counts as gone, milliseconds; never less than the silence that makes it stale. */
export function offlineAfterMs(intervalMs: number, settings: ReachabilitySettings): number {
  const allowance = clamp(intervalMs * 2, settings.offlineFloorSeconds, settings.offlineCeilingSeconds);
  return Math.max(intervalMs + allowance, staleAfterMs(intervalMs, settings));
}

/** How long after its missed report a device counts as gone that is stale after `staleMs`: `staleAfterMs` turned round. */
export function offlineAllowanceMs(staleMs: number, settings: ReachabilitySettings): number {
  const [floorMs, ceilingMs] = [settings.staleFloorSeconds * 1000, settings.staleCeilingSeconds * 1000];
  const intervalMs =
    staleMs <= 3 * floorMs
      ? staleMs - floorMs
      : staleMs <= 3 * ceilingMs
        ? staleMs / 1.5
        : staleMs - ceilingMs;
  return offlineAfterMs(intervalMs, settings) - intervalMs;
}

function clamp(valueMs: number, floorSeconds: number, ceilingSeconds: number): number {
  return Math.max(floorSeconds * 1000, Math.min(ceilingSeconds * 1000, valueMs));
}

/** The longest wait of the TR-069 session retry table before its last steps (Amendment 6, 3.2.1.1): 640 s. */
export const RETRY_WAIT_MS = 640_000;

export interface SilenceDeadlines {
  staleAt: number;
  offlineAt: number;
}

/**
 * When a sender that was last heard at `lastSeenAt` turns stale and offline if it stays silent, epoch ms.
 *
 * The clock of silence stands still in a gap of intake. A report that fell due in a closed gap was refused, and its
 * sender comes back by its own retry table: it gets one interval + min(gap, 640 s) from the gap's end.
 * @param gaps gaps of the sender's path in order of time; those that ended before `lastSeenAt` have no effect
 */
export function silenceDeadlines(
  lastSeenAt: number,
  intervalMs: number,
  gaps: readonly IntakeGap[],
  settings: ReachabilitySettings,
): SilenceDeadlines {
  const stale = staleAfterMs(intervalMs, settings);
  const offline = offlineAfterMs(intervalMs, settings);
  if (gaps.length === 0) return { staleAt: lastSeenAt + stale, offlineAt: lastSeenAt + offline };
  const excusedUntil = excuse(lastSeenAt, intervalMs, gaps);
  return {
    staleAt: Math.max(runClock(lastSeenAt, stale, gaps), excusedUntil),
    offlineAt: Math.max(runClock(lastSeenAt, offline, gaps), excusedUntil + (offline - stale)),
  };
}

/** The moment at which a clock that starts at `from` and stands still in the gaps has run for `durationMs`. */
function runClock(from: number, durationMs: number, gaps: readonly IntakeGap[]): number {
  let at = from;
  let left = durationMs;
  for (const gap of gaps) {
    if (gap.endedAt <= at) continue;
    const run = gap.startedAt - at;
    if (left <= run) break;
    if (run > 0) left -= run;
    at = gap.endedAt;
  }
  return at + left;
}

/** Until when a sender whose report fell due in a gap is excused; -Infinity for one whose report did not. */
function excuse(lastSeenAt: number, intervalMs: number, gaps: readonly IntakeGap[]): number {
  let dueFrom = lastSeenAt + intervalMs;
  let dueUntil = dueFrom;
  let excused = -Infinity;
  for (const gap of gaps) {
    if (gap.open || gap.endedAt <= lastSeenAt || dueFrom >= gap.endedAt || dueUntil < gap.startedAt) continue;
    dueFrom = gap.endedAt;
    const retriedBy = gap.endedAt + intervalMs + Math.min(gap.endedAt - gap.startedAt, RETRY_WAIT_MS);
    dueUntil = Math.max(dueUntil, retriedBy);
    excused = dueUntil;
  }
  return excused;
}
