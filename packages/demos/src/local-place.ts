import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Place } from './place.js';
import { createProductApi } from './product-api.js';
import { runProgram } from './run-program.js';

export interface LocalPlaceOptions {
  repository: string;
  devices: number;
  intervalSeconds: number;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** `<data>/stack.json` as far as demos need it. */
interface StackFile {
  processes: { name: string; url?: string }[];
  database: { pid?: number };
  tokens: { viewer: string; ingest: string };
}

const START_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 300;

/** A stack of its own, started by `npm start`'s script in a temporary folder on free ports; gone when it is closed. */
export async function openLocalPlace(options: LocalPlaceOptions): Promise<Place> {
  const { repository, devices, intervalSeconds, signal, say } = options;
  const dataFolder = mkdtempSync(join(tmpdir(), 'cpemon-demo-'));
  const basePort = await freeBasePort();
  say(`Starting a stack of its own: ${devices} CPEs, a report each ${intervalSeconds} s`);
  const child = spawn(
    process.execPath,
    [
      join(repository, 'scripts/start.mjs'),
      ...['--data', dataFolder, '--base-port', String(basePort)],
      ...['--devices', String(devices), '--interval', String(intervalSeconds)],
    ],
    // A group of its own: a Ctrl-C reaches the demo, which then ends the stack in order.
    { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let printed = '';
  const keep = (text: Buffer): void => {
    printed = (printed + text.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGINT');
    await exited;
    rmSync(dataFolder, { recursive: true, force: true });
  };

  const file = (): StackFile => JSON.parse(readFileSync(join(dataFolder, 'stack.json'), 'utf8')) as StackFile;
  const urlOf = (name: string): string => {
    const url = file().processes.find((one) => one.name === name)?.url;
    if (url === undefined) throw new Error(`${name} is not running`);
    return url;
  };
  const api = createProductApi(() => ({
    apiUrl: urlOf('cpemon-api'),
    simulatorUrl: urlOf('cpe-simulator'),
    token: file().tokens.viewer,
  }));
  const cli = (...args: string[]): Promise<string> =>
    runProgram(process.execPath, [join(repository, 'scripts/cpemon.mjs'), '--data', dataFolder, ...args], {
      cwd: repository,
    });

  try {
    const deadline = Date.now() + START_WITHIN_MS;
    for (;;) {
      signal.throwIfAborted();
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`It did not start:\n${printed}`);
      const reading = await api.read().catch(() => undefined);
      if (reading !== undefined && reading.online >= devices * 0.99) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...api,
    page: `${urlOf('cpemon-api')}/#token=${file().tokens.viewer}`,
    writers: 1,
    scaleWriters: async (replicas) => void (await cli('scale', 'cpemon-writer', String(replicas))),
    killDatabase() {
      const { pid } = file().database;
      if (pid === undefined) return Promise.reject(new Error('The database is a given one'));
      process.kill(pid, 'SIGKILL');
      return Promise.resolve();
    },
    sendFailingEvent: (serialNumber, until) =>
      api.post('/v1/telemetry', file().tokens.ingest, [
        { type: 'cpemon.test.v1', sn: serialNumber, fail: 'until', until: until.toISOString() },
      ]),
    async verify() {
      const words = await cli('verify', '--wait', '60').catch((error: Error) => error);
      return typeof words === 'string'
        ? { agree: true, words: words.trim() }
        : { agree: false, words: words.message };
    },
    close,
  };
}

/** A port below the ephemeral ones, with room above for the other services. */
async function freeBasePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 8000);
    if (await isFree(port)) return port;
  }
  throw new Error('No port is free between 20000 and 28000');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
