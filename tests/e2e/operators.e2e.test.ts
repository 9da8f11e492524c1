import type { RowDataPacket } from 'mysql2';
import { settle } from '../support/books.js';
import { readDeviceTables } from '../support/device-tables.js';
import { eventually } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';

let stack: RunningStack;
beforeAll(async () => {
  stack = await startStack({ devices: 100, intervalSeconds: 2 });
}, 120_000);
afterAll(() => stack.discard(), 30_000);

const apiUrl = (): string =>
  stack.file().processes.find(({ name }) => name === 'cpemon-api')?.url ?? 'no cpemon-api';

/** @param token of stack.json */
async function call(token: 'operator' | 'ingest', method: string, path: string, body?: unknown) {
  const response = await fetch(`${apiUrl()}${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.file().tokens[token]}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const send = async (...events: object[]): Promise<void> => {
  const { status, body } = await call('ingest', 'POST', '/v1/telemetry', events);
  expect({ status, body }).toMatchObject({ status: 202, body: { accepted: events.length, rejected: [] } });
};

const report = (sn: string, uptime: number) => ({
  ...{ sn, ts: new Date(Date.now() - 60_000 + uptime * 1000).toISOString() },
  ...{ interval_seconds: 60, uptime_seconds: uptime },
});

async function device(sn: string): Promise<RowDataPacket | undefined> {
  const [rows] = await stack
    .database()
    .query<RowDataPacket[]>(
      'SELECT uptime_seconds, applied_events, late_events FROM v_devices WHERE serial_number = ?',
      [sn],
    );
  return rows[0];
}

interface DeadLetterAnswer {
  position: string;
  state: string;
  attempts: number;
  cause: string;
}
const deadLetters = async (sn: string): Promise<DeadLetterAnswer[]> =>
  (await call('operator', 'GET', `/v1/dead-letters?device=${sn}`)).body['items'] as DeadLetterAnswer[];

// Before any requeue: a rebuild applies a requeued event in its place, and not late as it was.
test('a replay of the last hour leaves every row as it was, and so does a rebuild of all lanes', async () => {
  await settle(stack);
  const before = await readDeviceTables(stack.database());
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const { status, body } = await call('operator', 'POST', '/v1/replay', { from: hourAgo, reason: 'test' });
  expect(status).toBe(202);
  await eventually(
    'the replay is done',
    async () => (await call('operator', 'GET', `/v1/replay/${String(body['id'])}`)).body['state'] === 'done',
    30_000,
  );
  expect(await readDeviceTables(stack.database())).toEqual(before);

  const rebuild = await call('operator', 'POST', '/v1/rebuild', { all: true, reason: 'test' });
  expect(rebuild.status).toBe(202);
  await eventually(
    'the rebuild is done',
    async () => {
      const items = (await call('operator', 'GET', '/v1/rebuild')).body['items'] as { state: string }[];
      return items.length === 16 && items.every(({ state }) => state === 'done');
    },
    60_000,
  );
  expect(await readDeviceTables(stack.database())).toEqual(before);
}, 150_000);

test('a poison event of a busy device is a dead letter after five attempts, and its later events go on in order', async () => {
  await stack.simulator('/resume');
  const fails = { sn: 'BUSY', type: 'cpemon.test.v1', fail: 'until' };
  const mendedAt = Date.now() + 30_000;
  await send(report('BUSY', 1), report('BUSY', 2));
  await send({ ...report('BUSY', 3), ...fails, until: new Date(mendedAt).toISOString() });
  await send(report('BUSY', 4));
  let worstLag = 0;
  await eventually(
    'the event is given up',
    async () => {
      const { totals } = await stack.pipeline();
      worstLag = Math.max(worstLag, totals.lag_events);
      return (await deadLetters('BUSY')).length === 1;
    },
    40_000,
  );
  expect(worstLag).toBeLessThan(500);
  await send(report('BUSY', 5));
  await eventually('the device goes on', async () => (await device('BUSY'))?.['uptime_seconds'] === 5);
  expect(await deadLetters('BUSY')).toMatchObject([{ state: 'dead', attempts: 5 }]);
  expect(Number((await device('BUSY'))?.['applied_events'])).toBe(4);

  await eventually('the cause is mended', () => Date.now() > mendedAt + 500, 40_000);
  const [letter] = await deadLetters('BUSY');
  const requeue = () => call('operator', 'POST', `/v1/dead-letters/${letter?.position}/requeue`, {});
  const answers = await Promise.all([requeue(), requeue()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
  await eventually('it is applied', async () => (await deadLetters('BUSY'))[0]?.state === 'applied');
  const after = await device('BUSY');
  expect([Number(after?.['applied_events']), Number(after?.['late_events'])]).toEqual([5, 1]);
  expect(after?.['uptime_seconds']).toBe(5);
  const audit = (await call('operator', 'GET', '/v1/audit')).body['items'] as { target: string }[];
  expect(audit.filter(({ target }) => target.includes(letter?.position ?? '?'))).toHaveLength(2);
}, 120_000);

test.each([
  ['POST', '/v1/replay', { from: '2099-01-01T00:00:00Z', reason: 'x' }, 400],
  ['POST', '/v1/replay', { from: '2026-01-01T00:00:00Z', group: 'nobody', reason: 'x' }, 404],
  ['POST', '/v1/dead-letters/1-2-3/requeue', {}, 404],
  ['POST', '/v1/dead-letters/not-a-position/discard', {}, 400],
])('%s %s with %j is answered with a reason', async (method, path, body, status) => {
  const answer = await call('operator', method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({
    code: expect.any(String) as string,
    detail: expect.any(String) as string,
  });
});

test('more lanes on a live log: the old ones are applied to their end, then the new ones, and the books balance', async () => {
  await stack.simulator('/resume');
  const { status } = await call('operator', 'POST', '/v1/log/generation', { lanes: 24, reason: 'test' });
  expect(status).toBe(202);
  await eventually(
    'the new lanes have owners and take events',
    async () => {
      const { lanes } = await stack.pipeline();
      const owned = lanes.filter(({ owner, head }) => owner !== null && head > 0);
      return owned.length >= 24;
    },
    30_000,
  );
  await settle(stack);
  const { totals } = await stack.pipeline();
  expect(totals.accepted).toBe(totals.applied);
}, 120_000);
