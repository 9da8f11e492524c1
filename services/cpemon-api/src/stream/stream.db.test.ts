import { ALERT_FEED_LANE, addChanges } from '@cpemon/store';
import { addDevices, addLabels } from '../../../../tests/support/add-devices.js';
import { startApi, type ApiUnderTest } from '../../../../tests/support/api-under-test.js';
import { eventually } from '../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';

let database: TestDatabase;
let one: ApiUnderTest;
let other: ApiUnderTest;
const open: AbortController[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await addLabels(database.pool, 1, { region: 'north' });
  await addDevices(database.pool, [
    { id: 1, sn: 'A1', labelSet: 1 },
    { id: 2, sn: 'B1' },
  ]);
  one = await startApi(database);
  other = await startApi(database);
});
afterEach(() => {
  for (const controller of open.splice(0)) controller.abort();
});
afterAll(async () => {
  await one.stop();
  await other.stop();
  await database.drop();
});

interface StreamEvent {
  id?: string;
  event: string;
  data: { items?: { kind: string; device_id: number | null; serial_number: string | null }[] } & Record<
    string,
    unknown
  >;
}

/** Follows the stream, and keeps what comes. */
async function follow(query = '', headers: Record<string, string> = {}, api = one) {
  const controller = new AbortController();
  open.push(controller);
  const answer = await fetch(`${api.url}/v1/stream?${query}`, {
    ...{ headers: { ...api.headers.viewer, ...headers }, signal: controller.signal },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  const events: StreamEvent[] = [];
  const read = async (): Promise<void> => {
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const fields = Object.fromEntries(
          part
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        if (fields['event'] === undefined) continue;
        const { id, event, data } = fields as { id?: string; event: string; data: string };
        events.push({
          ...(id === undefined ? {} : { id }),
          event,
          data: JSON.parse(data) as StreamEvent['data'],
        });
      }
    }
  };
  read().catch(() => undefined);
  await eventually('the stream says hello', () =>
    Promise.resolve(events.some(({ event }) => event === 'hello')),
  );
  return events;
}

let at = Date.now();
/** Tells the feed something about devices, as the owner of their lanes does. */
async function change(deviceIds: readonly number[], kind = 'reachability', lane?: number): Promise<void> {
  const connection = await database.pool.getConnection();
  await connection.query('START TRANSACTION');
  await addChanges(
    connection,
    deviceIds.map((deviceId) => ({
      lane: lane ?? deviceId % 16,
      deviceId,
      at: (at += 1),
      kind,
      data: { to: 'offline' },
    })),
  );
  await connection.query('COMMIT');
  connection.release();
}

const named = (events: readonly StreamEvent[]): (string | null)[] =>
  events.flatMap(({ event, data }) =>
    event === 'changes' ? data.items!.map(({ serial_number: serialNumber }) => serialNumber) : [],
  );

test('tells fleet and pipeline at once and once a second, and changes as they come', async () => {
  const events = await follow();
  await eventually('figures', () =>
    Promise.resolve(['fleet', 'pipeline'].every((each) => events.some(({ event }) => event === each))),
  );
  const before = Date.now();
  await change([1, 2]);
  await eventually('the changes', () => Promise.resolve(named(events).length === 2));
  expect(Date.now() - before).toBeLessThan(2000);
  expect(named(events).sort()).toEqual(['A1', 'B1']);
  await change([0], 'alert', ALERT_FEED_LANE);
  await eventually('the alert', () => Promise.resolve(events.some(({ event }) => event === 'alerts')));
});

test('goes on where the last event was, at any replica, without a hole or a repeat', async () => {
  const events = await follow('topics=changes');
  await change([1]);
  await eventually('the change', () => Promise.resolve(named(events).length === 1));
  const { id } = events.findLast(({ event }) => event === 'changes')!;
  open.pop()!.abort();
  await change([2]);
  await change([1], 'boot');
  const resumed = await follow('topics=changes', { 'last-event-id': id! }, other);
  await eventually('what was missed', () => Promise.resolve(named(resumed).length === 2));
  await change([2]);
  await eventually('what is new', () => Promise.resolve(named(resumed).length === 3));
  expect(named(resumed)).toHaveLength(3);
});

test('says so when what was missed is gone', async () => {
  await change([1]);
  await database.pool.query('DELETE FROM change_feed');
  const events = await follow('topics=changes&after=1.0');
  await eventually('lost', () => Promise.resolve(events.some(({ event }) => event === 'lost')));
  await change([1]);
  await eventually('what is new', () => Promise.resolve(named(events).length === 1));
});

test('a position that never was, as after a restore, begins anew', async () => {
  const events = await follow('topics=changes&after=1.zzzzzz');
  await eventually('lost', () => Promise.resolve(events.some(({ event }) => event === 'lost')));
});

test('a viewer limited to labels is told of its devices only', async () => {
  const made = await fetch(`${one.url}/v1/access/tokens`, {
    ...{ method: 'POST', body: JSON.stringify({ name: 'n', role: 'viewer', labels: { region: 'north' } }) },
    headers: { ...one.headers.operator, 'content-type': 'application/json' },
  });
  const { token } = (await made.json()) as { token: string };
  const events = await follow('', { authorization: `Bearer ${token}` });
  await change([2]);
  await change([1]);
  await eventually('its change', () => Promise.resolve(named(events).length > 0));
  expect(named(events)).toEqual(['A1']);
  await eventually('its part of the fleet', () =>
    Promise.resolve(events.some(({ event }) => event === 'fleet')),
  );
  const { data } = events.find(({ event }) => event === 'fleet')!;
  expect(data).toMatchObject({ devices: 1, limited_to: { region: 'north' } });
  expect(events.some(({ event }) => event === 'pipeline')).toBe(false);
});

test('of an erased device nothing is told again but that it was erased, to those who could see it', async () => {
  await addLabels(database.pool, 2, { region: 'south' });
  await addDevices(database.pool, [{ id: 3, sn: 'GONE', labelSet: 2 }]);
  const events = await follow('topics=changes,alerts');
  await change([3]);
  await eventually('the change', () => Promise.resolve(named(events).length === 1));
  const { id } = events.findLast(({ event }) => event === 'changes')!;
  const connection = await database.pool.getConnection();
  await addChanges(connection, [
    { lane: ALERT_FEED_LANE, deviceId: 3, at, kind: 'alert', data: { sn: 'GONE', state: 'firing' } },
    { lane: 3, deviceId: 3, at, kind: 'boot', data: { cause: 'power' } },
    { lane: 3, deviceId: 3, at, kind: 'erased', labelSetId: 2, data: {} },
  ]);
  for (const table of ['device_state', 'devices'])
    await connection.query(`DELETE FROM ${table} WHERE device_id = 3`);
  connection.release();
  const made = await fetch(`${one.url}/v1/access/tokens`, {
    ...{ method: 'POST', body: JSON.stringify({ name: 's', role: 'viewer', labels: { region: 'south' } }) },
    headers: { ...one.headers.operator, 'content-type': 'application/json' },
  });
  const { token } = (await made.json()) as { token: string };
  const resumed = [
    await follow('topics=changes,alerts', { 'last-event-id': id! }, other),
    await follow('topics=changes,alerts', { 'last-event-id': id!, authorization: `Bearer ${token}` }),
  ];
  for (const missed of resumed) {
    await eventually('it is erased', () =>
      Promise.resolve(missed.some(({ data }) => data.items?.[0]?.kind === 'erased')),
    );
    const items = missed.flatMap(({ data }) => data.items ?? []);
    expect(items).toMatchObject([{ kind: 'erased', device_id: 3, serial_number: null }]);
    expect(JSON.stringify(missed)).not.toContain('GONE');
  }
});

test.each(['after=x', 'after=1.-1', 'topics=all', 'topic=fleet'])('?%s is refused', async (query) => {
  expect((await fetch(`${one.url}/v1/stream?${query}`, { headers: one.headers.viewer })).status).toBe(400);
});

test('needs a token', async () => {
  expect((await fetch(`${one.url}/v1/stream`)).status).toBe(401);
});
