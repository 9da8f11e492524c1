/** A point of history, in the drawn unit. */
export interface DrawnPoint {
  /** Epoch seconds. */
  t: number;
  min: number;
  mean: number;
  max: number;
}

/** A column of a chart: null breaks the line, undefined is another line's moment. */
export type Column = (number | null | undefined)[];

/** Moments in epoch seconds, and of each line its means, lows and highs at them. */
export interface AlignedLines {
  times: number[];
  lines: { mean: Column; min: Column; max: Column }[];
}

/** What is further apart than so many usual steps is a gap: one report that is lost makes none. */
const STEPS_OF_A_GAP = 2.5;

/**
 * From how many seconds between two points on nothing was read there.
 * @param partSeconds how long one point stands for
 * @param intervalSeconds at which the device reports, as far as that is known
 */
export function gapSeconds(
  points: readonly DrawnPoint[],
  partSeconds: number,
  intervalSeconds: number | null,
): number {
  const steps = points.slice(1).map(({ t }, index) => t - points[index]!.t);
  steps.sort((one, other) => one - other);
  // A bulk profile reports less often than its device; a device that was gone most of the time more often than it shows.
  const usual = steps[Math.floor(steps.length / 4)] ?? 0;
  return STEPS_OF_A_GAP * Math.max(partSeconds, intervalSeconds ?? 0, usual);
}

/** Puts lines with moments of their own on one axis; a gap is a moment without a value. */
export function alignLines(
  lines: readonly { points: readonly DrawnPoint[]; gapSeconds: number }[],
): AlignedLines {
  const withGaps = lines.map(({ points, gapSeconds: gap }) => breakAtGaps(points, gap));
  const times = [...new Set(withGaps.flatMap((moments) => [...moments.keys()]))].sort((a, b) => a - b);
  return {
    times,
    lines: withGaps.map((moments) => {
      const column = (of: (point: DrawnPoint) => number): Column =>
        times.map((time) => {
          const point = moments.get(time);
          return point === undefined || point === null ? point : of(point);
        });
      return { mean: column((p) => p.mean), min: column((p) => p.min), max: column((p) => p.max) };
    }),
  };
}

function breakAtGaps(points: readonly DrawnPoint[], gap: number): Map<number, DrawnPoint | null> {
  const moments = new Map<number, DrawnPoint | null>();
  let before: DrawnPoint | undefined;
  for (const point of points) {
    if (before !== undefined && point.t - before.t > gap) moments.set((before.t + point.t) / 2, null);
    moments.set(point.t, point);
    before = point;
  }
  return moments;
}

/** Indices of readings with a gap on both sides, which no line shows. */
export function lonelyReadings(column: Column): number[] {
  const found: number[] = [];
  let before: number | null = null;
  let beforeIndex = -1;
  let wasBroken = true;
  for (const [index, value] of column.entries()) {
    if (value === undefined) continue;
    if (value === null) {
      if (before !== null && wasBroken) found.push(beforeIndex);
      [before, wasBroken] = [null, true];
    } else {
      if (before !== null) wasBroken = false;
      [before, beforeIndex] = [value, index];
    }
  }
  if (before !== null && wasBroken) found.push(beforeIndex);
  return found;
}
