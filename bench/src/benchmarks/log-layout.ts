import type { BenchContext, Benchmark } from '../benchmark.js';
import { measureLayout, type LayoutFigures } from '../log-layout/measure-layout.js';
import { packedRecords } from '../log-layout/packed-records.js';
import { rowPerEvent } from '../log-layout/row-per-event.js';
import type { LogLayout } from '../log-layout/log-layout.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { latencyText } from '../report/load-line.js';
import { startPrivateStack } from '../stack/private-stack.js';

const SIZES = {
  quick: { pairs: 1, insertSeconds: 1.5, latencySeconds: 2 },
  short: { pairs: 3, insertSeconds: 6, latencySeconds: 10 },
  full: { pairs: 5, insertSeconds: 20, latencySeconds: 30 },
};

/** The figures behind ADR-0002: one record a flush and lane against one row an event. */
export const logLayout: Benchmark = {
  name: 'log-layout',
  about: 'packed records against a row per event: insert, read, latency, bytes (ADR-0002)',
  async run(context: BenchContext) {
    const { pairs, ...size } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const measure = async (layout: LogLayout): Promise<LayoutFigures> => {
      const figures = await measureLayout(layout, stack, size);
      context.say(
        `${layout.name}: insert ${figures.insertPerSecond.toFixed(0)} events/s, read ` +
          `${figures.readPerSecond.toFixed(0)} events/s, due to read ${latencyText(figures.latencyMs)}, ` +
          `${figures.bytesPerEvent.toFixed(0)} bytes and ${figures.redoBytesPerEvent.toFixed(0)} bytes of redo an event`,
      );
      return figures;
    };
    const runs: { packed: LayoutFigures; rows: LayoutFigures }[] = [];
    for (let pair = 1; pair <= pairs; pair++) {
      runs.push({ packed: await measure(packedRecords), rows: await measure(rowPerEvent) });
    }
    const figure = (name: string, unit: string, value: (figures: LayoutFigures) => number) =>
      ratioFigure(
        `log-layout.${name}`,
        unit,
        rowPerEvent.name,
        runs.map(({ packed, rows }) => ({ ours: value(packed), limit: value(rows) })),
      );
    return [
      figure('insert', 'events/s', (figures) => figures.insertPerSecond),
      figure('read', 'events/s', (figures) => figures.readPerSecond),
      figure('latency-p95', 'ms', (figures) => figures.latencyMs.p95),
      figure('disk', 'bytes/event', (figures) => figures.bytesPerEvent),
      figure('redo', 'bytes/event', (figures) => figures.redoBytesPerEvent),
    ];
  },
};
