import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNodeFlags } from '@cpemon/local-stack';
import { REPOSITORY } from './repository.js';

export interface ServiceSettings {
  /** Folder under services/. */
  service: string;
  /** Name in messages and file names; differs from `service` when there are several. */
  name: string;
  env: Record<string, string>;
  /** URL that answers 200 when the service is ready. */
  readyUrl: string;
  directory: string;
  profile: boolean;
}

/** A service's real program in a process of its own. */
export interface ServiceProcess {
  name: string;
  pid: number;
  /** Where /metrics is. */
  operationsUrl: string;
  /** When the process was spawned, performance.now() ms. */
  spawnedAt: number;
  /** Waits until it is ready. @throws Error with the end of its log when it ends first or is not ready in 20 s */
  ready(): Promise<void>;
  /** SIGTERM, and waits for the end. @throws Error when it ends with another code than 0 */
  stop(): Promise<void>;
  /** SIGKILL, for the way out after an error. */
  kill(): void;
}

const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 20_000;

export function spawnService(settings: ServiceSettings): ServiceProcess {
  const { name, directory } = settings;
  const logFile = join(directory, `${name}.log`);
  const log = openSync(logFile, 'a');
  const profileFlags = settings.profile
    ? ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`]
    : [];
  const program = join(REPOSITORY, 'services', settings.service, 'dist', 'main.js');
  const child = spawn(process.execPath, [...serviceNodeFlags(settings.service), ...profileFlags, program], {
    // Nothing of our own environment: a DATABASE_URL set there must not reach the measured process.
    env: { NODE_ENV: 'production', ...settings.env },
    stdio: ['ignore', log, log],
  });
  const spawnedAt = performance.now();
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const logTail = (): string => readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
  return {
    name,
    pid: child.pid ?? -1,
    operationsUrl: new URL(settings.readyUrl).origin,
    spawnedAt,
    ready: () => waitUntilReady(child, settings, logTail),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      const [code, signal] = await ended;
      clearTimeout(force);
      if (code !== 0) throw new Error(`${name} ended with ${signal ?? code}:\n${logTail()}`);
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}

async function waitUntilReady(
  child: ChildProcess,
  { name, readyUrl }: ServiceSettings,
  logTail: () => string,
): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${name} ended with ${child.signalCode ?? child.exitCode}:\n${logTail()}`);
    }
    const answer = await fetch(readyUrl).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s:\n${logTail()}`);
}
