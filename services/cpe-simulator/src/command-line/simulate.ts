import { createWriteStream, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { ConfigError, createLogger } from '@cpemon/service-kit';
import { readConfig } from '../config.js';
import { readFleetPlan } from '../fleet-plan.js';
import { createFleet } from '../fleet.js';
import { inventoryLines } from '../inventory-csv.js';
import { FileError } from '../json-file.js';
import { loadModels } from '../models/load-models.js';
import { BUILT_IN_SCENARIOS } from '../scenarios/built-in-scenarios.js';
import type { RetryRow } from '../retry-statistics.js';
import { startSimulator } from '../simulator.js';
import { PublicAddressError } from '../target-address.js';
import { dryRun } from './dry-run.js';
import { startNullSink } from './null-sink.js';
import { readOptions, UsageError, type SimulateOptions } from './options.js';
import { SIMULATE_USAGE } from './simulate-usage.js';
import { createTerminalView } from './terminal-view.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const SHOW_EVERY_MS = 500;

/** `npm run simulate`: sets the exit code of this process. */
export async function simulate(args: readonly string[]): Promise<void> {
  try {
    // eslint-disable-next-line no-restricted-properties -- options stand above variables, which config.ts reads
    await run(readOptions(args, process.env));
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      const problems = error instanceof ConfigError ? error.problems : [error.message];
      process.stderr.write(`${problems.join('\n')}\nSee npm run simulate -- --help\n`);
      process.exitCode = EXIT_USAGE;
    } else if (error instanceof FileError || error instanceof PublicAddressError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = EXIT_FAILED;
    } else throw error;
  }
}

async function run(options: SimulateOptions): Promise<void> {
  if (options.help) return void process.stdout.write(SIMULATE_USAGE);
  if (options.listScenarios) {
    for (const { name, summary } of BUILT_IN_SCENARIOS)
      process.stdout.write(`${name.padEnd(22)} ${summary}\n`);
    return;
  }
  if (options.nullSinkPort !== undefined) {
    const sink = await startNullSink(options.nullSinkPort);
    process.stdout.write(`Takes everything at ${sink.url}\n`);
    await Promise.race((['SIGINT', 'SIGTERM'] as const).map((signal) => once(process, signal)));
    process.stdout.write(`${sink.requests()} requests\n`);
    process.exit();
  }
  const config = readConfig(options.variables);
  if (options.inventoryFile !== undefined) {
    const plan = readFleetPlan(config.fleetFile, loadModels(config.modelFiles));
    return writeAll(options.inventoryFile, inventoryLines(createFleet({ ...config, plan })));
  }
  if (options.dryRun) {
    for await (const line of dryRun(config, options.startTimeMs ?? Date.now(), options.durationSeconds)) {
      if (!process.stdout.write(line)) await once(process.stdout, 'drain');
    }
    return;
  }

  const logger = createLogger({ service: 'cpe-simulator', level: 'warn' });
  const simulator = await startSimulator(config, logger, { ratesInLog: false });
  process.stdout.write(`Control: ${simulator.controlUrl}/  Metrics: ${simulator.opsUrl}/metrics\n`);
  const [startMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  const view = createTerminalView(process.stdout, { ...options, scenarios: config.scenarios });
  const showing = setInterval(() => view.show(simulator.truth()), SHOW_EVERY_MS);
  await Promise.race([
    new Promise((resolve) => setTimeout(resolve, options.durationSeconds * 1000)),
    ...(['SIGINT', 'SIGTERM'] as const).map((signal) => once(process, signal)),
  ]);
  clearInterval(showing);
  await simulator.stop();
  view.end();
  process.stdout.write(retryTable(simulator.retries()));
  const { user, system } = process.cpuUsage(cpuBefore);
  const cores = (user + system) / 1000 / (performance.now() - startMs);
  const { totals } = simulator.truth();
  if (options.truthFile !== undefined) {
    const truth = { ...simulator.truth(), incidents: simulator.incidents() };
    writeFileSync(options.truthFile, `${JSON.stringify(truth, null, 2)}\n`);
  }
  const memoryMb = Math.round(process.memoryUsage().rss / 1e6);
  process.stdout.write(
    `${JSON.stringify({ ...totals, cores: Number(cores.toFixed(3)), memory_mb: memoryMb })}\n`,
  );
  process.exit();
}

/** The waits of the retries beside TR-069's table; nothing when there were none. */
function retryTable(rows: readonly RetryRow[]): string {
  const told = rows.filter(({ retries, by_event: byEvent }) => retries + byEvent > 0);
  if (told.length === 0) return '';
  const lines = told.map(
    ({ retry_count: count, table_seconds: [from, to], retries, by_event: byEvent, ...waited }) =>
      `${String(count).padStart(11)}  ${`${from}-${to}`.padEnd(11)}  ${String(retries).padStart(7)}  ` +
      `${waited.least_seconds ?? '-'} / ${waited.mean_seconds ?? '-'} / ${waited.most_seconds ?? '-'}  ${byEvent}`,
  );
  return `RETRY COUNT  TABLE (s)    RETRIES  LEAST / MEAN / MOST (s)  BROUGHT FORWARD BY AN EVENT\n${lines.join('\n')}\n`;
}

async function writeAll(file: string, lines: Iterable<string>): Promise<void> {
  const out = createWriteStream(file);
  for (const line of lines) if (!out.write(line)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}
