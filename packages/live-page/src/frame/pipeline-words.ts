import type { BacklogState } from '../data/freshness.js';
import { formatDuration, NOTHING, parseTime } from '../words/format.js';

/** A short name for each writer, in the order of their names: A, B, … Z, then 27, 28, … */
export function writerLetters(writers: readonly string[]): Map<string, string> {
  return new Map(
    [...writers]
      .sort()
      .map((writer, index) => [writer, index < 26 ? String.fromCharCode(65 + index) : String(index + 1)]),
  );
}

/** How old the backlog is, and when it will be gone. @param state of judgeBacklog */
export function backlogWords(
  totals: { lag_events: number; oldest_unapplied_age_seconds: number; drain_eta_seconds: number | null },
  state: BacklogState,
): string {
  if (totals.lag_events === 0) return 'nothing waits';
  const oldest = `oldest ${formatDuration(totals.oldest_unapplied_age_seconds) ?? NOTHING}`;
  if (state === 'waiting' || state === 'growing') return `${oldest}, not shrinking`;
  const gone = state === 'draining' ? formatDuration(totals.drain_eta_seconds) : null;
  return gone === null ? oldest : `${oldest}, gone in ${gone}`;
}

/** Ingest processes beat every second. */
const SILENT_AFTER_SECONDS = 3;

/** A process that takes events in, and the ways in on which it does or does not. */
export interface IntakeGroup {
  process: string;
  accepting: boolean;
  paths: string[];
  /** RFC 3339. */
  beatAt: string;
}

/** One entry a process that is accepting on all its paths or on none; two when some of them are closed. */
export function groupIngests(
  ingests: readonly { process: string; path: string; accepting: boolean; beat_at: string }[],
): IntakeGroup[] {
  const groups = new Map<string, IntakeGroup>();
  for (const { process, path, accepting, beat_at: beatAt } of ingests) {
    const key = `${process} ${String(accepting)}`;
    const group = groups.get(key) ?? { process, accepting, paths: [], beatAt };
    group.paths.push(path);
    if (beatAt > group.beatAt) group.beatAt = beatAt;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What a process last said holds only while it goes on saying it. @param nowMs of the database */
export function intakeWords(
  { accepting, beatAt }: Pick<IntakeGroup, 'accepting' | 'beatAt'>,
  nowMs: number,
): { mark: 'online' | 'offline' | 'unknown'; words: string } {
  const at = parseTime(beatAt);
  const silentSeconds = at === null ? 0 : (nowMs - at) / 1000;
  if (silentSeconds > SILENT_AFTER_SECONDS)
    return { mark: 'unknown', words: `no sign for ${formatDuration(silentSeconds)}` };
  return accepting ? { mark: 'online', words: 'accepting' } : { mark: 'offline', words: 'not accepting' };
}
