import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNodeFlags } from '@cpemon/local-stack';
import type { FaultProxy } from '../../support/fault-proxy.js';
import { pause } from '../pause.js';

export type ServiceName = 'acs-ingest' | 'cpemon-api' | 'cpemon-writer';

export interface ReplicaOptions {
  service: ServiceName;
  /** Tells it from the other replicas of its service, in messages and files. */
  name: string;
  /** Root of the build that it runs. */
  program: string;
  logFile: string;
  /** Of the next start: read anew each time. */
  environment: () => Record<string, string>;
  proxy: FaultProxy;
  url: string;
  operationsUrl: string;
}

/** One place for a process of a service: started again when it ends, as long as it is wanted. */
export interface Replica {
  service: ServiceName;
  name: string;
  /** Between it and the database. */
  proxy: FaultProxy;
  url: string;
  wanted(): boolean;
  pid(): number | undefined;
  /** The process that is running now gets the signal; false when none is. */
  signal(signal: NodeJS.Signals): boolean;
  start(): void;
  /** SIGTERM, SIGKILL after `graceMs`; it stays down. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
  /** Whether its operations port says that it is ready. */
  ready(): Promise<boolean>;
}

/** What a supervisor takes to notice and start again. */
const RESTART_AFTER_MS = 300;

export function createReplica(options: ReplicaOptions): Replica {
  const { service, name, proxy, url } = options;
  let child: ChildProcess | undefined;
  let wanted = false;
  let restart: NodeJS.Timeout | undefined;

  const launch = (): void => {
    const log = openSync(options.logFile, 'a');
    const main = join(options.program, 'services', service, 'dist/main.js');
    const started = spawn(process.execPath, [...serviceNodeFlags(service), main], {
      env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', ...options.environment() },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child = started;
    started.once('exit', () => {
      if (child === started) child = undefined;
      if (wanted) restart = setTimeout(launch, RESTART_AFTER_MS);
    });
  };

  return {
    service,
    name,
    proxy,
    url,
    wanted: () => wanted,
    pid: () => child?.pid,
    signal: (signal) => child?.kill(signal) ?? false,
    start() {
      if (wanted) return;
      wanted = true;
      if (child === undefined) launch();
    },
    async stop(graceMs) {
      wanted = false;
      clearTimeout(restart);
      const ending = child;
      if (ending === undefined) return;
      ending.kill('SIGTERM');
      ending.kill('SIGCONT');
      const forceAt = performance.now() + graceMs;
      while (ending.exitCode === null && ending.signalCode === null) {
        if (performance.now() > forceAt) ending.kill('SIGKILL');
        await pause(20);
      }
    },
    async ready() {
      if (child === undefined) return false;
      const answer = await fetch(`${options.operationsUrl}/readyz`, { signal: AbortSignal.timeout(2000) });
      await answer.arrayBuffer();
      return answer.ok;
    },
  };
}
