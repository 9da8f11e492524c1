import { joinRollups, type Rollup } from './rollup.js';

/** One point of a line: the readings from `t` on. Where there were none there is no point. */
export interface HistoryPoint extends Rollup {
  /** Epoch ms. */
  t: number;
}

export interface PointSpan {
  /** Epoch ms, `to` exclusive. */
  from: number;
  to: number;
  /** As many points at most. */
  points: number;
}

/** Readings as points of their own. */
export function pointsOfReadings(times: ArrayLike<number>, values: ArrayLike<number>): HistoryPoint[] {
  return Array.from(times, (t, n) => {
    const value = values[n]!;
    return { t, min: value, mean: value, max: value, last: value, count: 1 };
  });
}

/**
 * Points joined to as many as are asked for, each at the beginning of its part of the span; as they are when they are
 * few enough.
 * @param points in the order of time
 */
export function joinPoints(points: readonly HistoryPoint[], span: PointSpan): HistoryPoint[] {
  const inside = points.filter(({ t }) => t >= span.from && t < span.to);
  if (inside.length <= span.points) return inside;
  const width = Math.ceil((span.to - span.from) / span.points);
  const parts = new Map<number, HistoryPoint[]>();
  for (const point of inside) {
    const part = Math.floor((point.t - span.from) / width);
    const own = parts.get(part);
    if (own === undefined) parts.set(part, [point]);
    else own.push(point);
  }
  return [...parts].map(([part, own]) => ({ t: span.from + part * width, ...joinRollups(own) }));
}
