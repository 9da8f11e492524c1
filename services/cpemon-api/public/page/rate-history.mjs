/** What the page itself has seen of the pipeline since it was opened; drawn as small curves. */

/**
 * @typedef {{ at: number, acceptRate: number | null, lag: number | null, drainRate: number | null }} Point
 * `at` in milliseconds of the database's clock
 */

export const HISTORY_MS = 60_000;

/** @returns {{ add(point: Point): void, points(): readonly Point[] }} */
export function createRateHistory() {
  /** @type {Point[]} */
  let points = [];
  return {
    add(point) {
      // A cached answer comes again with the same time; an older one comes from another replica.
      const last = points.at(-1);
      if (last !== undefined && point.at <= last.at && last.at - point.at < HISTORY_MS) return;
      points = [...points.filter(({ at }) => at > point.at - HISTORY_MS && at < point.at), point];
    },
    points: () => points,
  };
}

/**
 * The points of a curve in a box, newest at the right edge; a missing value breaks the curve.
 * @param {readonly { at: number, value: number | null }[]} points oldest first
 * @param {{ width: number, height: number, highest: number }} box
 * @returns {string[]} the `points` attribute of each unbroken piece
 */
export function curvePieces(points, { width, height, highest }) {
  const newest = points.at(-1)?.at ?? 0;
  /** @type {string[][]} */
  const pieces = [[]];
  for (const { at, value } of points) {
    if (value === null) {
      if (pieces.at(-1)?.length) pieces.push([]);
      continue;
    }
    const x = width * (1 - (newest - at) / HISTORY_MS);
    const y = highest > 0 ? height * (1 - Math.min(1, value / highest)) : height;
    pieces.at(-1)?.push(`${round(x)},${round(y)}`);
  }
  return pieces.filter((piece) => piece.length > 1).map((piece) => piece.join(' '));
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;
