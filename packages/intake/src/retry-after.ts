/** When a sender that was refused should come back. */
export interface RetryAfter {
  /** Events of a call were taken. */
  taken(): void;
  /** A call was refused: seconds until it should be made again. */
  refused(): number;
}

const WINDOW_MS = 10_000;
const SHORTEST_SPREAD_SECONDS = 5;
const LONGEST_SPREAD_SECONDS = 120;

/**
 * Spreads the return of those who were refused over the time in which as many calls were taken lately: the more are
 * refused for each that is taken, the longer. At random within it, so that those who were refused together do not
 * come back together.
 * @param clock monotonic milliseconds
 * @param random 0 to 1
 */
export function createRetryAfter(
  clock: () => number = () => performance.now(),
  random: () => number = Math.random,
): RetryAfter {
  let windowEndsAt = -Infinity;
  let now = { taken: 0, refused: 0 };
  let before = { taken: 0, refused: 0 };
  const roll = (): void => {
    const at = clock();
    if (at < windowEndsAt) return;
    before = at < windowEndsAt + WINDOW_MS ? now : { taken: 0, refused: 0 };
    now = { taken: 0, refused: 0 };
    windowEndsAt = at + WINDOW_MS;
  };
  return {
    taken() {
      roll();
      now.taken += 1;
    },
    refused() {
      roll();
      now.refused += 1;
      const refused = now.refused + before.refused;
      const perTaken = refused / Math.max(1, now.taken + before.taken);
      const spread = Math.min(
        Math.max((perTaken * WINDOW_MS) / 1000, SHORTEST_SPREAD_SECONDS),
        LONGEST_SPREAD_SECONDS,
      );
      return 1 + Math.floor(random() * spread);
    },
  };
}
