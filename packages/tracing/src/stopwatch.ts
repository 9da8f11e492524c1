/** A time and how long ago it was; a step of the host's clock in between does not change its length. */
export interface Stopwatch {
  /** Epoch ms. */
  startedAt: number;
  /** Epoch ms, with fractions. */
  now(): number;
}

export function startStopwatch(): Stopwatch {
  const startedAt = Date.now();
  const monotonicAt = performance.now();
  return { startedAt, now: () => startedAt + performance.now() - monotonicAt };
}
