import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, parseDatabaseUrl } from '@cpemon/database';
import { readEnvironment } from './config.js';
import { askSupervisor } from './control-server.js';
import type { ScaleAnswer } from './control-actions.js';
import { runLocalStack } from './local-stack.js';
import { SERVICES, type ServiceName } from './port-plan.js';
import { isRunning } from './process-identity.js';
import type { ServiceProgram } from './service-set.js';
import { processesOf, readStackFile } from './stack-file.js';
import { openTerminal } from './terminal.js';

const REPOSITORY = resolve(__dirname, '../../..');

/** Answers its operations port as a service does. */
const FAKE_SERVICE = `
  const server = require('node:http').createServer((request, response) => response.end('ok'));
  server.listen(Number(process.env.OPS_PORT), '127.0.0.1');
  console.log(JSON.stringify({ level: 'info', msg: 'Up', replica: process.env.REPLICA }));
  process.on('SIGTERM', () => process.exit(0));
`;

let folder: string;
// Below the ports of outgoing connections.
const basePort = 14_000 + (process.pid % 9000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-stack-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a stack of fake services on a private database. */
function run(options: { devices?: number; fresh?: boolean; restored?: boolean; databaseUrl?: string } = {}) {
  const stopping = new AbortController();
  let printed = '';
  const script = join(folder, 'fake-service.cjs');
  writeFileSync(script, FAKE_SERVICE);
  const program = (name: ServiceName): ServiceProgram => ({
    name,
    command: [process.execPath, script],
    folder,
    environment: (replica, { opsPort }) => ({ OPS_PORT: String(opsPort), REPLICA: String(replica) }),
  });
  const { databaseUrl } = options;
  const ended = runLocalStack({
    options: {
      devices: options.devices ?? 1,
      intervalSeconds: 1,
      writers: 1,
      ingests: 1,
      apis: 1,
      dataFolder: folder,
      basePort,
      fresh: options.fresh ?? false,
      restored: options.restored ?? false,
      observe: false,
    },
    environment: { ...readEnvironment(process.env), ...(databaseUrl === undefined ? {} : { databaseUrl }) },
    repository: REPOSITORY,
    terminal: openTerminal(
      { write: (text) => (printed += text) },
      { coloured: false, now: () => new Date() },
    ),
    signal: stopping.signal,
    programs: () =>
      Object.fromEntries(SERVICES.map((name) => [name, program(name)])) as Record<
        ServiceName,
        ServiceProgram
      >,
  });
  ended.catch(() => undefined);
  const file = () => readStackFile(join(folder, 'stack.json'));
  return {
    file,
    printed: () => printed,
    isUp: () => until(ended, () => printed.includes('CPEmon is running')),
    scale: (service: string, replicas: number) =>
      askSupervisor<ScaleAnswer>(file()!.control_socket, 'POST', '/scale', { service, replicas }),
    namesRunning: () => file()!.processes.map(({ name, replica }) => `${name} ${replica}`),
    ended,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function until(ended: Promise<unknown>, condition: () => boolean): Promise<void> {
  let isOver = false;
  ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  for (const giveUpAt = Date.now() + 20_000; !condition();) {
    if (isOver) await ended;
    if (Date.now() > giveUpAt) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a stack starts, says where everything is, and leaves nothing behind but its data', async () => {
  const stack = run();
  await stack.isUp();
  const file = stack.file()!;
  expect(stack.namesRunning()).toEqual(SERVICES.map((name) => `${name} 1`));
  const connection = await connect(parseDatabaseUrl(file.database.url), {});
  const [[{ migrations }]] = (await connection.query(
    'SELECT COUNT(*) AS migrations FROM schema_migrations',
  )) as unknown as [[{ migrations: number }]];
  expect(migrations).toBeGreaterThan(0);
  await connection.end();
  await stack.stop();
  const left = [...processesOf(file), { pid: file.database.pid!, started: file.database.started! }];
  expect(left.filter(isRunning)).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(['fake-service.cjs', 'logs', 'mysql', 'secrets.json']);
}, 30_000);

test('scaling starts and ends replicas on ports of their own, and a killed one comes back', async () => {
  const stack = run({ devices: 0 });
  await stack.isUp();
  expect(stack.namesRunning()).toEqual(['cpemon-api 1', 'acs-ingest 1', 'cpemon-writer 1']);
  const { running, ready } = await stack.scale('cpemon-writer', 3);
  expect(ready).toBe(true);
  expect(new Set(running.map(({ opsUrl }) => opsUrl)).size).toBe(3);
  await stack.scale('cpemon-writer', 1);
  await stack.scale('acs-ingest', 0);
  expect(stack.namesRunning()).toEqual(['cpemon-api 1', 'cpemon-writer 1']);
  const writer = () => stack.file()!.processes.find(({ name }) => name === 'cpemon-writer')?.pid;
  const killed = writer()!;
  process.kill(killed, 'SIGKILL');
  await until(stack.ended, () => writer() !== undefined && writer() !== killed);
  expect(stack.printed()).toContain('ended by itself (SIGKILL), starting it again in 1 s');
  await expect(stack.scale('nonsense', 1)).rejects.toThrow(/There is no service nonsense/);
  await expect(stack.scale('acs-ingest', 51)).rejects.toThrow(/from 0 to 50/);
  await stack.stop();
}, 40_000);

test('a database that is killed comes back, and its data and the secrets outlive a restart of the stack', async () => {
  const first = run();
  await first.isUp();
  const { tokens, database } = first.file()!;
  process.kill(database.pid!, 'SIGKILL');
  await until(first.ended, () => ![undefined, database.pid].includes(first.file()!.database.pid));
  await first.stop();
  const second = run();
  await second.isUp();
  expect(second.file()!.tokens).toEqual(tokens);
  expect(second.printed()).not.toContain('applied 0001');
  await second.stop();
  const third = run({ fresh: true });
  await third.isUp();
  expect(third.file()!.tokens).not.toEqual(tokens);
  expect(third.printed()).toContain('applied 0001');
  await third.stop();
}, 60_000);

test('a second stack on the same folder, and one on the same ports, are refused in a sentence', async () => {
  const stack = run();
  await stack.isUp();
  await expect(run().ended).rejects.toThrow(/A stack is running on .* already/);
  const own = folder;
  folder = mkdtempSync(join(tmpdir(), 'cpemon-stack-'));
  await expect(run().ended).rejects.toThrow(new RegExp(`Port \\d+ \\(.*\\) is taken[^]*--base-port`));
  expect(existsSync(join(folder, 'mysql'))).toBe(false);
  rmSync(folder, { recursive: true });
  folder = own;
  await stack.stop();
}, 40_000);

test('a given database is used in place of a private one', async () => {
  const server = parseDatabaseUrl(process.env['CPEMON_TEST_DATABASE_URL']!);
  const schema = `cpemon_test_given_${process.pid}`;
  const databaseUrl = process.env['CPEMON_TEST_DATABASE_URL']!.replace('/mysql', `/${schema}`);
  const stack = run({ databaseUrl });
  await stack.isUp();
  expect(stack.file()!.database).toEqual({ url: databaseUrl, socket: server.socket });
  await stack.stop();
  const connection = await connect(server, {});
  await connection.query(`DROP DATABASE ${schema}`);
  await connection.end();
}, 30_000);
