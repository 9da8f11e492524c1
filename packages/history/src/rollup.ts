import { MOST_DECIMALS, decimalsOf } from './number-column.js';
import type { SampleSeries } from './packed-samples.js';

/** What the readings of a metric in a span of time come to. */
export interface Rollup {
  min: number;
  /** Of the readings, to seven digits and two decimals more than they have. */
  mean: number;
  max: number;
  /** The newest reading. */
  last: number;
  count: number;
}

/** The roll-ups of one span by metric. */
export interface RollupSpan {
  /** Number of the span since 1970: hours or days. */
  span: number;
  metrics: Map<string, Rollup>;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

interface Tally {
  min: number;
  max: number;
  sum: number;
  last: number;
  lastAt: number;
  count: number;
}

/** The roll-ups of samples by hour, all sources together, in the order of time. */
export function rollUpHours(series: readonly SampleSeries[]): RollupSpan[] {
  const hours = new Map<number, Map<string, Tally>>();
  for (const { times, metrics } of series) {
    for (const [name, values] of metrics) {
      for (let n = 0; n < times.length; n += 1) {
        const value = values[n]!;
        if (Number.isNaN(value)) continue;
        const hour = Math.floor(times[n]! / HOUR_MS);
        let tallies = hours.get(hour);
        if (tallies === undefined) hours.set(hour, (tallies = new Map<string, Tally>()));
        const tally = tallies.get(name);
        if (tally === undefined)
          tallies.set(name, { min: value, max: value, sum: value, last: value, lastAt: times[n]!, count: 1 });
        else count(tally, value, times[n]!);
      }
    }
  }
  return [...hours]
    .sort(([one], [other]) => one - other)
    .map(([span, tallies]) => ({
      span,
      metrics: new Map([...tallies].map(([name, tally]) => [name, settle(tally)])),
    }));
}

function count(tally: Tally, value: number, at: number): void {
  tally.min = Math.min(tally.min, value);
  tally.max = Math.max(tally.max, value);
  tally.sum += value;
  tally.count += 1;
  if (at < tally.lastAt) return;
  tally.last = value;
  tally.lastAt = at;
}

const settle = ({ min, max, sum, last, count }: Tally): Rollup => ({
  ...{ min, max, last, count },
  mean: meanOf(sum / count, [min, max, last]),
});

/** Seven digits at most, and two decimals more than the readings have: more says nothing and takes room. */
function meanOf(mean: number, readings: readonly number[]): number {
  const rounded = Number(mean.toPrecision(MEAN_DIGITS));
  const decimals = Math.max(...readings.map(decimalsOf)) + 2;
  const coarser = decimals > MOST_DECIMALS ? rounded : Number(rounded.toFixed(decimals));
  // Adding 0 makes 0 of -0.
  return coarser + 0;
}

const MEAN_DIGITS = 7;

/** What spans come to together. @param rollups of one metric, in the order of time, at least one */
export function joinRollups(rollups: readonly Rollup[]): Rollup {
  const total = rollups.reduce((sum, { count }) => sum + count, 0);
  return {
    min: rollups.reduce((least, { min }) => Math.min(least, min), Infinity),
    max: rollups.reduce((most, { max }) => Math.max(most, max), -Infinity),
    mean: meanOf(
      rollups.reduce((sum, { mean, count }) => sum + mean * count, 0) / total,
      rollups.flatMap(({ min, max, last }) => [min, max, last]),
    ),
    last: rollups.at(-1)!.last,
    count: total,
  };
}

/** Hours as days. @param hours in the order of time */
export function rollUpDays(hours: readonly RollupSpan[]): RollupSpan[] {
  const days = new Map<number, Map<string, Rollup[]>>();
  for (const { span, metrics } of hours) {
    const day = Math.floor(span / 24);
    let names = days.get(day);
    if (names === undefined) days.set(day, (names = new Map<string, Rollup[]>()));
    for (const [name, rollup] of metrics) {
      const own = names.get(name);
      if (own === undefined) names.set(name, [rollup]);
      else own.push(rollup);
    }
  }
  return [...days].map(([span, names]) => ({
    span,
    metrics: new Map([...names].map(([name, rollups]) => [name, joinRollups(rollups)])),
  }));
}
