import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { FLEET_DEVICES } from '../load/fleet-load.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { writerCpuPerMillion } from '../stack/writer-cpu.js';

const SIZES = {
  quick: { pairs: 1, events: 100_000 },
  short: { pairs: 3, events: 500_000 },
  full: { pairs: 5, events: 2_000_000 },
};

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
      const environment = { COVERAGE: coverage };
      const perMillion = await writerCpuPerMillion({ stack, api, connection, expected, events, environment });
      if (coverage === 'on') counted += events;
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
