const FIRST_MS = 500;
/** A page that comes back after a night is live again within seconds. */
const LONGEST_MS = 5000;

/**
 * How long to wait before the next try.
 * @param failures in a row, at least 1
 * @param random 0 to 1: spreads the tries of many browsers
 */
export const retryDelayMs = (failures: number, random: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(10, failures - 1)) * (0.8 + 0.4 * random);
