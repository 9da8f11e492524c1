export const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
/** A process that ran so long ran well: the next failure is a new one. */
const RAN_WELL_MS = 60_000;

/**
 * How long to wait before a process that ended by itself is started again.
 * @param previousMs the delay before its last start; null when nothing had gone wrong before
 */
export function restartDelayMs(previousMs: number | null, ranMs: number): number {
  if (previousMs === null || ranMs >= RAN_WELL_MS) return FIRST_DELAY_MS;
  return Math.min(previousMs * 2, LONGEST_DELAY_MS);
}
