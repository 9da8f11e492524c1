import { BEAT_TOLERANCE_MS, INTAKE_PATHS, emptyIntakeHistory, type IntakeHistory } from '@cpemon/domain';
import { readIntakeHistory } from '@cpemon/store';
import type { ReadDatabase } from './read-database.js';

/** What is known of when each path was accepting. */
export interface IntakeWatch {
  history(): IntakeHistory;
  /** Reads what is new, if what is known is a second old or does not reach up to `until` (epoch ms). */
  refresh(until: number): Promise<void>;
}

const OLDEST_MS = 1000;
/** How soon it is read again when a path seems not to be accepting. */
const OLDEST_IN_GAP_MS = 250;
/** A gap that is closed may still move its end by the length of a beat or two. */
const REREAD_MS = 60_000;

export function createIntakeWatch(read: ReadDatabase, monotonicMs = () => performance.now()): IntakeWatch {
  let history: IntakeHistory = emptyIntakeHistory();
  let readAt = -Infinity;
  let since = 0;

  const seemsShut = (until: number): boolean =>
    INTAKE_PATHS.some((path) => {
      const { acceptedAt } = history[path];
      return acceptedAt !== null && until - acceptedAt > BEAT_TOLERANCE_MS;
    });

  return {
    history: () => history,
    async refresh(until) {
      const age = monotonicMs() - readAt;
      if (age < OLDEST_IN_GAP_MS || (age < OLDEST_MS && !seemsShut(until))) return;
      const fresh = await read((connection) => readIntakeHistory(connection, since));
      history = joinHistories(history, fresh, since);
      readAt = monotonicMs();
      const ends = INTAKE_PATHS.flatMap((path) => history[path].gaps.slice(-1).map((gap) => gap.endedAt));
      since = Math.max(0, ...ends) - REREAD_MS;
    },
  };
}

/** The gaps known, with those that ended after `since` replaced by what was read. */
function joinHistories(known: IntakeHistory, fresh: IntakeHistory, since: number): IntakeHistory {
  const joined = { ...fresh };
  for (const path of INTAKE_PATHS) {
    const read = new Set(fresh[path].gaps.map((gap) => gap.startedAt));
    const kept = known[path].gaps.filter((gap) => gap.endedAt <= since && !read.has(gap.startedAt));
    if (kept.length > 0) joined[path] = { ...fresh[path], gaps: [...kept, ...fresh[path].gaps] };
  }
  return joined;
}
