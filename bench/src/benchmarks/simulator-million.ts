import { refuseIfWrong, type BenchContext, type Benchmark } from '../benchmark.js';
import { plainFigure } from '../report/alternating-runs.js';
import { plainNumber } from '../report/result-line.js';
import { startNullSink } from '../simulator-load/null-sink-process.js';
import { startSimulatorProcess } from '../simulator-load/simulator-process.js';
import { peakResidentBytesOf } from '../stack/process-cpu.js';

const MIB = 1024 ** 2;
const INTERVAL_SECONDS = 60;
const SIZES = {
  quick: { runs: 1, devices: 100_000, warmUpMs: 2000, measureMs: 3000 },
  short: { runs: 3, devices: 1_000_000, warmUpMs: 15_000, measureMs: 30_000 },
  full: { runs: 3, devices: 1_000_000, warmUpMs: 30_000, measureMs: 120_000 },
};
/** Reports that may fall out when the process was held up for a moment. */
const MOST_SKIPPED_SHARE = 0.001;

/** What the simulator itself costs: a million devices through a gateway, against a target that keeps nothing. */
export const simulatorMillion: Benchmark = {
  name: 'simulator-million',
  about:
    'cores and memory of one simulator with 1,000,000 devices, 60 s interval, batches of a gateway, null sink',
  async run(context: BenchContext) {
    const { runs, devices, warmUpMs, measureMs } = SIZES[context.form];
    const sink = await startNullSink();
    context.atEnd(() => sink.stop());
    const figures = { rate: [] as number[], cores: [] as number[], memory: [] as number[] };
    for (let run = 1; run <= runs; run += 1) {
      const simulator = await startSimulatorProcess(context, `simulator-${run}`, sink.port, {
        ...{ DEVICES: String(devices), INTERVAL_SECONDS: String(INTERVAL_SECONDS) },
        ...{ MIX: 'telemetry=100', BATCH_SIZE: '500' },
      });
      await simulator.measure(warmUpMs);
      const work = await simulator.measure(measureMs);
      const peak = peakResidentBytesOf(simulator.pid) / MIB;
      await simulator.stop();
      const rate = work.acknowledged / work.seconds;
      const wanted = devices / INTERVAL_SECONDS;
      refuseIfWrong([
        ...(work.skipped > work.due * MOST_SKIPPED_SHARE
          ? [`${work.skipped} of ${work.due} reports skipped`]
          : []),
        ...(Math.abs(rate / wanted - 1) > 0.05
          ? [`${plainNumber(rate)} events/s, not ${plainNumber(wanted)}`]
          : []),
      ]);
      figures.rate.push(rate);
      figures.cores.push(work.cpuSeconds / work.seconds);
      figures.memory.push(peak);
      context.say(
        `${devices} devices: ${plainNumber(rate)} events/s, ${(work.cpuSeconds / work.seconds).toFixed(2)} cores, ` +
          `${peak.toFixed(0)} MiB at most`,
      );
    }
    return [
      plainFigure('simulator-million.rate', 'events/s', figures.rate),
      plainFigure('simulator-million.cores', 'cores', figures.cores),
      plainFigure('simulator-million.memory', 'MiB', figures.memory),
    ];
  },
};
