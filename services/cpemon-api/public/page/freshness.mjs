/** The rule that says whether what the page shows may be called live. */

/** Older than this is no longer live: shown as a warning that cannot be missed. */
export const OLD_AFTER_SECONDS = 5;

/**
 * @typedef {'connecting' | 'locked' | 'live' | 'behind' | 'deaf' | 'old'} Freshness
 * live: what is shown is what the database holds; behind: the answers are new, but events wait to be applied, so
 * device states are not; deaf: the devices of some paths cannot be heard; old: the answers themselves are old, or there is none;
 * locked: nothing can be asked without a token.
 */

/**
 * @param {object} facts
 * @param {boolean} facts.locked
 * @param {number | null} facts.ageSeconds age of the oldest part of the page by the database's clock; null before the first answers
 * @param {number} facts.waitingSeconds how long the page has been asking
 * @param {number | null | undefined} facts.oldestUnappliedAgeSeconds
 * @param {number | null | undefined} facts.lagEvents
 * @param {number | null} facts.writers processes that apply events; null when the answer does not say
 * @param {readonly string[]} facts.pathsDown ways in that nobody serves
 * @returns {{ freshness: Freshness, ageSeconds: number | null, behindSeconds: number | null }}
 */
export function judgeFreshness({
  locked,
  ageSeconds,
  waitingSeconds,
  oldestUnappliedAgeSeconds,
  lagEvents,
  writers,
  pathsDown,
}) {
  const behindSeconds = oldestUnappliedAgeSeconds ?? null;
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

/**
 * What the backlog is doing, in one word and one sentence.
 * @param {object} facts
 * @param {number | null | undefined} facts.lagEvents
 * @param {number | null | undefined} facts.oldestUnappliedAgeSeconds
 * @param {number | null | undefined} facts.acceptRate events a second
 * @param {number | null | undefined} facts.drainRate events a second
 * @param {number | null} facts.writers
 * @returns {{ state: 'unknown' | 'empty' | 'flowing' | 'draining' | 'growing' | 'waiting', sentence: string }}
 */
export function judgeBacklog({ lagEvents, oldestUnappliedAgeSeconds, acceptRate, drainRate, writers }) {
  if (typeof lagEvents !== 'number')
    return { state: 'unknown', sentence: 'The API does not say what waits.' };
  if (writers === 0) {
    return lagEvents === 0
      ? { state: 'waiting', sentence: 'No writer is running. New events will be kept and wait.' }
      : { state: 'waiting', sentence: 'No writer is running. Events are kept and wait.' };
  }
  if (lagEvents === 0) return { state: 'empty', sentence: 'Every accepted event is applied.' };
  if ((oldestUnappliedAgeSeconds ?? 0) <= OLD_AFTER_SECONDS) {
    return { state: 'flowing', sentence: 'Events pass straight through.' };
  }
  if (typeof acceptRate !== 'number' || typeof drainRate !== 'number') {
    return { state: 'unknown', sentence: 'Events wait; the API does not say how fast they go.' };
  }
  return drainRate > acceptRate
    ? { state: 'draining', sentence: 'The writers are catching up.' }
    : { state: 'growing', sentence: 'Events come in faster than they are applied.' };
}
