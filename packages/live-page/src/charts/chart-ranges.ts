/** How far back charts look. */
export const RANGES = ['1h', '24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

const HOUR_MS = 3_600_000;

const LENGTHS: Readonly<Record<Range, { ms: number; words: string }>> = {
  '1h': { ms: HOUR_MS, words: 'the last hour' },
  '24h': { ms: 24 * HOUR_MS, words: 'the last 24 hours' },
  '7d': { ms: 7 * 24 * HOUR_MS, words: 'the last 7 days' },
  '30d': { ms: 30 * 24 * HOUR_MS, words: 'the last 30 days' },
};

export const DEFAULT_RANGE: Range = '24h';

/** A point for every other pixel of the widest chart; more is not seen. */
export const POINTS = 360;

/** A chart that is drawn anew more often than its narrowest part is long shows nothing new. */
const FEWEST_REFRESH_MS = 15_000;

export const lengthMs = (range: Range): number => LENGTHS[range].ms;
export const wordsOfRange = (range: Range): string => LENGTHS[range].words;

/** What the URL says, if it can be read. */
export const readRange = (text: string | null | undefined): Range =>
  RANGES.find((range) => range === text) ?? DEFAULT_RANGE;

/** How long one point stands for, ms. */
export const partMs = (range: Range): number => lengthMs(range) / POINTS;

/** After how long a chart is asked for again, ms. */
export const refreshMs = (range: Range): number => Math.max(FEWEST_REFRESH_MS, partMs(range));

/** @param nowMs by the database's clock */
export function spanOf(range: Range, nowMs: number): { from: number; to: number } {
  return { from: nowMs - lengthMs(range), to: nowMs };
}
