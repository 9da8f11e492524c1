import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { readLogBooks } from '../stack/log-books.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { cpuSecondsOf } from '../stack/process-cpu.js';
import { registerFleet } from '../stack/register-fleet.js';
import { settle } from '../stack/settle.js';
import { watchDrain } from '../stack/watch-drain.js';

const SIZES = {
  quick: { pairs: 1, events: 100_000 },
  short: { pairs: 3, events: 500_000 },
  full: { pairs: 5, events: 2_000_000 },
};
/** The clock starts when so much is applied: devices are in memory, and the code is compiled. */
const WARM_SHARE = 0.2;
const MILLION = 1e6;

/** CPU of one writer that applies queued events of 100,000 known devices, counting what each model sends and not. */
export const coverageCost: Benchmark = {
  name: 'coverage-cost',
  about: 'CPU seconds of a writer per million events while it counts what each model sends, against not',
  async run(context: BenchContext) {
    const { pairs, events } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const expected = createExpectedState(FLEET_DEVICES);
    const api = await stack.startApi();
    const firstWriter = await stack.spawnWriter();
    await registerFleet(stack, api, expected);
    await stack.stop(firstWriter);
    let counted = 0;

    const cpuPerMillion = async (coverage: 'on' | 'off'): Promise<number> => {
      const fleet = shuffledFleet();
      await queueEvents(api, fleet, events);
      expected.add(fleet, events);
      await settle(connection);
      const { applied: before } = await readLogBooks(connection);
      const writer = await stack.spawnWriter({ COVERAGE: coverage });
      await watchDrain(connection, before, Math.floor(events * WARM_SHARE));
      const cpuBefore = cpuSecondsOf(writer.pid);
      const { applied: warm } = await readLogBooks(connection);
      const left = before + events - warm;
      if (left > 0) await watchDrain(connection, warm, left);
      const seconds = cpuSecondsOf(writer.pid) - cpuBefore;
      await stack.stop(writer);
      if (coverage === 'on') counted += events;
      if (left < events / 4) throw new WrongResult(`${left} events are too few to measure by`);
      const perMillion = (seconds / left) * MILLION;
      context.say(`coverage ${coverage}: ${perMillion.toFixed(2)} s a million events`);
      return perMillion;
    };
    const before = await reportsCounted(connection);
    const runs = await alternate(
      pairs,
      () => cpuPerMillion('on'),
      () => cpuPerMillion('off'),
    );
    await stack.stop(api);
    await checkApplied(stack, expected);
    const reports = (await reportsCounted(connection)) - before;
    if (reports !== counted) throw new WrongResult(`${reports} of ${counted} reports are counted`);
    context.say(`checked: all ${expected.total()} events are applied once, and ${reports} are counted`);
    return [ratioFigure('coverage-cost', 'CPU-s/M-events', 'off', runs)];
  },
};

async function reportsCounted(connection: {
  query: (sql: string) => Promise<[unknown, unknown]>;
}): Promise<number> {
  const [rows] = await connection.query('SELECT SUM(reports) AS reports FROM coverage_models');
  return Number((rows as { reports: string | null }[])[0]?.reports ?? 0);
}
