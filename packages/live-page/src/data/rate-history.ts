/** What the page itself has seen of figures since it was opened; drawn as small curves. */

export interface Point {
  /** Milliseconds of the database's clock. */
  at: number;
  value: number | null;
}

export interface History<T extends { at: number }> {
  add(point: T): void;
  points(): readonly T[];
}

/** Keeps the points of the last `lengthMs`, one for each moment and at most one in `everyMs`. */
export function createHistory<T extends { at: number }>(lengthMs: number, everyMs = 0): History<T> {
  let points: T[] = [];
  return {
    add(point) {
      // A cached answer comes again with the same time; an older one comes from another replica.
      const last = points.at(-1);
      if (last !== undefined && last.at - point.at < lengthMs && point.at < last.at + Math.max(1, everyMs))
        return;
      points = [...points.filter(({ at }) => at > point.at - lengthMs && at < point.at), point];
    },
    points: () => points,
  };
}

/**
 * The points of a curve in a box, newest at the right edge; a missing value breaks the curve.
 * @param points oldest first
 * @returns the `points` attribute of each unbroken piece
 */
export function curvePieces(
  points: readonly Point[],
  box: { width: number; height: number; lowest?: number; highest: number; lengthMs: number },
): string[] {
  const { width, height, lowest = 0, highest, lengthMs } = box;
  const newest = points.at(-1)?.at ?? 0;
  const pieces: string[][] = [[]];
  for (const { at, value } of points) {
    if (value === null) {
      if (pieces.at(-1)?.length) pieces.push([]);
      continue;
    }
    const x = width * (1 - (newest - at) / lengthMs);
    const share = highest > lowest ? (value - lowest) / (highest - lowest) : 0;
    pieces.at(-1)?.push(`${round(x)},${round(height * (1 - Math.min(1, Math.max(0, share))))}`);
  }
  return pieces.filter((piece) => piece.length > 1).map((piece) => piece.join(' '));
}

const round = (value: number): number => Math.round(value * 10) / 10;
