import type { SingleConnection } from '@cpemon/database';
import { monotonicMs } from '../load/monotonic-clock.js';
import { readLagMs } from './log-books.js';

const LOOK_EVERY_MS = 100;

/** Looks at the age of the oldest unapplied event ten times a second. */
export interface LagWatch {
  highestMs(): number;
  /**
   * Waits until it is below a bound, and says since when it has been so without a break (monotonicMs()).
   * @throws Error when it is not within `timeoutMs`
   */
  below(boundMs: number, timeoutMs: number): Promise<number>;
  stop(): Promise<void>;
}

/** @param connection nobody else uses it */
export function watchLag(connection: SingleConnection): LagWatch {
  /** Ascending times, of each look. */
  const looks: { atMs: number; lagMs: number }[] = [];
  let stopped = false;
  let failure: unknown;
  const watching = (async () => {
    while (!stopped) {
      const lagMs = await readLagMs(connection);
      looks.push({ atMs: monotonicMs(), lagMs });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  })().catch((error: unknown) => (failure = error));
  return {
    highestMs: () => looks.reduce((highest, { lagMs }) => Math.max(highest, lagMs), 0),
    async below(boundMs, timeoutMs) {
      const giveUpMs = monotonicMs() + timeoutMs;
      for (;;) {
        if (failure !== undefined) throw new Error('the lag cannot be read', { cause: failure });
        const last = looks.at(-1);
        if (last !== undefined && last.lagMs < boundMs) {
          const above = looks.findLastIndex(({ lagMs }) => lagMs >= boundMs);
          return looks[above + 1]!.atMs;
        }
        if (monotonicMs() > giveUpMs) throw new Error(`the lag is still ${last?.lagMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
    async stop() {
      stopped = true;
      await watching;
    },
  };
}
