import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findOrFetchServer, type ServerBinary } from '@cpemon/local-stack';
import { chaosRun, type ChaosRunOptions } from './chaos-run.js';
import type { Violation } from './compare/comparison.js';
import { FAULT_KINDS } from './faults/catalogue.js';
import type { FaultKind } from './faults/fault.js';
import { planFaults } from './faults/schedule.js';
import { USUAL_MIX } from './load/load.js';
import { readOptions, USAGE, type ChaosOptions } from './options.js';
import { PLANTS } from './plants/all-plants.js';
import { makePlantedBuild } from './plants/planted-build.js';
import { closingLine, faultTable, proofLine, violationLines } from './report.js';
import { findClockLibrary } from './stack/clock-switch.js';
import { REPOSITORY } from './stack/repository.js';

const EXIT_USAGE = 64;
const FAULT_EVERY_MS = 3000;
const PATIENCE = { recoverWithinMs: 60_000, drainWithinMs: 120_000 };
/** A plant may leave the pipeline stuck, and is caught by that as well. */
const PLANT_PATIENCE = { recoverWithinMs: 25_000, drainWithinMs: 30_000 };
const BASE_FOLDER = join(REPOSITORY, '.cpemon/chaos');

const releases: (() => Promise<void> | void)[] = [];
let interrupted = false;

async function releaseAll(): Promise<void> {
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) await release();
}

const say = (line: string): void => console.log(line);

function kindsOf(faults: readonly string[] | undefined): FaultKind[] {
  const unknown = faults?.filter((name) => !FAULT_KINDS.some((kind) => kind.name === name)) ?? [];
  if (unknown.length > 0) throw new TypeError(`There is no fault ${unknown.join(', ')}`);
  return FAULT_KINDS.filter(({ name }) => faults?.includes(name) ?? true);
}

async function findServer(): Promise<ServerBinary> {
  return findOrFetchServer({
    path: process.env.PATH ?? '',
    cacheFolder: join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cpemon'),
    tell: say,
    ...(process.env.CPEMON_MYSQLD === undefined ? {} : { given: process.env.CPEMON_MYSQLD }),
  });
}

async function run(options: ChaosOptions): Promise<number> {
  const { minutes, seed, rate } = options;
  const kinds = kindsOf(options.faults);
  const violations = await report(seed, {
    ...{ program: REPOSITORY, minutes, seed, rate, kinds },
    ...{ faultEveryMs: FAULT_EVERY_MS, mix: USUAL_MIX, ...PATIENCE },
    keep: options.keep ? 'always' : 'auto',
  });
  return violations.length === 0 ? 0 : 1;
}

/**
 * Runs a copy of the build with a known bug. Its length, load and faults are the plant's own.
 * @param control the same without the bug: nothing may be found
 */
async function runPlant(name: string, { keep, control }: ChaosOptions): Promise<number> {
  const plant = PLANTS.find((known) => known.name === name);
  if (plant === undefined) throw new TypeError(`There is no plant ${name}; see --list-plants`);
  say(control ? `plant ${name}: as a control, without the bug` : `plant ${name}: ${plant.about}`);
  const copy = join(BASE_FOLDER, `plant-${process.pid}`);
  releases.push(() => rmSync(copy, { recursive: true, force: true }));
  const program = makePlantedBuild(REPOSITORY, copy, control ? { ...plant, edits: [] } : plant);
  const { minutes, seed, rate, faults, faultEveryMs, mix, environment = {} } = plant.run;
  const violations = await report(seed, {
    ...{ program, minutes, seed, rate, environment, faultEveryMs, kinds: kindsOf(faults) },
    mix: { ...USUAL_MIX, poisoned: 0, ...mix },
    ...{ ...PLANT_PATIENCE, keep: keep ? 'always' : 'never' },
  });
  say(
    violations.length === 0 ? `plant ${name}: not caught` : `plant ${name}: caught: ${proofLine(violations)}`,
  );
  return violations.length === 0 ? 0 : 1;
}

type Report = Omit<ChaosRunOptions, 'server' | 'clockLibrary' | 'baseFolder' | 'say' | 'atEnd'>;

/** Runs, tells how it went, and gives back what is wrong. */
async function report(seed: number, options: Report): Promise<Violation[]> {
  const server = await findServer();
  say(`chaos: ${options.minutes} minutes, ${options.rate} events/s, seed ${seed}, ${server.flavour}`);
  const result = await chaosRun({
    ...options,
    ...{ server, baseFolder: BASE_FOLDER, say },
    clockLibrary: findClockLibrary(process.env.CPEMON_LIBFAKETIME),
    atEnd: (release) => releases.push(release),
  });
  for (const line of faultTable(result.records)) say(line);
  for (const line of violationLines(result.violations)) say(line);
  await releaseAll();
  say(closingLine({ seed, ...result }));
  return result.violations;
}

async function main(): Promise<number> {
  const { does, options } = readOptions(process.argv.slice(2));
  switch (does) {
    case 'help':
      say(USAGE);
      return 0;
    case 'list-faults':
      for (const { name } of FAULT_KINDS) say(name);
      return 0;
    case 'list-plants':
      for (const { name } of PLANTS) say(name);
      return 0;
    case 'schedule': {
      const durationMs = options.minutes * 60_000;
      const kinds = kindsOf(options.faults);
      for (const plan of planFaults({ seed: options.seed, durationMs, everyMs: FAULT_EVERY_MS, kinds }))
        say(
          `${(plan.at / 1000).toFixed(1).padStart(7)} s  ${plan.kind} ${plan.pick.toFixed(2)} ${plan.holdMs} ms`,
        );
      return 0;
    }
    case 'run':
      return options.plant === undefined ? run(options) : runPlant(options.plant, options);
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true;
    void releaseAll().finally(() => process.exit(130));
  });
}

main()
  .catch(async (error: unknown) => {
    if (!interrupted) console.error(error instanceof TypeError ? error.message : error);
    await releaseAll();
    return error instanceof TypeError ? EXIT_USAGE : 2;
  })
  .then((code) => process.exit(code), console.error);
