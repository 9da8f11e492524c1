import {
  STATE_GROUP,
  askReplay,
  createMySqlAppender,
  readLogStats,
  readReplay,
  startMySqlConsumer,
  type ConsumerOptions,
  type LogAppender,
  type LogConsumer,
  type ReplayDetails,
} from '@cpemon/event-log';
import { DEFAULT_REACHABILITY_SETTINGS, laneOf, type CpeEvent } from '@cpemon/domain';
import { readDeviceTables } from '../../../tests/support/device-tables.js';
import { eventually } from '../../../tests/support/eventually.js';
import { startFaultProxy } from '../../../tests/support/fault-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier } from './device-applier.js';

let database: TestDatabase;
let appender: LogAppender;
let consumers: LogConsumer[];
let sent: number;

beforeEach(async () => {
  database = await createTestDatabase();
  appender = await createMySqlAppender({ address: database.address, producer: 'test' });
  consumers = [];
  sent = 0;
});
afterEach(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await appender.close();
  await database.drop();
});

async function startWriter(member: string, options: Partial<ConsumerOptions> = {}): Promise<LogConsumer> {
  const applier = createDeviceApplier({
    read: (work) => work(database.pool),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    cachedDevices: 1000,
    cachedBytes: 10_000_000,
  });
  const consumer = await startMySqlConsumer({
    ...{ address: database.address, group: STATE_GROUP, member, version: 'test', applier, leaseMs: 2000 },
    ...options,
  });
  consumers.push(consumer);
  return consumer;
}

