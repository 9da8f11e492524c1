import { goalWords } from './goals.js';

/** One figure of a benchmark. */
export interface Figure {
  /** The benchmark's name, with a suffix where it has several figures: `steady.p95`. */
  name: string;
  value: number;
  unit: string;
  /** The other half, measured in the same run. */
  against?: { name: string; limit: number; ratio: number };
  /** Least and greatest of the runs: of the ratio where there is one, else of the value. */
  spread?: { from: number; to: number };
}

/** The line that scripts read: `RESULT drain value=61240 unit=events/s ratio=0.82 against=… limit=… spread=… floor=… …`. */
export function resultLine(figure: Figure): string {
  const { against, spread } = figure;
  const words = [`RESULT ${figure.name}`, `value=${plainNumber(figure.value)}`, `unit=${figure.unit}`];
  if (against !== undefined) {
    words.push(
      `ratio=${against.ratio.toFixed(2)}`,
      `against=${against.name}`,
      `limit=${plainNumber(against.limit)}`,
    );
  }
  if (spread !== undefined) {
    const show = against === undefined ? plainNumber : (ratio: number) => ratio.toFixed(2);
    words.push(`spread=${show(spread.from)}..${show(spread.to)}`);
  }
  const goal = goalWords(figure.name, against?.ratio ?? figure.value);
  return [...words, ...(goal === undefined ? [] : [goal])].join(' ');
}

/** Whole from 100 on, one decimal from 10 on, else two: 61240, 23.4, 0.82. */
export function plainNumber(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
