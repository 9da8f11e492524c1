import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openPool, parseDatabaseUrl, type DatabasePool } from '@cpemon/database';
import { eventually, HopelessError } from './eventually.js';

const REPOSITORY = resolve(__dirname, '../..');

/** `<data>/stack.json` as far as tests need it. */
interface StackFile {
  processes: { name: string; pid: number; url?: string; ops_url?: string; cwmp_url?: string }[];
  database: { url: string; socket?: string; pid: number };
  tokens: { operator: string; viewer: string; ingest: string };
  webhook_secret: string;
  cwmp_url?: string;
  cwmp_auth: { username: string; password: string };
}

export interface PipelineAnswer {
  as_of: string;
  totals: {
    accepted: number;
    applied: number;
    lag_events: number;
    oldest_unapplied_age_seconds: number | null;
    duplicates: number;
    late: number;
  };
  lanes: { lane: number; owner: string | null; head: number; offset: number; lag_events: number }[];
  writers: { member: string; lanes: number }[];
}

export interface TruthAnswer {
  totals: { sent: number; acknowledged: number; in_doubt: number; open: number; rejected: number };
}

/** A stack started by `npm start`'s own script, with its own data folder and ports. */
export interface RunningStack {
  dataFolder: string;
  file(): StackFile;
  /** Everything printed so far. */
  output(): string;
  pipeline(): Promise<PipelineAnswer>;
  fleet(): Promise<{ devices: number; by_status: Record<string, number> }>;
  truth(): Promise<TruthAnswer>;
  simulator(path: string, body?: object): Promise<unknown>;
  /** Sends a signal to one process of that name (or to the database), the first one listed. */
  signal(name: string, signal: NodeJS.Signals): number;
  scale(service: string, replicas: number): Promise<void>;
  database(): DatabasePool;
  /** One Ctrl-C; resolves with the exit code. */
  interrupt(): Promise<{ code: number | null; seconds: number }>;
  /** Ends what is left and removes the data. */
  discard(): Promise<void>;
}

export interface StackOptions {
  devices?: number;
  intervalSeconds?: number;
  /** Further options of `npm start`. */
  options?: string[];
  /** Data folder of an earlier run. */
  dataFolder?: string;
  basePort?: number;
  /** Variables beside those of this process. */
  environment?: Record<string, string>;
}

/** Starts a stack and waits until its page answers and every process is ready. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'cpemon-e2e-'));
  const basePort = options.basePort ?? (await freeBasePort());
  const child = spawn(
    process.execPath,
    [
      'scripts/start.mjs',
      ...['--data', dataFolder, '--base-port', String(basePort)],
      ...['--devices', String(options.devices ?? 100), '--interval', String(options.intervalSeconds ?? 2)],
      ...(options.options ?? []),
    ],
    {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    },
  );
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  child.stderr.on('data', (text: Buffer) => (printed += text.toString()));
  const exited = new Promise<number | null>((settle) => child.once('exit', (code) => settle(code)));

  const file = (): StackFile => JSON.parse(readFileSync(join(dataFolder, 'stack.json'), 'utf8')) as StackFile;
  const urlOf = (name: string): string => {
    const url = file().processes.find((process) => process.name === name)?.url;
    if (url === undefined) throw new Error(`${name} is not in stack.json`);
    return url;
  };
  const getJson = async <T>(url: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const asViewer = (): RequestInit => ({ headers: { authorization: `Bearer ${file().tokens.viewer}` } });
  let pool: DatabasePool | undefined;

  const stack: RunningStack = {
    dataFolder,
    file,
    output: () => printed,
    pipeline: () => getJson<PipelineAnswer>(`${urlOf('cpemon-api')}/v1/pipeline`, asViewer()),
    fleet: () => getJson(`${urlOf('cpemon-api')}/v1/fleet`, asViewer()),
    truth: () => getJson<TruthAnswer>(`${urlOf('cpe-simulator')}/truth`),
    simulator: (path, body) =>
      getJson(`${urlOf('cpe-simulator')}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      }),
    signal(name, signal) {
      const pid =
        name === 'database' ? file().database.pid : file().processes.find((one) => one.name === name)?.pid;
      if (pid === undefined) throw new Error(`${name} is not running`);
      process.kill(pid, signal);
      return pid;
    },
    scale: (service, replicas) =>
      runToEnd(['scripts/cpemon.mjs', '--data', dataFolder, 'scale', service, String(replicas)]),
    database: () => (pool ??= openPool(parseDatabaseUrl(file().database.url), { connections: 2 })),
    async interrupt() {
      const since = performance.now();
      child.kill('SIGINT');
      const code = await exited;
      return { code, seconds: (performance.now() - since) / 1000 };
    },
    async discard() {
      await pool?.end().catch(() => undefined);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
        await exited;
        clearTimeout(late);
      }
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };

  try {
    await eventually(
      'the stack is ready',
      async () => {
        if (child.exitCode !== null)
          throw new HopelessError(`npm start ended with ${child.exitCode}:\n${printed}`);
        await stack.pipeline();
        if (options.devices !== 0) await stack.truth();
        return true;
      },
      90_000,
    );
  } catch (error) {
    await stack.discard();
    throw new Error(`The stack did not start:\n${printed.slice(-3000)}`, { cause: error });
  }
  return stack;
}

async function runToEnd(args: string[]): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout?.on('data', (text: Buffer) => (printed += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (printed += text.toString()));
  const code = await new Promise<number | null>((settle) => child.once('exit', settle));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${printed}`);
}

/** A base port whose whole row of ports is likely free; the stack checks each and says so if not. */
/** Ports of a stack, from its base port on. */
const PORT_OFFSETS = [-533, 0, 1, 3, 1021, 1022, 1023, 1024, 5226];

/** Below the ports that the system gives to outgoing connections: one of those may take any of them at any moment. */
async function freeBasePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = 14_000 + Math.floor(Math.random() * 13_000);
    const free = await Promise.all(PORT_OFFSETS.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('No free ports for a stack between 14,000 and 32,500');
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((settle) => {
    probe.once('error', () => settle(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => settle(true)));
  });
}