const report = (subject: string, fields: Partial<CpeEvent> = {}): CpeEvent => {
  sent += 1;
  return {
    ...{ id: `e${sent}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject },
    data: {
      interval_seconds: 60,
      metrics: { rx_power_dbm: -20 - (sent % 7) / 3, wifi_clients: sent, uptime_seconds: sent, zz: 1 / sent },
    },
    ...fields,
  };
};

/** Reports of every kind: on time and late, repeated, by several sources, with growing identities. */
function mixedReports(rounds: number): CpeEvent[] {
  const events: CpeEvent[] = [];
  const timeAt = (agoMs: number) => ({ time: new Date(Date.now() - agoMs).toISOString() });
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < 30; n += 1) {
      const subject = `SN${n}`;
      const usual = report(subject, n % 2 === 0 ? timeAt(0) : {});
      events.push(usual);
      if (n % 5 === 0) events.push(usual);
      if (n % 6 === 0) {
        const attributes = { model: `M${round}`, sw_version: `V${round % 2}`, manufacturer: 'Huawei' };
        const data = { attributes, metrics: { aa: round, rx_power_dbm: -1 } };
        events.push(
          report(subject, { source: '/webhook', ...timeAt(1000), oui: '00259E', productclass: 'EG', data }),
        );
      }
      if (n % 7 === 0)
        events.push(report(subject, { ...timeAt(600_000), data: { metrics: { old: n, zz: 5 } } }));
    }
  }
  return events;
}

const append = (events: CpeEvent[]): Promise<void> => appender.append(events, 'heartbeat');
const tables = () => readDeviceTables(database.pool);
const lag = async () =>
  (await readLogStats(database.pool, STATE_GROUP)).lanes.reduce((sum, { lagEvents }) => sum + lagEvents, 0);
const applied = () => eventually('the log is applied', async () => (await lag()) === 0);

const hourAgo = () => new Date(Date.now() - 3_600_000);
const ask = () =>
  askReplay(database.pool, { group: STATE_GROUP, from: hourAgo(), reason: 'a test', actor: 'tester' });
async function finished(id: number, state = 'done'): Promise<ReplayDetails> {
  await eventually(
    `the replay is ${state}`,
    async () => (await readReplay(database.pool, id)).state === state,
  );
  return readReplay(database.pool, id);
}

test('a replay of what was applied rightly leaves every row as it is, with what is in memory and without', async () => {
  const events = mixedReports(6);
  await append(events);
  const first = await startWriter('w1');
  await applied();
  const before = await tables();
  const id = await ask();
  expect(await finished(id)).toMatchObject({ passed: events.length, leftOut: 0, failed: 0, waiting: 0 });
  expect(await tables()).toEqual(before);
  await first.stop();
  await startWriter('w2');
  await finished(await ask());
  expect(await tables()).toEqual(before);
});

test('a replay runs while events come in: they are applied once and in order, and their lag stays small', async () => {
  await append(mixedReports(40));
  await startWriter('w1');
  await applied();
  const quiet = await tables();
  const id = await ask();
  let worstLag = 0;
  let rounds = 0;
  while ((await readReplay(database.pool, id)).state === 'running' || rounds < 10) {
    rounds += 1;
    await append(Array.from({ length: 20 }, (_, n) => report(`LIVE${n}`)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    worstLag = Math.max(worstLag, await lag());
  }
  await applied();
  expect(worstLag).toBeLessThan(400);
  const after = await tables();
  expect(after['device_state']!.slice(0, 30)).toEqual(quiet['device_state']);
  const live = after['device_state']!.slice(30).map((row) => JSON.parse(row) as Record<string, number>);
  expect(live.map((row) => row['applied_events'])).toEqual(Array(20).fill(rounds));
  await finished(await ask());
  expect(await tables()).toEqual(after);
});

test('what was wrong is right after a replay: columns, memory, and values of a rule that was mended', async () => {
  await append(mixedReports(3));
  const first = await startWriter('w1');
  await applied();
  const right = await tables();
  await database.pool.query(
    'UPDATE device_state SET rx_power_dbm = 99, interval_seconds = 7 WHERE device_id % 2 = 0',
  );
  await database.pool.query("UPDATE devices SET model = 'wrong' WHERE model IS NOT NULL");
  expect(await tables()).not.toEqual(right);
  await finished(await ask());
  expect(await tables()).toEqual(right);

  await first.stop();
  await database.pool.query(
    `UPDATE device_state SET memory = REPLACE(memory, '"wifi_clients":', '"wifi_wrong":'), rx_power_dbm = 99`,
  );
  await startWriter('w2');
  await finished(await ask());
  const values = (rows: Record<string, string[]>) =>
    rows['device_state']!.map((row) => {
      const { memory, ...columns } = JSON.parse(row) as Record<string, unknown>;
      // The mended name comes last; nothing else has changed.
      return { ...columns, memory: [...(memory as string).trim()].sort().join('') };
    });
  expect(values(await tables())).toEqual(values(right));
});

test('a replay stopped by a kill in the middle of a slice goes on with the next owner, and counts nothing twice', async () => {
  const events = mixedReports(60);
  await append(events);
  let dying = false;
  let hang: () => void = () => undefined;
  const hung = new Promise<void>((resolve) => (hang = resolve));
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const proxy = await startFaultProxy(database.address);
  await startWriter('killed', {
    address: proxy.address,
    beforeCommit: () => {
      if (!dying) return Promise.resolve();
      hang();
      return released;
    },
  });
  await applied();
  const before = await tables();
  const id = await ask();
  await eventually('the replay has begun', async () => (await readReplay(database.pool, id)).passed > 0);
  dying = true;
  await hung;
  proxy.freeze();
  await startWriter('heir');
  const replay = await finished(id);
  expect(replay.passed).toBe(events.length);
  expect(replay.lanes.reduce((sum, { applied: count }) => sum + count, 0)).toBe(events.length);
  expect(await tables()).toEqual(before);
  proxy.heal();
  release();
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  await proxy.close();
  expect(await tables()).toEqual(before);
});

test('events that fail in a replay are listed and park nothing; their devices go on', async () => {
  await append(mixedReports(3));
  const first = await startWriter('w1');
  await applied();
  await first.stop();
  // A rule of today refuses what one of yesterday took.
  const lane = laneOf('SN3', 16);
  await database.pool.query(
    `UPDATE log_records SET events = REPLACE(events, 'cpemon.heartbeat.v1","subject":"SN3"', 'cpemon.heartbeat.v0","subject":"SN3"')
     WHERE lane = ?`,
    [lane],
  );
  const before = await tables();
  await startWriter('w2');
  const replay = await finished(await ask());
  expect(replay.failed).toBe(3);
  expect(replay.failures.map(({ lane: of, subject, cause }) => [of, subject, cause])).toEqual(
    Array(3).fill([lane, 'SN3', 'type cpemon.heartbeat.v0 is not known to this version']),
  );
  expect(await tables()).toEqual(before);
  const { lanes } = await readLogStats(database.pool, STATE_GROUP);
  expect(
    lanes.every(({ parkedEvents, deadLetters, lagEvents }) => parkedEvents + deadLetters + lagEvents === 0),
  ).toBe(true);
});

test('a device that nobody knows any more stays unknown, and its events are counted as left out', async () => {
  await append(mixedReports(2));
  const first = await startWriter('w1');
  await applied();
  await first.stop();
  for (const table of ['device_events', 'device_state', 'devices'])
    await database.pool.query(
      `DELETE FROM ${table} WHERE device_id = (SELECT device_id FROM (SELECT device_id FROM devices WHERE serial_number = 'SN1') AS d)`,
    );
  const before = await tables();
  await startWriter('w2');
  expect(await finished(await ask())).toMatchObject({ leftOut: 2, failed: 0 });
  expect(await tables()).toEqual(before);
});
