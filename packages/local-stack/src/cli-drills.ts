import type { Command } from 'commander';
import { findOrFetchDumpTools } from './backup/dump-tools.js';
import { readDrillEnvironment, readEnvironment } from './config.js';
import { createDrillReport } from './drills/drill-report.js';
import { failoverDrill } from './drills/failover-drill.js';
import type { ReplicationMode } from './drills/replication.js';
import { restoreDrill } from './drills/restore-drill.js';
import { findOrFetchServer } from './find-or-fetch-server.js';
import { wholeNumber } from './start-options.js';

export interface DrillTools {
  environment: NodeJS.ProcessEnv;
  repository: string;
  say: (line: string) => void;
  /** Another verb of this command line, in this process. */
  runVerb: (args: readonly string[]) => Promise<number>;
}

const devicesOption = ['--devices <n>', 'simulated CPEs', wholeNumber(10, 100_000), 200] as const;
const secondsOption = [
  '--seconds <n>',
  'how long events flow before the harm, and after it',
  wholeNumber(1, 3600),
  10,
] as const;

/** `restore-drill`, `failover-drill`: stacks of their own, in a temporary folder, that are gone afterwards. */
export function addDrillVerbs(program: Command, { environment, repository, say, runVerb }: DrillTools): void {
  const wish = (signal: AbortSignal) => ({ ...readEnvironment(environment).server, tell: say, signal });
  const common = (signal: AbortSignal, seconds: number) => ({
    ...{ repository, signal, loadSeconds: seconds, environment: readDrillEnvironment(environment) },
    report: createDrillReport(say),
  });

  program
    .command('restore-drill')
    .description('backs a stack of its own up under load, loses it, restores it and says what was lost')
    .option(...devicesOption)
    .option(...secondsOption)
    .action(({ devices, seconds }: { devices: number; seconds: number }) =>
      interruptible(async (signal) => {
        const server = await findOrFetchServer(wish(signal));
        const tools = await findOrFetchDumpTools(server.flavour, wish(signal));
        const since = performance.now();
        const good = await restoreDrill({ ...common(signal, seconds), server, tools, devices, runVerb });
        say(`restore-drill: ${good ? 'nothing of before the backup was lost' : 'FAILED'}, ${took(since)}`);
        if (!good) throw new Error('The drill failed: see the lines marked BAD.');
      }),
    );

  program
    .command('failover-drill')
    .description('kills the primary of two servers under load, promotes its replica and says what was lost')
    .option(...devicesOption)
    .option(...secondsOption)
    .option('--async', 'the primary does not wait for its replica')
    .option('--distance <ms>', 'between the servers, one way', wholeNumber(0, 1000), 5)
    .action((given: { devices: number; seconds: number; async?: true; distance: number }) =>
      interruptible(async (signal) => {
        const server = await findOrFetchServer(wish(signal));
        if (server.flavour === 'mysql')
          throw new Error('The drill knows the words of MariaDB only: name a mariadbd with CPEMON_MYSQLD.');
        const mode: ReplicationMode = given.async === true ? 'async' : 'semi-sync';
        const since = performance.now();
        const good = await failoverDrill({
          ...common(signal, given.seconds),
          ...{ server, mode, devices: given.devices, distanceMs: given.distance },
        });
        say(`failover-drill (${mode}): ${good ? 'as it should be' : 'FAILED'}, ${took(since)}`);
        if (!good) throw new Error('The drill failed: see the lines marked BAD.');
      }),
    );
}

const took = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(0)} s in all`;

/** A Ctrl-C ends the drill, which cleans up; a second one is for the impatient. */
async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new Error('Interrupted.'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await work(stopping.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
