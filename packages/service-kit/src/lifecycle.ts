import type { EventEmitter } from 'node:events';
import { ConfigError, createConfigReader } from './config-reader.js';
import { createLogger, readLogSettings, type Logger } from './logger.js';

/** What a started service hands back. `stop` finishes what is in hand; it is called at most once. */
export interface RunningService {
  stop(): Promise<void>;
}

export interface StartContext {
  logger: Logger;
  /** Aborted by the first stop signal, so that a start that waits for something can give up. */
  signal: AbortSignal;
}

export type StartService = (context: StartContext) => Promise<RunningService>;

export interface LifecycleOptions {
  /** Made by `runService` from LOG_LEVEL and LOG_FORMAT. */
  logger: Logger;
  /** Emits SIGTERM, SIGINT, unhandledRejection and uncaughtException as `process` does. */
  signals: EventEmitter;
  /** Time from the first signal to a forced end. 10 s */
  graceMs?: number;
}

/** Exit codes: 0 stopped when asked, 1 failed or had to be cut off, 78 (EX_CONFIG of sysexits.h) wrong configuration. */
export type ExitCode = 0 | 1 | 78;

/** Ctrl-C reaches a whole process group and a supervisor passes it on: within this time that is one request. */
const SAME_REQUEST_MS = 1000;

/** Runs a service as this process: the one call of a main.ts. Ends the process with an `ExitCode`. */
export function runService(name: string, start: StartService): void {
  let logger: Logger;
  try {
    // eslint-disable-next-line no-restricted-properties -- the logger is needed before any service's config
    const reader = createConfigReader(process.env);
    const settings = readLogSettings(reader);
    reader.finish();
    logger = createLogger({ service: name, ...settings });
  } catch (error) {
    printConfigProblems(name, error);
    process.exit(78);
  }
  void runUntilStopped(name, start, { logger, signals: process }).then((code) => process.exit(code));
}

/** As `runService`, but resolves with the exit code instead of ending the process. */
export async function runUntilStopped(
  name: string,
  start: StartService,
  { logger, signals, graceMs = 10_000 }: LifecycleOptions,
): Promise<ExitCode> {
  const abort = new AbortController();
  const listeners: [string, (...args: never[]) => void][] = [];
  const on = (event: string, listener: (...args: never[]) => void): void => {
    signals.on(event, listener as (...args: unknown[]) => void);
    listeners.push([event, listener]);
  };

  let graceTimer: NodeJS.Timeout | undefined;
  let askedAtMs = 0;
  const forced = new Promise<ExitCode>((end) => {
    const onSignal = (signal: string): void => {
      if (abort.signal.aborted) {
        if (Date.now() - askedAtMs < SAME_REQUEST_MS) return;
        logger.warn({ signal }, 'Asked to stop a second time: ending at once');
        return end(1);
      }
      askedAtMs = Date.now();
      logger.info({ signal }, 'Stopping');
      graceTimer = setTimeout(() => {
        logger.error({ graceMs }, 'Stopping took longer than the grace period: ending at once');
        end(1);
      }, graceMs);
      abort.abort();
    };
    on('SIGTERM', () => onSignal('SIGTERM'));
    on('SIGINT', () => onSignal('SIGINT'));
    const onDefect = (error: unknown): void => {
      logger.fatal({ err: error }, 'An error that nothing handles: ending at once');
      end(1);
    };
    on('uncaughtException', onDefect);
    on('unhandledRejection', onDefect);
  });

  try {
    return await Promise.race([forced, startThenStop(name, start, logger, abort.signal)]);
  } finally {
    clearTimeout(graceTimer);
    for (const [event, listener] of listeners) signals.off(event, listener as (...args: unknown[]) => void);
  }
}

async function startThenStop(
  name: string,
  start: StartService,
  logger: Logger,
  signal: AbortSignal,
): Promise<ExitCode> {
  let running: RunningService;
  try {
    running = await start({ logger, signal });
  } catch (error) {
    if (error instanceof ConfigError) {
      printConfigProblems(name, error);
      return 78;
    }
    if (signal.aborted) return 0;
    logger.fatal({ err: error }, 'The service could not start');
    return 1;
  }
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
  try {
    await running.stop();
    logger.info('Stopped');
    return 0;
  } catch (error) {
    logger.error({ err: error }, 'The service could not stop cleanly');
    return 1;
  }
}

function printConfigProblems(name: string, error: unknown): void {
  const problems = error instanceof ConfigError ? error.problems : [String(error)];
  for (const problem of problems) process.stderr.write(`${name}: ${problem}\n`);
}
