import { median } from '../report/percentiles.js';

/** A median with the two values between which that of all such runs lies, with at least the confidence that is told. */
export interface MedianInterval {
  median: number;
  from: number;
  to: number;
  /** 0 to 1. */
  confidence: number;
}

const WANTED = 0.95;

/**
 * Of values in order, the narrowest pair of the same rank from both ends that holds the median with 95 % confidence: by
 * counting, whatever the distribution (each value is below the median with probability one half). With fewer than six
 * values there is none: the ends then, and how sure they are.
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = [...values].sort((one, other) => one - other);
  const confidenceOf = (rank: number): number => 1 - 2 * atMost(rank, sorted.length);
  let rank = 0;
  while (rank + 1 < sorted.length / 2 && confidenceOf(rank + 1) >= WANTED) rank += 1;
  return {
    ...{ median: median(sorted), from: sorted[rank]!, to: sorted[sorted.length - 1 - rank]! },
    confidence: confidenceOf(rank),
  };
}

/** Probability of at most `rank` heads in `tosses` of a coin. */
function atMost(rank: number, tosses: number): number {
  let ways = 1;
  let sum = 1;
  for (let heads = 1; heads <= rank; heads += 1) {
    ways = (ways * (tosses - heads + 1)) / heads;
    sum += ways;
  }
  return sum / 2 ** tosses;
}
