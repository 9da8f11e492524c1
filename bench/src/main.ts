import { mkdirSync, rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOrFetchServer } from '@cpemon/local-stack';
import { WrongResult, type BenchContext, type Benchmark } from './benchmark.js';
import { BENCHMARKS } from './benchmarks/index.js';
import { readConfig } from './config.js';
import { resultLine, type Figure } from './report/result-line.js';
import { REPOSITORY } from './stack/repository.js';

const USAGE = `npm run bench -- NAME... [--full] [--quick] [--profile] [--keep]

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}
  all            each of them, one after the other

  --full     the long form
  --quick    seconds only: a trial of the benchmark, its figures mean nothing
  --profile  take a CPU profile of each service and print its top functions (slows them down a little)
  --keep     keep the folder with the database and the logs of the services`;

const EXIT_USAGE = 64;

// eslint-disable-next-line no-restricted-properties -- main wires: the one reader of the environment
const config = readConfig(process.env);
const releases: (() => Promise<void>)[] = [];
let interrupted = false;

async function releaseAll(): Promise<void> {
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) await release();
}

async function main(): Promise<number> {
  const { values: flags, positionals: names } = parseArgs({
    allowPositionals: true,
    options: {
      full: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = names.includes('all') ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name));
  const unknown = names.filter((name) => name !== 'all' && !BENCHMARKS.some((known) => known.name === name));
  if (flags.help || unknown.length > 0 || chosen.length === 0) {
    if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(', ')}.\n`);
    console.log(USAGE);
    return flags.help ? 0 : EXIT_USAGE;
  }

  const server = await findOrFetchServer({
    path: config.searchPath,
    ...(config.serverProgram === undefined ? {} : { given: config.serverProgram }),
    cacheFolder: join(REPOSITORY, '.cpemon'),
    tell: say,
  });
  const cores = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(0);
  say(`machine: node ${process.version}, ${cores.length} cores (${cores[0]?.model}), ${memory} GiB`);
  let failed = false;
  for (const benchmark of chosen) {
    const directory = join(REPOSITORY, '.cpemon', 'bench', `${benchmark.name}-${process.pid}`);
    mkdirSync(directory, { recursive: true });
    let passed = false;
    // Registered first, so it is done last: when nothing writes into the folder any more.
    releases.push(() => {
      const kept = flags.keep || flags.profile || (!passed && !interrupted);
      if (kept) say(`kept: ${directory}`);
      if (!flags.keep)
        rmSync(kept ? join(directory, 'database') : directory, { recursive: true, force: true });
      return Promise.resolve();
    });
    const figures = await measure(benchmark, {
      form: flags.full ? 'full' : flags.quick ? 'quick' : 'short',
      profile: flags.profile,
      server,
      ...(config.chromium === undefined ? {} : { chromium: config.chromium }),
      directory,
      say,
      atEnd: (release) => releases.push(release),
    });
    passed = figures !== null;
    failed ||= !passed;
    await releaseAll();
    if (flags.quick) say('quick form: the figures mean nothing');
    for (const figure of figures ?? []) say(resultLine(figure));
  }
  return failed ? 1 : 0;
}

/** The benchmark's figures, or null when it failed or its result is wrong; says why. */
async function measure(benchmark: Benchmark, context: BenchContext): Promise<Figure[] | null> {
  const startedAt = performance.now();
  say(`${benchmark.name}: ${benchmark.about}`);
  try {
    const figures = await benchmark.run(context);
    say(`${benchmark.name} took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    return figures;
  } catch (error) {
    if (!interrupted) {
      console.error(error instanceof WrongResult ? `WRONG ${benchmark.name}: ${error.message}` : error);
    }
    return null;
  }
}

function say(line: string): void {
  console.log(line);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true;
    releaseAll().then(
      () => process.exit(130),
      () => process.exit(1),
    );
  });
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT_USAGE;
  },
);
