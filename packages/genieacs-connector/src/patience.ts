import { pause } from './abortable-pause.js';
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, TRIES_OF_ONE_RUN } from './limits.js';

/** The other side cannot now; it may later. */
export class NotNowError extends Error {
  override readonly name = 'NotNowError';
  constructor(
    message: string,
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }
}

export interface Patience {
  /**
   * Calls `attempt` until it does not throw NotNowError.
   * @throws NotNowError when the run is one that gives up, other errors of `attempt`, and the reason of `signal`
   */
  until<T>(attempt: () => Promise<T>): Promise<T>;
}

export interface PatienceOptions {
  /** "The NBI": for log lines. */
  who: string;
  once: boolean;
  tell: (line: string) => void;
  signal: AbortSignal;
  /** 0 to 1. */
  random?: () => number;
  firstWaitMs?: number;
}

/** Waits twice as long after every failure, up to a minute, each time at random between half of it and all. */
export function createPatience({
  who,
  once,
  tell,
  signal,
  random = Math.random,
  firstWaitMs = FIRST_WAIT_MS,
}: PatienceOptions): Patience {
  return {
    async until(attempt) {
      for (let failures = 0; ;) {
        signal.throwIfAborted();
        try {
          const result = await attempt();
          if (failures > 0) tell(`${who} answers again, after ${failures} failed tries`);
          return result;
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (!(error instanceof NotNowError)) throw error;
          failures += 1;
          if (once && failures === TRIES_OF_ONE_RUN) throw error;
          const longest = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** Math.min(failures - 1, 16));
          const waitMs = Math.max(error.retryAfterMs, longest * (0.5 + random() / 2));
          if (failures === 1) tell(`${error.message}; trying again until it does`);
          await pause(waitMs, signal);
        }
      }
    },
  };
}
