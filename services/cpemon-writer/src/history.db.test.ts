import {
  STATE_GROUP,
  askRebuild,
  askReplay,
  listRebuilds,
  createMySqlAppender,
  readLogStats,
  readReplay,
  startMySqlConsumer,
  type LogAppender,
  type LogConsumer,
} from '@cpemon/event-log';
import { DEFAULT_REACHABILITY_SETTINGS, type CpeEvent } from '@cpemon/domain';
import { connect, type SingleConnection } from '@cpemon/database';
import { findHistoryDevices, packHistory, readHistory } from '@cpemon/store';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier } from './device-applier.js';

let database: TestDatabase;
let appender: LogAppender;
let consumer: LogConsumer;
let connection: SingleConnection;
let sent: number;

beforeEach(async () => {
  database = await createTestDatabase();
  connection = await connect(database.address, {});
  appender = await createMySqlAppender({ address: database.address, producer: 'test' });
  sent = 0;
  consumer = await startMySqlConsumer({
    ...{ address: database.address, group: STATE_GROUP, member: 'one', version: 'test', leaseMs: 2000 },
    applier: createDeviceApplier({
      read: (work) => work(database.pool),
      settings: DEFAULT_REACHABILITY_SETTINGS,
      cachedDevices: 1000,
      cachedBytes: 10_000_000,
      history: true,
    }),
  });
});
afterEach(async () => {
  await consumer.stop();
  await appender.close();
  connection.destroy();
  await database.drop();
});

const START = Date.now() - 3_600_000;

const report = (subject: string, minute: number | undefined, fields: Partial<CpeEvent> = {}): CpeEvent => {
  sent += 1;
  return {
    ...{ id: `e${sent}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject },
    ...(minute === undefined ? {} : { time: new Date(START + minute * 60_000).toISOString() }),
    data: { interval_seconds: 60, metrics: { rx_power_dbm: -20 - (minute ?? 0) / 10, wifi_clients: sent } },
    ...fields,
  };
};

const lanes = async () => (await readLogStats(database.pool, STATE_GROUP)).lanes;
const applied = () =>
  eventually('the log is applied', async () => (await lanes()).every(({ lagEvents }) => lagEvents === 0));

async function lineOf(serialNumber: string, metric = 'rx_power_dbm'): Promise<[number, number][]> {
  const [device] = await findHistoryDevices(connection, serialNumber);
  if (device === undefined) return [];
  const wish = { metrics: [metric], from: START - 8 * 86_400_000, to: Date.now() + 600_000, points: 100_000 };
  const { points } = await readHistory(connection, device, wish);
  return points.get(metric)!.map(({ t, last }) => [t, last]);
}

const linesOf = async (serialNumbers: readonly string[]) =>
  Promise.all(serialNumbers.map((serialNumber) => lineOf(serialNumber)));

async function packAll(): Promise<void> {
  await packHistory(
    {
      connection,
      async transact(work) {
        await connection.query('START TRANSACTION');
        const result = await work(connection);
        await connection.query('COMMIT');
        return result;
      },
    },
    { afterSeconds: 0, graceSeconds: -8 * 3600, budgetMs: 10_000 },
  );
}

const DEVICES = ['A1', 'A2', 'A3', 'A4', 'A5'];

test('each report makes one sample at its own time, a late one as well, and a repeat none', async () => {
  const events = [3, 1, 2].map((minute) => report('A1', minute));
  await appender.append([...events, events[0]!], 'heartbeat');
  await applied();
  expect(await lineOf('A1')).toEqual([
    [START + 60_000, -20.1],
    [START + 120_000, -20.2],
    [START + 180_000, -20.3],
  ]);
});

test('an event without a believable time is a sample at the time of its receipt', async () => {
  await appender.append([report('A1', undefined), report('A1', 600)], 'heartbeat');
  await applied();
  const line = await lineOf('A1', 'wifi_clients');
  expect(line.every(([t]) => t >= START + 3_500_000 && t <= Date.now() + 1000)).toBe(true);
});

test('what is older than samples are kept makes none', async () => {
  await appender.append([report('A1', -60 * 24 * 8), report('A1', 0)], 'heartbeat');
  await applied();
  expect(await lineOf('A1')).toHaveLength(1);
});

test('a relayed value that is not newer than the stored one makes no sample', async () => {
  const readAt = (minute: number) => ({
    read_at: { rx_power_dbm: new Date(START + minute * 60_000).toISOString() },
  });
  const relayed = (minute: number, read: number) =>
    report('A1', minute, {
      source: '/webhook',
      type: 'cpemon.acs-event.v1',
      data: { metrics: { rx_power_dbm: -20 - read / 10, wifi_clients: minute }, ...readAt(read) },
    });
  await appender.append([relayed(10, 5), relayed(11, 5), relayed(12, 4), relayed(20, 15)], 'webhook');
  await applied();
  expect((await lineOf('A1')).map(([t]) => (t - START) / 60_000)).toEqual([5, 15]);
  expect(await lineOf('A1', 'wifi_clients')).toHaveLength(4);
});

test('replay adds no sample, before packing, after it and with packing in between', async () => {
  const events = DEVICES.flatMap((name) => [0, 1, 2, 3].map((minute) => report(name, minute)));
  await appender.append([...events, ...events.slice(0, 7), report('A1', undefined)], 'heartbeat');
  await applied();
  const before = await linesOf(DEVICES);
  expect(before.map((line) => line.length)).toEqual([5, 4, 4, 4, 4]);
  for (let pass = 0; pass < 3; pass += 1) {
    const wish = { from: new Date(Date.now() - 3_600_000), reason: 'a test', actor: 'tester' };
    const id = await askReplay(database.pool, { group: STATE_GROUP, ...wish });
    await eventually(
      'the replay is done',
      async () => (await readReplay(database.pool, id)).state === 'done',
    );
    expect(await linesOf(DEVICES)).toEqual(before);
    await packAll();
    expect(await linesOf(DEVICES)).toEqual(before);
  }
});

test('rebuild makes the same history again, of what was packed and what was not', async () => {
  const events = DEVICES.flatMap((name) => [0, 1, 2, 3].map((minute) => report(name, minute)));
  await appender.append([...events, ...events.slice(0, 7)], 'heartbeat');
  await applied();
  await packAll();
  await appender.append([report('A1', 5), report('A2', undefined)], 'heartbeat');
  await applied();
  const before = await linesOf(DEVICES);
  expect(before.map((line) => line.length)).toEqual([5, 5, 4, 4, 4]);
  await askRebuild(database.pool, { group: STATE_GROUP, lanes: 'all', reason: 'a test', actor: 'tester' });
  await eventually(
    'the rebuilds are done',
    async () => (await listRebuilds(database.pool, STATE_GROUP)).every(({ state }) => state === 'done'),
    30_000,
  );
  await applied();
  expect(await linesOf(DEVICES)).toEqual(before);
  await packAll();
  expect(await linesOf(DEVICES)).toEqual(before);
}, 60_000);
