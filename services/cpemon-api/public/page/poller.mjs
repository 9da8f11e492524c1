/* global AbortController, performance */

/**
 * Asks for something again and again: one request at a time, each with a time-out, slower and slower while it fails.
 * @template T
 * @param {object} options
 * @param {(signal: AbortSignal) => Promise<T>} options.request rejects when the signal aborts
 * @param {(answer: T) => void} options.onAnswer
 * @param {(problem: unknown, retryInMs: number) => void} options.onProblem
 * @param {number} [options.intervalMs] from the start of one request to the start of the next
 * @param {number} [options.timeoutMs]
 * @param {number} [options.longestDelayMs]
 * @param {() => number} [options.random] 0 to 1; spreads the retries of many browsers
 */
export function createPoller({
  request,
  onAnswer,
  onProblem,
  intervalMs = 1_000,
  timeoutMs = 4_000,
  longestDelayMs = 8_000,
  random = Math.random,
}) {
  let failures = 0;
  /** Counts starts and stops; an answer to a request of an earlier count is dropped. @type {number} */
  let run = 0;
  let running = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let inHand;

  /** @param {number} thisRun */
  async function ask(thisRun) {
    timer = undefined;
    const startedAt = performance.now();
    const controller = new AbortController();
    inHand = controller;
    const timeout = setTimeout(() => controller.abort(new PollTimeout(timeoutMs)), timeoutMs);
    let delayMs;
    try {
      const answer = await request(controller.signal);
      if (thisRun !== run) return;
      failures = 0;
      delayMs = Math.max(0, intervalMs - (performance.now() - startedAt));
      onAnswer(answer);
    } catch (error) {
      if (thisRun !== run) return;
      failures += 1;
      const problem = controller.signal.aborted ? controller.signal.reason : error;
      delayMs = Math.max(retryDelayMs(failures, intervalMs, longestDelayMs, random()), retryAfterMs(problem));
      onProblem(problem, delayMs);
    } finally {
      clearTimeout(timeout);
    }
    // The handlers may have stopped the poller.
    if (thisRun === run) timer = setTimeout(() => void ask(thisRun), delayMs);
  }

  return {
    /** Asks now. Harmless when it is running. */
    start() {
      if (running) return;
      running = true;
      run += 1;
      void ask(run);
    },
    /** Does not wait for the next time: there is reason to believe that an answer will come. */
    hurry() {
      if (!running || timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      void ask(run);
    },
    /** Forgets the request in hand. Harmless when it is not running. */
    stop() {
      if (!running) return;
      running = false;
      run += 1;
      clearTimeout(timer);
      timer = undefined;
      inHand?.abort();
    },
  };
}

/** The answer did not come in time. */
export class PollTimeout extends Error {
  /** @param {number} timeoutMs */
  constructor(timeoutMs) {
    super(`no answer within ${timeoutMs / 1_000} s`);
    this.name = 'PollTimeout';
  }
}

/**
 * @param {number} failures in a row, at least 1
 * @param {number} intervalMs @param {number} longestDelayMs @param {number} random 0 to 1
 */
export function retryDelayMs(failures, intervalMs, longestDelayMs, random) {
  const delayMs = Math.min(longestDelayMs, intervalMs * 2 ** (failures - 1));
  return delayMs * (0.8 + 0.4 * random);
}

/** @param {unknown} problem */
function retryAfterMs(problem) {
  const seconds = /** @type {{ retryAfterSeconds?: unknown } | null} */ (problem)?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, 60) * 1_000 : 0;
}
