import type { Point } from '../../data/rate-history.js';

/** Before this long a change says nothing. */
const SHORTEST_MS = 60_000;

/** By how much a figure has changed since the page has seen it first, up to an hour ago; null when that is too short. */
export function changeOf(
  points: readonly Point[],
  now: number | undefined,
): { by: number; overMs: number } | null {
  const first = points.find(({ value }) => value !== null);
  const last = points.at(-1);
  if (now === undefined || first?.value == null || last === undefined) return null;
  const overMs = last.at - first.at;
  return overMs < SHORTEST_MS ? null : { by: now - first.value, overMs };
}

/** What a curve spans: a fleet of a million that loses ten must not look flat, and one that does not move must. */
export function curveRange(points: readonly Point[]): { lowest: number; highest: number } {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return { lowest: 0, highest: 1 };
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(2, (highest - lowest) * 0.2);
  return { lowest: Math.max(0, lowest - room), highest: highest + room };
}
