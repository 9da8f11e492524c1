import type { Reading } from './reading.js';

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const LEVELS = BARS.length - 1;

/** The lag over time as lines of a terminal: `width` columns, `height` rows, the scale at its left. */
export function lagChart(readings: readonly Reading[], { width = 64, height = 6 } = {}): string[] {
  const columns = inColumns(readings, width);
  const largest = Math.max(1, ...columns);
  const lines: string[] = [];
  for (let row = height; row > 0; row -= 1) {
    const scale = row === height ? compact(largest) : row === 1 ? '0' : '';
    const cells = columns.map((lag) => {
      const filled = Math.ceil((lag / largest) * height * LEVELS) - (row - 1) * LEVELS;
      return BARS[Math.min(LEVELS, Math.max(0, filled))];
    });
    lines.push(`${scale.padStart(7)} │${cells.join('')}`);
  }
  const seconds = Math.round(readings.at(-1)?.atSeconds ?? 0);
  lines.push(`${' '.repeat(8)}└${'─'.repeat(columns.length)} ${seconds} s`);
  return lines;
}

/** The largest lag of each column's time. */
function inColumns(readings: readonly Reading[], width: number): number[] {
  const seconds = Math.max(1, readings.at(-1)?.atSeconds ?? 1);
  const columns = new Array<number>(Math.min(width, Math.max(1, readings.length))).fill(0);
  for (const { atSeconds, lagEvents } of readings) {
    const place = Math.min(columns.length - 1, Math.floor((atSeconds / seconds) * columns.length));
    columns[place] = Math.max(columns[place] ?? 0, lagEvents);
  }
  return columns;
}

/** A count in at most five characters. */
export function compact(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  return count < 10_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`;
}
