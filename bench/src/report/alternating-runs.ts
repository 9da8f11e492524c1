import { median } from './percentiles.js';
import type { Figure } from './result-line.js';

/** Our rate and the other half's, measured one after the other. */
export interface RunPair {
  ours: number;
  limit: number;
}

/** Measures ours, other, ours, other, …: what the machine does meanwhile falls on both halves. */
export async function alternate(
  pairs: number,
  ours: (pair: number) => Promise<number>,
  other: (pair: number) => Promise<number>,
): Promise<RunPair[]> {
  const runs: RunPair[] = [];
  for (let pair = 1; pair <= pairs; pair++) {
    runs.push({ ours: await ours(pair), limit: await other(pair) });
  }
  return runs;
}

/** The figure of the pair whose ratio is the median (of an even number, the lower middle), with the ratios' spread. */
export function ratioFigure(name: string, unit: string, against: string, pairs: readonly RunPair[]): Figure {
  const byRatio = pairs
    .map((pair) => ({ ...pair, ratio: pair.ours / pair.limit }))
    .sort((a, b) => a.ratio - b.ratio);
  const middle = byRatio[(byRatio.length - 1) >> 1];
  if (middle === undefined) throw new Error('no runs');
  return {
    name,
    value: middle.ours,
    unit,
    against: { name: against, limit: middle.limit, ratio: middle.ratio },
    spread: { from: byRatio[0]!.ratio, to: byRatio[byRatio.length - 1]!.ratio },
  };
}

/** The median of values that have no other half, with their spread. */
export function plainFigure(name: string, unit: string, values: readonly number[]): Figure {
  return {
    name,
    value: median(values),
    unit,
    spread: { from: Math.min(...values), to: Math.max(...values) },
  };
}
