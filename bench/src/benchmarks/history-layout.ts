import type { BenchContext, Benchmark } from '../benchmark.js';
import { chunkPerLane } from '../history-layout/chunk-per-lane.js';
import type { HistoryLayout } from '../history-layout/history-layout.js';
import { measureHistoryLayout, type HistoryFigures } from '../history-layout/measure-layout.js';
import { rowPerSample } from '../history-layout/row-per-sample.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { registerSeededDevices } from '../history-layout/register-devices.js';
import { startPrivateStack } from '../stack/private-stack.js';

const SIZES = {
  quick: { pairs: 1, devices: 2000, minutes: 20 },
  short: { pairs: 2, devices: 16_000, minutes: 20 },
  full: { pairs: 3, devices: 64_000, minutes: 60 },
};

/** The figures behind ADR-0010: a chunk a lane and transaction against a row a sample. */
export const historyLayout: Benchmark = {
  name: 'history-layout',
  about: 'chunks of samples against a row per sample: insert, redo, bytes, packing, reading back (ADR-0010)',
  async run(context: BenchContext) {
    const { pairs, ...size } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    await registerSeededDevices(await stack.connect(), size.devices);
    const measure = async (layout: HistoryLayout): Promise<HistoryFigures> => {
      const figures = await measureHistoryLayout(layout, stack, size);
      context.say(
        `${layout.name}: insert ${figures.insertPerSecond.toFixed(0)} samples/s, ` +
          `${figures.redoBytesPerSample.toFixed(0)} bytes of redo and ${figures.freshBytesPerSample.toFixed(0)} of disk ` +
          `a sample, pack ${figures.packPerSecond.toFixed(0)} samples/s, one device read in ${figures.readMs.toFixed(1)} ms`,
      );
      return figures;
    };
    const runs: { ours: HistoryFigures; rows: HistoryFigures }[] = [];
    for (let pair = 1; pair <= pairs; pair++)
      runs.push({ ours: await measure(chunkPerLane), rows: await measure(rowPerSample) });
    const figure = (name: string, unit: string, value: (figures: HistoryFigures) => number) =>
      ratioFigure(
        `history-layout.${name}`,
        unit,
        rowPerSample.name,
        runs.map(({ ours, rows }) => ({ ours: value(ours), limit: value(rows) })),
      );
    return [
      figure('insert', 'samples/s', (figures) => figures.insertPerSecond),
      figure('redo', 'bytes/sample', (figures) => figures.redoBytesPerSample),
      figure('disk', 'bytes/sample', (figures) => figures.freshBytesPerSample),
      figure('pack', 'samples/s', (figures) => figures.packPerSecond),
      figure('read', 'ms', (figures) => figures.readMs),
    ];
  },
};
