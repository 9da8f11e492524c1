import type { HistoryPoint } from './points.js';

/** Metrics that only grow until the device starts anew: what they say is how fast. Roles in braces do not matter. */
const COUNTER = /(^|_)(rx_bytes|tx_bytes|packets|errors|discards|errored_seconds|frames)$/;

export function isCounter(metric: string): boolean {
  return COUNTER.test(metric.replace(/\{.*\}$/, ''));
}

/** Why there is no rate between two readings. */
export const NO_RATE_REASONS = ['restarted', 'went_back', 'not_available'] as const;
export type NoRateReason = (typeof NO_RATE_REASONS)[number];

export interface CounterRates {
  /** Per second, each at the time of the later of its two readings. */
  points: HistoryPoint[];
  /** How many have no rate, by reason. */
  without: Record<NoRateReason, number>;
}

/** A line of 1 Gbit/s in bytes a second, where nobody knows better. */
export const LINE_BYTES_PER_SECOND = 125_000_000;
const WRAPS_AT = 2 ** 32;
/** The counter of a device that cannot count that far stays there. */
const STUCK_AT: readonly number[] = [2 ** 31 - 1, 2 ** 32 - 1, 2 ** 53 - 1, 2 ** 63, 2 ** 64];
/** What two clocks may disagree by before a start is another one, ms. */
const START_TOLERANCE_MS = 120_000;

/**
 * Growth a second between neighbouring readings of a counter. Of one that went back it is known only if it can have
 * wrapped no more than once, at 2^32: at most 2^31 bytes pass on the line in that time. A restart in between gives none.
 * @param readings the newest of each point, in the order of time
 * @param startedAt when the device had started by the uptime it told with that reading, epoch ms; NaN: unknown
 */
export function counterRates(
  readings: readonly HistoryPoint[],
  startedAt: (t: number) => number = () => NaN,
  lineBytesPerSecond = LINE_BYTES_PER_SECOND,
): CounterRates {
  const points: HistoryPoint[] = [];
  const without: CounterRates['without'] = { restarted: 0, went_back: 0, not_available: 0 };
  for (let n = 1; n < readings.length; n += 1) {
    const before = readings[n - 1]!;
    const now = readings[n]!;
    const seconds = (now.t - before.t) / 1000;
    if (seconds <= 0) continue;
    if (STUCK_AT.includes(now.last) || STUCK_AT.includes(before.last)) {
      without.not_available += 1;
      continue;
    }
    if (Math.abs(startedAt(now.t) - startedAt(before.t)) > START_TOLERANCE_MS) {
      without.restarted += 1;
      continue;
    }
    let growth = now.last - before.last;
    if (growth < 0) {
      const mayHaveWrapped = before.last < WRAPS_AT && lineBytesPerSecond * seconds < 2 ** 31;
      if (!mayHaveWrapped) {
        without.went_back += 1;
        continue;
      }
      growth += WRAPS_AT;
    }
    const rate = growth / seconds;
    points.push({ t: now.t, min: rate, mean: rate, max: rate, last: rate, count: 1 });
  }
  return { points, without };
}
