import { join } from 'node:path';
import { refuseIfWrong, WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { wrongLabels } from '../inventory/check-labels.js';
import { OPERATOR_TOKEN, importFile } from '../inventory/import-file.js';
import { writeInventoryFile } from '../inventory/inventory-file.js';
import { refuseUnlessAllAccepted } from '../load/all-accepted.js';
import { shuffledFleet } from '../load/fleet-load.js';
import { startLoad } from '../load/load-generator.js';
import { stageOf, type OpenLoad } from '../load/load-job.js';
import { monotonicMs, untilMs } from '../load/monotonic-clock.js';
import { bodyEveryMs, telemetryTarget } from '../load/telemetry-target.js';
import { plainFigure, ratioFigure } from '../report/alternating-runs.js';
import { latencyText } from '../report/load-line.js';
import { createExpectedState } from '../stack/expected-state.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { watchUntilApplied } from '../stack/watch-drain.js';

const SIZES = {
  quick: { rows: 20_000, devices: 10_000, beforeSeconds: 3, eventsPerSecond: 1000 },
  short: { rows: 200_000, devices: 100_000, beforeSeconds: 20, eventsPerSecond: 2000 },
  full: { rows: 1_000_000, devices: 100_000, beforeSeconds: 30, eventsPerSecond: 2000 },
};
/** Small bodies, so that a short stall meets some of them. */
const EVENTS_PER_REQUEST = 50;

/** Rows of a table become lines, keys and labels in force, while devices go on reporting to the same process. */
export const inventoryImport: Benchmark = {
  name: 'inventory-import',
  about: 'seconds to import 200,000 rows (--full: 1,000,000), and accepted p95 meanwhile against before',
  async run(context: BenchContext) {
    const { rows, devices, beforeSeconds, eventsPerSecond } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const api = await stack.startApi({
      OPERATOR_TOKENS: OPERATOR_TOKEN,
      INVENTORY_FOLDER: context.directory,
    });
    const writer = await stack.spawnWriter();
    await registerFleet(stack, api, createExpectedState(devices), devices);
    const file = join(context.directory, 'inventory.csv');
    const bytes = await writeInventoryFile(file, rows);
    context.say(`${rows} rows, ${(bytes / 1024 ** 2).toFixed(0)} MiB`);

    const everyMs = bodyEveryMs(eventsPerSecond, EVENTS_PER_REQUEST);
    const stage = (name: string, seconds: number) => ({
      ...{ name, everyMs },
      requests: Math.round((seconds * 1000) / everyMs),
    });
    const job: OpenLoad = {
      ...{ kind: 'open', target: telemetryTarget(api, EVENTS_PER_REQUEST), fleet: shuffledFleet(devices) },
      ...{ connections: 16, firstDueMs: monotonicMs() + 1000 },
      stages: [stage('warm-up', 2), stage('before', beforeSeconds), stage('import', 600)],
    };
    const load = startLoad(job);
    context.atEnd(() => Promise.resolve(load.kill()));
    await untilMs(job.firstDueMs + (2 + beforeSeconds) * 1000);
    const { seconds, counts } = await importFile(api, file, 'bench');
    load.endStage();
    const loaded = await load.result;
    refuseUnlessAllAccepted('while the inventory was imported', loaded);
    await watchUntilApplied(connection);
    const inForceSeconds = (monotonicMs() - job.firstDueMs) / 1000 - 2 - beforeSeconds;
    context.say(`imported in ${seconds.toFixed(1)} s, in force after ${inForceSeconds.toFixed(1)} s`);
    await stack.stop(api);
    await stack.stop(writer);
    if (counts['added'] !== rows) throw new WrongResult(`of ${rows} rows ${JSON.stringify(counts)}`);
    refuseIfWrong(await wrongLabels(connection, devices));
    for (const { name, requests, latencyMs } of loaded.stages)
      context.say(`${name}: ${requests} bodies, accepted ${latencyText(latencyMs)}`);
    context.say(
      `checked: ${rows} rows are added, and the labels of ${devices} devices are in force and counted`,
    );
    const p95 = (name: string): number => stageOf(loaded, name).latencyMs.p95;
    return [
      plainFigure('inventory-import.seconds', 's', [seconds]),
      plainFigure('inventory-import.rows', 'rows/s', [rows / seconds]),
      ratioFigure('inventory-import.ingest-p95', 'ms', 'before', [
        { ours: p95('import'), limit: p95('before') },
      ]),
    ];
  },
};
