import { refuseIfWrong, type BenchContext, type Benchmark } from '../benchmark.js';
import { sampleInform } from '../inform-parse/sample-inform.js';
import { alternate, plainFigure, ratioFigure } from '../report/alternating-runs.js';
import { plainNumber, type Figure } from '../report/result-line.js';
import { startNullSink } from '../simulator-load/null-sink-process.js';
import { hasAutocannon, runAutocannon } from '../simulator-load/run-autocannon.js';
import { startSimulatorProcess } from '../simulator-load/simulator-process.js';

const CONNECTIONS = 64;
const DEVICES = 100_000;
/** More sessions fall due than can be held, so that the simulator has always one to begin. */
const INTERVAL_SECONDS = 5;
const REQUESTS_OF_A_SESSION = 2;
const SIZES = {
  quick: { pairs: 1, warmUpMs: 1000, measureMs: 2000 },
  short: { pairs: 3, warmUpMs: 5000, measureMs: 15_000 },
  full: { pairs: 5, warmUpMs: 10_000, measureMs: 60_000 },
};

/** What a session costs the simulator, and its requests beside those of a generator that makes nothing. */
export const simulatorSessions: Benchmark = {
  name: 'simulator-sessions',
  about:
    'CWMP sessions of 100,000 simulated devices per CPU second of the simulator, and requests/s against autocannon',
  async run(context: BenchContext) {
    const { pairs, warmUpMs, measureMs } = SIZES[context.form];
    const sink = await startNullSink();
    context.atEnd(() => sink.stop());
    const perCpuSecond: number[] = [];
    let run = 0;
    const ours = async (): Promise<number> => {
      const simulator = await startSimulatorProcess(context, `simulator-${++run}`, sink.port, {
        ...{ DEVICES: String(DEVICES), INTERVAL_SECONDS: String(INTERVAL_SECONDS), MIX: 'cwmp=100' },
        MAX_CONNECTIONS: String(CONNECTIONS),
      });
      await simulator.measure(warmUpMs);
      const work = await simulator.measure(measureMs);
      await simulator.stop();
      refuseIfWrong(work.acknowledged === 0 ? ['no session was held'] : []);
      perCpuSecond.push(work.acknowledged / work.cpuSeconds);
      const requests = (work.acknowledged / work.seconds) * REQUESTS_OF_A_SESSION;
      context.say(
        `ours: ${plainNumber(work.acknowledged / work.seconds)} sessions/s, ${plainNumber(requests)} requests/s, ` +
          `${(work.cpuSeconds / work.seconds).toFixed(2)} cores`,
      );
      return requests;
    };
    const other = async (): Promise<number> => {
      const rate = await runAutocannon({
        url: `http://127.0.0.1:${sink.port}/cwmp`,
        body: sampleInform('BENCH-00000001'),
        ...{ connections: CONNECTIONS, seconds: Math.max(1, measureMs / 1000), directory: context.directory },
      });
      context.say(`autocannon: ${plainNumber(rate)} requests/s`);
      return rate;
    };
    const figures: Figure[] = [];
    if (hasAutocannon()) {
      const runs = await alternate(pairs, ours, other);
      figures.push(ratioFigure('simulator-sessions.requests', 'requests/s', 'autocannon', runs));
    } else {
      context.say('autocannon is not installed: nothing to compare with');
      for (let pair = 1; pair <= pairs; pair += 1) await ours();
    }
    return [plainFigure('simulator-sessions.per-cpu-second', 'sessions', perCpuSecond), ...figures];
  },
};
