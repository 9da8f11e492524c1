import { UnreadableAnswer } from './api-client.mjs';
import { elapsedMs, momentNow } from './database-clock.mjs';
import { parseTime } from './format.mjs';
import { createPoller } from './poller.mjs';

/** @typedef {import('./database-clock.mjs').Moment} Moment */

/**
 * What a part of the page asks for, and what it does with an answer. `recover` may turn a problem into an answer.
 * @typedef {{ path: string, show: (answer: any, databaseNowMs: number) => void, recover?: (problem: unknown) => any }} View
 */

/**
 * One address of the API, asked every second, and what is known of the age of its last answer.
 * @param {object} options
 * @param {(signal: AbortSignal) => Promise<any>} options.request
 * @param {ReturnType<typeof import('./database-clock.mjs').createDatabaseClock>} options.databaseClock
 * @param {(answer: any, databaseNowMs: number) => void} options.show
 * @param {(problem: unknown) => void} options.onProblem
 * @param {() => void} options.onRecovery an answer after problems
 */
export function createSource({ request, databaseClock, show, onProblem, onRecovery }) {
  /** The last answer: when the database was read (null: it does not say), when that reading first arrived here. */
  /** @type {{ asOfMs: number | null, at: Moment } | null} */
  let last = null;
  /** @type {{ problem: unknown, at: Moment, retryInMs: number } | null} */
  let failure = null;

  const poller = createPoller({
    request,
    onAnswer(answer) {
      const at = momentNow();
      const asOfMs = parseTime(answer.as_of);
      if (asOfMs !== null) databaseClock.observe(asOfMs, at);
      try {
        show(answer, asOfMs ?? databaseClock.now(at) ?? at.wallMs);
      } catch (error) {
        throw new UnreadableAnswer({ cause: error });
      }
      if (last === null || asOfMs === null || asOfMs !== last.asOfMs) last = { asOfMs, at };
      const recovered = failure !== null;
      failure = null;
      if (recovered) onRecovery();
    },
    onProblem(problem, retryInMs) {
      failure = { problem, at: momentNow(), retryInMs };
      onProblem(problem);
    },
  });

  return {
    start: () => poller.start(),
    stop: () => poller.stop(),
    /** Asks now when the last request failed; the API answers others again. */
    retryNow() {
      if (failure !== null) poller.hurry();
    },
    /** Age of what this source last told, null before its first answer. @param {Moment} now */
    ageSeconds(now) {
      if (last === null) return null;
      const databaseNow = databaseClock.now(now);
      const byDatabase = last.asOfMs === null || databaseNow === null ? 0 : databaseNow - last.asOfMs;
      return Math.max(0, byDatabase, elapsedMs(last.at, now)) / 1_000;
    },
    /** The failure since the last answer, or null. @param {Moment} now */
    failure(now) {
      if (failure === null) return null;
      const retryInSeconds = Math.max(0, failure.retryInMs - elapsedMs(failure.at, now)) / 1_000;
      return { problem: failure.problem, retryInSeconds };
    },
  };
}
