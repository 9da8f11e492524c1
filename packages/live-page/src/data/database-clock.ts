/**
 * What time it is at the database, judged from the times in its answers. The browser's clock may be wrong by hours, so
 * only the time that passes *between* two moments is taken from it.
 */

/** Answers older than this say nothing about now: a database whose clock was set back is believed again after it. */
const WINDOW_MS = 60_000;

/**
 * A moment by two clocks of the browser. The monotonic one may stand still while a laptop sleeps, the wall clock may be
 * set; the larger difference is taken, because data is better called too old than too new.
 */
export interface Moment {
  monotonicMs: number;
  wallMs: number;
}

export const momentNow = (): Moment => ({ monotonicMs: performance.now(), wallMs: Date.now() });

/** Milliseconds, at least 0. */
export const elapsedMs = (earlier: Moment, later: Moment): number =>
  Math.max(0, later.monotonicMs - earlier.monotonicMs, later.wallMs - earlier.wallMs);

export interface DatabaseClock {
  /** Notes that an answer which arrived at `at` was read from the database at `asOfMs`. */
  observe(asOfMs: number, at: Moment): void;
  /** The database's time, epoch ms: the answer that travelled fastest tells it best. Null before the first answer. */
  now(at: Moment): number | null;
}

export function createDatabaseClock(): DatabaseClock {
  let answers: { asOfMs: number; at: Moment }[] = [];
  return {
    observe(asOfMs, at) {
      answers = answers.filter((answer) => elapsedMs(answer.at, at) <= WINDOW_MS);
      answers.push({ asOfMs, at });
    },
    now(at) {
      if (answers.length === 0) return null;
      return Math.max(...answers.map((answer) => answer.asOfMs + elapsedMs(answer.at, at)));
    },
  };
}
