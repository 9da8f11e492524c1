import { INTAKE_PATHS, pathOfSource, type IntakePath } from './intake-path.js';

/** A time during which nobody accepted events on a path, epoch ms. */
export interface IntakeGap {
  startedAt: number;
  endedAt: number;
  /** Not over yet at `endedAt`: the clock stands still, but nothing is known of what fell due in it. */
  open?: true;
}

/** When a path was accepting, by the database's clock. */
export interface PathIntake {
  /** The last moment at which it accepted; null when no process has ever served it. */
  acceptedAt: number | null;
  /** Closed gaps in order of time, not overlapping. */
  gaps: readonly IntakeGap[];
}

export type IntakeHistory = Readonly<Record<IntakePath, PathIntake>>;

/**
 * Processes beat once a second; a path that was not heard of for longer than this was not accepting. Short enough
 * that a restart is a gap, long enough that one lost beat is none.
 */
export const BEAT_TOLERANCE_MS = 2500;

const NEVER_SERVED: PathIntake = { acceptedAt: null, gaps: [] };
const NONE: readonly IntakeGap[] = [];

/** A history in which no path was ever served: nothing can be concluded from silence. */
export function emptyIntakeHistory(): Record<IntakePath, PathIntake> {
  return Object.fromEntries(INTAKE_PATHS.map((path) => [path, NEVER_SERVED])) as Record<
    IntakePath,
    PathIntake
  >;
}

/** The intake of the path that `source` names; of a path that this version does not know, nothing is known. */
export function intakeOfSource(history: IntakeHistory, source: string): PathIntake {
  const path = pathOfSource(source);
  return path === undefined ? NEVER_SERVED : history[path];
}

/** The gaps that touch the time from `since` to `until`, with the one still open at `until` when there is one. */
export function gapsBetween(intake: PathIntake, since: number, until: number): readonly IntakeGap[] {
  const { acceptedAt, gaps } = intake;
  const open = acceptedAt !== null && until - acceptedAt > BEAT_TOLERANCE_MS;
  let first = gaps.length;
  while (first > 0 && gaps[first - 1]!.endedAt > since) first -= 1;
  if (!open && first === gaps.length) return NONE;
  const touching = gaps.slice(first).filter((gap) => gap.startedAt < until);
  if (open) touching.push({ startedAt: acceptedAt, endedAt: until, open: true });
  return touching;
}
