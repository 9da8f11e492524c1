import { join } from 'node:path';
import { refuseIfWrong, WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { wrongLabels } from '../inventory/check-labels.js';
import { OPERATOR_TOKEN, importFile } from '../inventory/import-file.js';
import { writeInventoryFile } from '../inventory/inventory-file.js';
import { plainFigure } from '../report/alternating-runs.js';
import { summarise } from '../report/percentiles.js';
import { createExpectedState } from '../stack/expected-state.js';
import { startPrivateStack, type IngestProcess } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { watchUntilApplied } from '../stack/watch-drain.js';

const SIZES = {
  quick: { devices: 10_000, askers: 20, seconds: 3 },
  short: { devices: 100_000, askers: 100, seconds: 20 },
  full: { devices: 1_000_000, askers: 100, seconds: 30 },
};
const LABELS = ['region', 'olt', 'bng', 'model', 'firmware', 'admin_state'];
/** As often as a page asks. */
const ASK_EVERY_MS = 1000;

/** Many people look at the summary of a fleet, each once a second, each label in turn. */
export const fleetSummary: Benchmark = {
  name: 'fleet-summary',
  about: 'GET /v1/fleet?by=… in ms, 100 askers once a second, 100,000 devices (--full: 1,000,000)',
  async run(context: BenchContext) {
    const { devices, askers, seconds } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const api = await stack.startApi({
      OPERATOR_TOKENS: OPERATOR_TOKEN,
      INVENTORY_FOLDER: context.directory,
    });
    const writer = await stack.spawnWriter();
    await registerFleet(stack, api, createExpectedState(devices), devices);
    const file = join(context.directory, 'inventory.csv');
    await writeInventoryFile(file, devices);
    await importFile(api, file, 'bench');
    await watchUntilApplied(connection);
    refuseIfWrong(await wrongLabels(connection, devices));

    const until = performance.now() + seconds * 1000;
    const times = await Promise.all(
      Array.from({ length: askers }, (_, asker) => ask(api, asker / askers, until)),
    );
    await stack.stop(api);
    await stack.stop(writer);
    const answers = times.flat();
    const latency = summarise(answers);
    context.say(`${answers.length} answers; checked: every device is counted by its region`);
    return [
      plainFigure('fleet-summary.p50', 'ms', [latency.p50]),
      plainFigure('fleet-summary.p95', 'ms', [latency.p95]),
      plainFigure('fleet-summary.p99', 'ms', [latency.p99]),
    ];
  },
};

/** @param phase where in the second this one asks, 0 to 1 @returns milliseconds of each answer */
async function ask(api: IngestProcess, phase: number, until: number): Promise<number[]> {
  const times: number[] = [];
  await new Promise((resolve) => setTimeout(resolve, phase * ASK_EVERY_MS));
  for (let turn = 0; performance.now() < until; turn += 1) {
    const askedAt = performance.now();
    const label = LABELS[turn % LABELS.length]!;
    const answer = await fetch(`http://127.0.0.1:${api.port}/v1/fleet?by=${label}`);
    const { items } = (await answer.json()) as { items: unknown[] };
    if (answer.status !== 200 || items.length === 0)
      throw new WrongResult(`by=${label} was answered ${answer.status}`);
    times.push(performance.now() - askedAt);
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, askedAt + ASK_EVERY_MS - performance.now())),
    );
  }
  return times;
}
