import { pause } from './abortable-pause.js';

/** Resolves when the next request may begin. */
export type Pace = (signal: AbortSignal) => Promise<void>;

/** Requests begin at even distances; what was not used is not saved up. @param clock monotonic milliseconds */
export function createPace(requestsPerSecond: number, clock: () => number = () => performance.now()): Pace {
  const distanceMs = 1000 / requestsPerSecond;
  let nextAt = -Infinity;
  return (signal) => {
    const now = clock();
    const at = Math.max(now, nextAt);
    nextAt = at + distanceMs;
    return pause(at - now, signal);
  };
}
