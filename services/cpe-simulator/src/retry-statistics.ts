import { retryWaitMs, type RetryPolicy } from './retry-table.js';

/** How long CPEs waited before their retries, by RetryCount. */
export interface RetryStatistics {
  /** A retry after the wait of the table. */
  waited(retryCount: number, waitMs: number): void;
  /** A retry that a new event brought forward. */
  broughtForward(retryCount: number): void;
  report(): RetryRow[];
}

export interface RetryRow {
  /** RetryCount; 10 stands for 10 and above. */
  retry_count: number;
  /** The range of TR-069's table, seconds. */
  table_seconds: [from: number, to: number];
  retries: number;
  least_seconds: number | null;
  mean_seconds: number | null;
  most_seconds: number | null;
  /** Retries before the table's time because of a new event, and those that the target put off (Retry-After). */
  by_event: number;
}

const ROWS = 10;

export function createRetryStatistics(policy: RetryPolicy): RetryStatistics {
  const rows = Array.from({ length: ROWS }, () => ({
    count: 0,
    sum: 0,
    least: Infinity,
    most: 0,
    byEvent: 0,
  }));
  const rowOf = (retryCount: number): (typeof rows)[number] => rows[Math.min(retryCount, ROWS) - 1]!;
  return {
    waited(retryCount, waitMs) {
      const row = rowOf(retryCount);
      row.count += 1;
      row.sum += waitMs;
      row.least = Math.min(row.least, waitMs);
      row.most = Math.max(row.most, waitMs);
    },
    broughtForward(retryCount) {
      rowOf(retryCount).byEvent += 1;
    },
    report: () =>
      rows.map(({ count, sum, least, most, byEvent }, index) => ({
        retry_count: index + 1,
        table_seconds: [retryWaitMs(index + 1, 0, policy) / 1000, retryWaitMs(index + 1, 1, policy) / 1000],
        retries: count,
        least_seconds: count === 0 ? null : seconds(least),
        mean_seconds: count === 0 ? null : seconds(sum / count),
        most_seconds: count === 0 ? null : seconds(most),
        by_event: byEvent,
      })),
  };
}

const seconds = (ms: number): number => Math.round(ms / 10) / 100;
