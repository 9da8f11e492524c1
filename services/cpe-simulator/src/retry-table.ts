/** The two parameters of the TR-069 session retry rule. */
export interface RetryPolicy {
  /** CWMPRetryMinimumWaitInterval (m), milliseconds; 5000 by default. */
  minimumWaitMs: number;
  /** CWMPRetryIntervalMultiplier (k), thousandths; 2000 by default. */
  multiplier: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { minimumWaitMs: 5000, multiplier: 2000 };

/** From the tenth failure on the wait grows no further. */
const LAST_ROW = 10;

/**
 * How long a CPE waits before it tries again, milliseconds: uniformly random from m·(k/1000)^(n−1) to m·(k/1000)^n.
 * TR-069 Amendment 6, 3.2.1.1, table 3.
 * @param retryCount n, failures in a row so far, at least 1
 * @param random a number in [0, 1)
 */
export function retryWaitMs(retryCount: number, random: number, policy: RetryPolicy): number {
  const row = Math.min(retryCount, LAST_ROW);
  const growth = policy.multiplier / 1000;
  const shortest = policy.minimumWaitMs * growth ** (row - 1);
  return shortest + random * (shortest * growth - shortest);
}
