import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endProcess, identifyProcess, type ProcessIdentity } from './process-identity.js';
import { restartDelayMs } from './restart-delay.js';

export interface SupervisedProcessOptions {
  /** Program and arguments. */
  command: readonly [string, ...string[]];
  folder: string;
  environment: Readonly<Record<string, string>>;
  /** Each line of its standard output and standard error. */
  onLine: (line: string) => void;
  /** It started, ended or was given up; `process` tells which. */
  onChange: () => void;
  /** It ended by itself and comes back after that time. */
  onFailure: (how: string, restartMs: number) => void;
}

export interface SupervisedProcess {
  /** The running process, or null between two starts. */
  process(): ProcessIdentity | null;
  /** Ends it for good, by force after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/** Keeps a program running until stopped: in its own process group, started again with back-off when it ends. */
export function superviseProcess(options: SupervisedProcessOptions): SupervisedProcess {
  let child: ChildProcess;
  let identity: ProcessIdentity | null = null;
  let delayMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let end: Promise<void> = Promise.resolve();

  const launch = () => {
    const startedMs = performance.now();
    const [program, ...args] = options.command;
    child = spawn(program, args, {
      cwd: options.folder,
      env: { ...options.environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', options.onLine);
    }
    identity = child.pid === undefined ? null : identifyProcess(child.pid);
    options.onChange();
    let markEnd: () => void;
    end = new Promise((resolve) => (markEnd = resolve));
    let hasEnded = false;
    const ended = (how: string) => {
      if (hasEnded) return;
      hasEnded = true;
      markEnd();
      identity = null;
      options.onChange();
      if (isStopped) return;
      delayMs = restartDelayMs(delayMs, performance.now() - startedMs);
      options.onFailure(how, delayMs);
      timer = setTimeout(launch, delayMs);
    };
    child.once('exit', (code, signal) => ended(signal === null ? `exit code ${code}` : signal));
    child.once('error', (error) => ended(error.message));
  };

  launch();
  return {
    process: () => identity,
    stop: async (graceMs) => {
      isStopped = true;
      clearTimeout(timer);
      if (identity !== null) await endProcess(identity, graceMs);
      await end;
    },
  };
}
