/** The rule that says whether what the page shows may be called live. */

/** Older than this is no longer live: shown as a warning that cannot be missed. */
export const OLD_AFTER_SECONDS = 5;

/**
 * live: what is shown is what the database holds; behind: the answers are new, but events wait to be applied, so
 * device states are not; deaf: the devices of some paths cannot be heard; old: the answers themselves are old, or there is none;
 * locked: nothing can be asked without a session or token.
 */
export type Freshness = 'connecting' | 'locked' | 'live' | 'behind' | 'deaf' | 'old';

export interface FreshnessFacts {
  locked: boolean;
  /** Age of the oldest part of the page by the database's clock; null before the first answers. */
  ageSeconds: number | null;
  /** How long the page has been asking. */
  waitingSeconds: number;
  oldestUnappliedAgeSeconds: number | null | undefined;
  lagEvents: number | null | undefined;
  /** Processes that apply events; null when the answer does not say. */
  writers: number | null;
  /** Ways in that nobody serves, and sources that have gone silent. */
  pathsDown: readonly string[];
}

export interface Judgement {
  freshness: Freshness;
  ageSeconds: number | null;
  behindSeconds: number | null;
}

export function judgeFreshness(facts: FreshnessFacts): Judgement {
  const { locked, ageSeconds, waitingSeconds, lagEvents, writers, pathsDown } = facts;
  const behindSeconds = facts.oldestUnappliedAgeSeconds ?? null;
  if (locked && ageSeconds === null) return { freshness: 'locked', ageSeconds, behindSeconds };
  if (ageSeconds === null) {
    const freshness = waitingSeconds > OLD_AFTER_SECONDS ? 'old' : 'connecting';
    return { freshness, ageSeconds, behindSeconds };
  }
  if (ageSeconds > OLD_AFTER_SECONDS) return { freshness: 'old', ageSeconds, behindSeconds };
  const waits = (lagEvents ?? 0) > 0 && behindSeconds !== null && behindSeconds > OLD_AFTER_SECONDS;
  if (waits || writers === 0) return { freshness: 'behind', ageSeconds, behindSeconds };
  return { freshness: pathsDown.length > 0 ? 'deaf' : 'live', ageSeconds, behindSeconds };
}

export interface BacklogFacts {
  lagEvents: number | null | undefined;
  oldestUnappliedAgeSeconds: number | null | undefined;
  /** Events a second. */
  acceptRate: number | null | undefined;
  drainRate: number | null | undefined;
  writers: number | null;
}

export type BacklogState = 'unknown' | 'empty' | 'flowing' | 'draining' | 'growing' | 'waiting';

/** What the backlog is doing, in one word and one sentence. */
export function judgeBacklog(facts: BacklogFacts): { state: BacklogState; sentence: string } {
  const { lagEvents, oldestUnappliedAgeSeconds, acceptRate, drainRate, writers } = facts;
  if (typeof lagEvents !== 'number')
    return { state: 'unknown', sentence: 'The API does not say what waits.' };
  if (writers === 0) {
    return lagEvents === 0
      ? { state: 'waiting', sentence: 'No writer is running. New events will be kept and wait.' }
      : { state: 'waiting', sentence: 'No writer is running. Events are kept and wait.' };
  }
  if (lagEvents === 0) return { state: 'empty', sentence: 'Every accepted event is applied.' };
  if ((oldestUnappliedAgeSeconds ?? 0) <= OLD_AFTER_SECONDS)
    return { state: 'flowing', sentence: 'Events pass straight through.' };
  if (typeof acceptRate !== 'number' || typeof drainRate !== 'number')
    return { state: 'unknown', sentence: 'Events wait; the API does not say how fast they go.' };
  return drainRate > acceptRate
    ? { state: 'draining', sentence: 'The writers are catching up.' }
    : { state: 'growing', sentence: 'Events come in faster than they are applied.' };
}
