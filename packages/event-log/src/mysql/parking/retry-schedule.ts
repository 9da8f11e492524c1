/** When parked events are tried again, and when they are given up. */
export interface RetrySchedule {
  /** Wait after the first attempt; doubles with each, up to the longest. */
  firstMs: number;
  longestMs: number;
  /** Attempts after which an event becomes a dead letter. */
  attempts: number;
  /** An event whose type is not known waits for a writer that knows it, tried this often and for this long. */
  unknownTypeEveryMs: number;
  unknownTypeForMs: number;
}

export const DEFAULT_RETRY_SCHEDULE: RetrySchedule = {
  firstMs: 1000,
  longestMs: 300_000,
  attempts: 5,
  unknownTypeEveryMs: 60_000,
  unknownTypeForMs: 24 * 3_600_000,
};

/** The wait after an attempt, by how many there were; a fifth more or less. */
export function waitAfterAttempt(
  attempts: number,
  { firstMs, longestMs }: RetrySchedule,
  random: () => number = Math.random,
): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(attempts - 1, 0), 30));
  return full * (0.8 + 0.4 * random());
}
