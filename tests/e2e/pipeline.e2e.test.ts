import { createServer } from 'node:net';
import { compareWithTruth, lanesWithHoles, settle } from '../support/books.js';
import { eventually, sleep } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';

let stack: RunningStack;
beforeAll(async () => {
  stack = await startStack({ devices: 200, intervalSeconds: 2 });
}, 120_000);
afterAll(() => stack.discard(), 30_000);

const accepted = async () => (await stack.pipeline()).totals.accepted;

/**
 * Devices by reachability: those that report may be degraded, because a fleet that is held still for each comparison
 * comes and goes.
 */
async function reachability(): Promise<{ online: number; stale: number; offline: number }> {
  const { online = 0, degraded = 0, stale = 0, offline = 0 } = (await stack.fleet()).by_status;
  return { online: online + degraded, stale, offline };
}

/** No device was given up, every acknowledged event is applied once, and nothing is missing in the log. */
async function expectCleanBooks(): Promise<void> {
  expect(await reachability()).toEqual({ online: 200, stale: 0, offline: 0 });
  try {
    await settle(stack);
    expect(await compareWithTruth(stack)).toEqual([]);
    expect(await lanesWithHoles(stack)).toEqual([]);
  } finally {
    await stack.simulator('/resume');
  }
  await eventually('the fleet reports again', async () => (await reachability()).online === 200, 20_000);
}

test('events flow from the fleet into state, and every printed URL answers', async () => {
  await eventually(
    'the whole fleet is online',
    async () => {
      const fleet = await stack.fleet();
      return fleet.devices === 200 && fleet.by_status['online'] === 200;
    },
    30_000,
  );
  const urls = [...new Set(stack.output().match(/http:\/\/[^\s]+/g) ?? [])];
  expect(urls.length).toBeGreaterThan(4);
  for (const url of urls) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${stack.file().tokens.viewer}` } });
    expect([url, response.status < 400 || response.status === 405]).toEqual([url, true]);
  }
}, 60_000);

test('with the writer at zero events are accepted and the backlog shows; back at one it drains', async () => {
  await stack.scale('cpemon-writer', 0);
  const before = await accepted();
  await sleep(8000);
  const { totals } = await stack.pipeline();
  expect(totals.accepted).toBeGreaterThan(before + 500);
  expect(totals.lag_events).toBeGreaterThan(500);
  expect(totals.oldest_unapplied_age_seconds).toBeGreaterThan(5);
  await stack.scale('cpemon-writer', 1);
  await eventually(
    'the backlog drains',
    async () => (await stack.pipeline()).totals.lag_events < 100,
    20_000,
  );
  await expectCleanBooks();
}, 120_000);

test('a killed writer comes back and loses nothing', async () => {
  const killed = stack.signal('cpemon-writer', 'SIGKILL');
  await eventually(
    'another writer drains the backlog',
    async () => {
      const pid = stack.file().processes.find(({ name }) => name === 'cpemon-writer')?.pid;
      return pid !== undefined && pid !== killed && (await stack.pipeline()).totals.lag_events < 100;
    },
    20_000,
  );
  await expectCleanBooks();
}, 120_000);

test('a writer stopped for longer than its lease goes on without harm', async () => {
  stack.signal('cpemon-writer', 'SIGSTOP');
  await sleep(8000);
  expect((await stack.pipeline()).totals.lag_events).toBeGreaterThan(300);
  stack.signal('cpemon-writer', 'SIGCONT');
  await eventually(
    'the backlog drains',
    async () => (await stack.pipeline()).totals.lag_events < 100,
    20_000,
  );
  await expectCleanBooks();
}, 120_000);

test.each(['acs-ingest', 'cpemon-api', 'database'])(
  'after a SIGKILL of %s every acknowledged event is applied exactly once',
  async (name) => {
    stack.signal(name, 'SIGKILL');
    await sleep(1000);
    await eventually(
      'events are accepted and applied again',
      async () => {
        const before = await accepted();
        await sleep(1000);
        const { totals } = await stack.pipeline();
        return totals.accepted > before + 50 && totals.lag_events < 100;
      },
      30_000,
    );
    await expectCleanBooks();
  },
  120_000,
);

test('devices that are cut off turn stale, then offline, and come back online', async () => {
  const { serial_numbers } = (await stack.simulator('/cut', { count: 5 })) as { serial_numbers: string[] };
  expect(serial_numbers).toHaveLength(5);
  await eventually('five are stale', async () => (await reachability()).stale === 5, 40_000);
  await eventually('five are offline', async () => (await reachability()).offline === 5, 60_000);
  expect((await reachability()).online).toBe(195);
  await stack.simulator('/restore');
  await eventually('all are online', async () => (await reachability()).online === 200, 20_000);
}, 150_000);

test('Ctrl-C ends every process within 10 s with exit code 0, and the next start goes on from the same data', async () => {
  await settle(stack);
  const before = await stack.pipeline();
  const { processes, database } = stack.file();
  const ports = processes
    .flatMap(({ url, ops_url }) => [url, ops_url])
    .filter((url) => url !== undefined)
    .map((url) => Number(new URL(url).port));
  const { code, seconds } = await stack.interrupt();
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(10);
  for (const pid of [...processes.map((process) => process.pid), database.pid]) {
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  }
  for (const port of ports) await expectFree(port);

  stack = await startStack({ devices: 0, dataFolder: stack.dataFolder, basePort: Math.min(...ports) });
  const after = await stack.pipeline();
  expect(after.totals.accepted).toBe(before.totals.accepted);
  expect(after.totals.applied).toBe(before.totals.applied);
  expect((await stack.fleet()).devices).toBe(200);
}, 120_000);

async function expectFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((settle, reject) => server.once('error', reject).listen(port, '127.0.0.1', settle));
  await new Promise((settle) => server.close(settle));
}
