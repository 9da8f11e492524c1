import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOperatorApi, type OperatorApi } from '../operator-api.js';
import { readStackFile, type StackFile } from '../stack-file.js';
import { openSimulatorTruth, type SimulatorTruth } from '../verify/truth-reader.js';

export interface DrillStackOptions {
  repository: string;
  dataFolder: string;
  devices: number;
  intervalSeconds: number;
  environment: NodeJS.ProcessEnv;
  /** Further options of `npm start`. */
  options?: readonly string[];
}

/** A stack of `npm start`, on a folder and ports of its own. */
export interface DrillStack {
  file(): StackFile;
  api(): OperatorApi;
  simulator(): SimulatorTruth;
  /** Sends a heartbeat as a device would. @returns the status of the answer, 0 when there was none */
  heartbeat(serialNumber: string): Promise<number>;
  pipeline(): Promise<PipelineTotals>;
  /** As after a crash: nothing gets time to finish. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface PipelineTotals {
  accepted: number;
  applied: number;
  lag_events: number;
}

const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 250;
const PORT_TRIES = 20;
/** Ports of a stack, from its base port on. */
const PORT_OFFSETS = [-533, 0, 1, 3, 1021, 1022, 1023, 1024, 5226];
const HEARTBEAT_WITHIN_MS = 10_000;

/** Starts a stack and waits until it answers. @throws Error with what it printed last */
export async function startDrillStack(options: DrillStackOptions): Promise<DrillStack> {
  const { repository, dataFolder, devices, intervalSeconds } = options;
  const child = spawn(
    process.execPath,
    [
      join(repository, 'scripts/start.mjs'),
      ...['--data', dataFolder, '--base-port', String(await freeBasePort())],
      ...['--devices', String(devices), '--interval', String(intervalSeconds)],
      ...(options.options ?? []),
    ],
    // In a process group of its own: a Ctrl-C is for the drill, which cleans up.
    { cwd: repository, env: options.environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (printed = (printed + text.toString()).slice(-4000)));
  const ended = once(child, 'exit');
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;

  const file = (): StackFile => {
    const stack = readStackFile(join(dataFolder, 'stack.json'));
    if (stack === null) throw new Error('the stack is not there yet');
    return stack;
  };
  const urlOf = (name: string): string => {
    const url = file().processes.find((one) => one.name === name)?.url;
    if (url === undefined) throw new Error(`${name} does not run yet`);
    return url;
  };
  const pipeline = async (): Promise<PipelineTotals> => {
    const response = await fetch(`${urlOf('cpemon-api')}/v1/pipeline`, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`/v1/pipeline answered ${response.status}`);
    return ((await response.json()) as { totals: PipelineTotals }).totals;
  };
  const stack: DrillStack = {
    file,
    api: () => createOperatorApi({ url: urlOf('cpemon-api'), token: file().tokens.operator }),
    simulator: () => openSimulatorTruth(urlOf('cpe-simulator')),
    async heartbeat(serialNumber) {
      try {
        const response = await fetch(`${urlOf('cpemon-api')}/cpe/heartbeat`, {
          method: 'POST',
          headers: { authorization: `Bearer ${file().tokens.ingest}`, 'content-type': 'application/json' },
          body: JSON.stringify({ sn: serialNumber, ts: new Date().toISOString() }),
          signal: AbortSignal.timeout(HEARTBEAT_WITHIN_MS),
        });
        await response.arrayBuffer();
        return response.status;
      } catch {
        return 0;
      }
    },
    pipeline,
    async kill() {
      const all = [...file().processes.map(({ pid }) => pid), file().database.pid];
      child.kill('SIGKILL');
      for (const pid of all) if (pid !== undefined) endIfThere(pid);
      await ended;
    },
    async stop() {
      if (isOver()) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(late);
    },
  };
  try {
    await until(
      'the stack is ready',
      async () => {
        if (isOver()) throw new HopelessError('npm start ended by itself');
        await pipeline();
        if (devices > 0) await stack.simulator().unsettled();
        return true;
      },
      READY_WITHIN_MS,
    );
  } catch (error) {
    await stack.stop();
    throw new Error(`The stack did not start: ${(error as Error).message}\n${printed}`, { cause: error });
  }
  return stack;
}

/** Waiting longer is of no use. */
class HopelessError extends Error {}

/** Waits for what `look` finds; undefined, false and an error mean not yet. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  withinMs: number,
): Promise<T> {
  let last = '';
  for (const giveUpAt = performance.now() + withinMs; ;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      if (error instanceof HopelessError) throw error;
      last = `: ${(error as Error).message}`;
    }
    if (performance.now() > giveUpAt) throw new Error(`Not within ${withinMs / 1000} s: ${what}${last}`);
    await sleep(LOOK_EVERY_MS);
  }
}

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Below the ports that the system gives to outgoing connections. */
async function freeBasePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const base = 20_000 + Math.floor(Math.random() * 7000);
    const free = await Promise.all(PORT_OFFSETS.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('No free ports for a stack between 19,400 and 32,300');
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((settle) => {
    probe.once('error', () => settle(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => settle(true)));
  });
}
