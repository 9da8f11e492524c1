import { INTAKE_PATHS, pathOfSource, type IntakePath } from './intake-path.js';

/** A time during which nobody accepted events on a path, or its source was silent as a whole; epoch ms. */
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
  /** Times in which its source was silent (source-silence.ts), in order; one that lasts is open and ends at Infinity. */
  silences?: readonly IntakeGap[];
  /** Up to when it is decided whether the source is silent; Infinity or absent: nobody decides. */
  decidedUntil?: number;
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

/** Up to when it is proven whether the path was accepting and its source spoke; null when nobody has ever served it. */
export function provenUntil({ acceptedAt, decidedUntil = Infinity }: PathIntake): number | null {
  return acceptedAt === null ? null : Math.min(acceptedAt, decidedUntil);
}

/** The gaps that touch the time from `since` to `until`, with the one still open at `until` when there is one. */
export function gapsBetween(intake: PathIntake, since: number, until: number): readonly IntakeGap[] {
  const shut = shutBetween(intake, since, until);
  const { silences = NONE } = intake;
  const silent = silences.filter(({ startedAt, endedAt }) => endedAt > since && startedAt < until);
  return silent.length === 0 ? shut : united(shut, silent, until);
}

/** Two lists of gaps as one; where one of a closed gap and an open one overlap, both are open. */
export function united(
  some: readonly IntakeGap[],
  others: readonly IntakeGap[],
  until: number,
): readonly IntakeGap[] {
  if (some.length === 0 && others.length === 0) return NONE;
  const joined: IntakeGap[] = [];
  const all = [...some, ...others].sort((a, b) => a.startedAt - b.startedAt);
  for (const { startedAt, endedAt, open } of all) {
    const end = Math.min(endedAt, until);
    const last = joined.at(-1);
    if (last !== undefined && startedAt <= last.endedAt) {
      joined[joined.length - 1] = {
        startedAt: last.startedAt,
        endedAt: Math.max(last.endedAt, open === true ? end : endedAt),
        ...(open === true || last.open === true ? { open: true } : {}),
      };
    } else joined.push({ startedAt, endedAt: open === true ? end : endedAt, ...(open ? { open } : {}) });
  }
  return joined;
}

function shutBetween(intake: PathIntake, since: number, until: number): readonly IntakeGap[] {
  const { acceptedAt, gaps } = intake;
  const open = acceptedAt !== null && until - acceptedAt > BEAT_TOLERANCE_MS;
  let first = gaps.length;
  while (first > 0 && gaps[first - 1]!.endedAt > since) first -= 1;
  if (!open && first === gaps.length) return NONE;
  const touching = gaps.slice(first).filter((gap) => gap.startedAt < until);
  if (open) touching.push({ startedAt: acceptedAt, endedAt: until, open: true });
  return touching;
}
