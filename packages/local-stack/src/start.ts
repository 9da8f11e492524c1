import { CommanderError } from 'commander';
import { readEnvironment } from './config.js';
import { runLocalStack } from './local-stack.js';
import { readServerProcess } from './private-database.js';
import { isRunning } from './process-identity.js';
import { dataLayout } from './data-layout.js';
import { observersIn } from './observe.js';
import { processesOf, readStackFile } from './stack-file.js';
import { parseStartOptions, type StartOptions } from './start-options.js';
import { openTerminal } from './terminal.js';

/** A Ctrl-C reaches us from the terminal and once more from npm: within this time that is one request. */
const SAME_REQUEST_MS = 1000;

const EXIT_USAGE = 2;

/** `npm start`: runs until a signal asks it to stop, then ends this process with the exit code. */
export async function start(args: readonly string[], repository: string): Promise<void> {
  const options = readOptions(args, repository);
  // eslint-disable-next-line no-restricted-properties -- the one place where `npm start` reads the environment
  const environment = readEnvironment(process.env);
  const terminal = openTerminal(process.stdout, {
    coloured: process.stdout.isTTY && !environment.noColor,
    now: () => new Date(),
  });
  // The terminal may be closed before us.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const stopping = new AbortController();
  let askedMs = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping.signal.aborted) {
        askedMs = performance.now();
        return stopping.abort();
      }
      if (performance.now() - askedMs < SAME_REQUEST_MS) return;
      killEverything(options);
      process.exit(1);
    });
  }
  try {
    await runLocalStack({ options, environment, repository, terminal, signal: stopping.signal });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
  process.exit(0);
}

function readOptions(args: readonly string[], repository: string): StartOptions {
  try {
    return parseStartOptions(args, repository);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
  }
}

/** Asked a second time: nothing gets time to finish. What is committed is safe. */
function killEverything({ dataFolder }: StartOptions): void {
  const layout = dataLayout(dataFolder);
  const stack = readStackFile(layout.stackFile);
  const database = readServerProcess(layout.database);
  const all = [
    ...(stack === null ? [] : processesOf(stack)),
    ...(database === null ? [] : [database]),
    ...observersIn(layout.observe),
  ];
  for (const one of all.filter(isRunning)) process.kill(one.pid, 'SIGKILL');
}
