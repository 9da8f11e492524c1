import {
  STATE_GROUP,
  askDeadLetter,
  askRebuild,
  listRebuilds,
  readLogStats,
  startMySqlConsumer,
  type ConsumerOptions,
  type LogConsumer,
} from '@cpemon/event-log';
import type { DatabaseAddress } from '@cpemon/database';
import { DEFAULT_REACHABILITY_SETTINGS, TEST_EVENT_TYPE, type CpeEvent } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import { readDeviceTables } from '../../../tests/support/device-tables.js';
import { eventually } from '../../../tests/support/eventually.js';
import { startFaultProxy } from '../../../tests/support/fault-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { writeLog, type DatedEvent } from '../../../tests/support/write-log.js';
import { createDeviceApplier } from './device-applier.js';

const MINUTE = 60_000;
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 300 * MINUTE;

let database: TestDatabase;
let writerLogin: DatabaseAddress;
let consumers: LogConsumer[];
let sent: number;

beforeEach(async () => {
  database = await createTestDatabase();
  writerLogin = await database.login('writer');
  await database.pool.query("INSERT INTO intake_paths VALUES ('heartbeat', ?), ('webhook', ?)", [
    new Date(Date.now() + 3_600_000),
    new Date(Date.now() + 3_600_000),
  ]);
  consumers = [];
  sent = 0;
});
afterEach(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
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
    // With the rights it has in production.
    ...{ address: writerLogin, group: STATE_GROUP, member, version: 'test', applier, leaseMs: 2000 },
    retries: { firstMs: 20, longestMs: 40, unknownTypeEveryMs: 60_000 },
    ...options,
  });
  consumers.push(consumer);
  return consumer;
}

function report(subject: string, minute: number, fields: Partial<CpeEvent> = {}): DatedEvent {
  sent += 1;
  const event: CpeEvent = {
    ...{ id: `e${sent}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject },
    data: { interval_seconds: 60, metrics: { rx_power_dbm: -20 - sent / 7, uptime_seconds: sent } },
    ...fields,
  };
  return { event, receivedAt: START + minute * MINUTE };
}

/** Some hours of a fleet with silences, late and repeated events, several sources and identities that grow. */
function history(): DatedEvent[] {
  const events: DatedEvent[] = [];
  for (let minute = 0; minute < 240; minute += 3) {
    for (let n = 0; n < 40; n += 1) {
      if ((minute + n * 7) % 60 < n) continue;
      const subject = `SN${n}`;
      const usual = report(subject, minute);
      events.push(usual);
      if (n % 5 === 0) events.push({ ...usual });
      if (n % 6 === 0) {
        const data = {
          attributes: { model: `M${minute}`, manufacturer: 'Huawei' },
          event_codes: ['2 PERIODIC'],
        };
        const time = new Date(usual.receivedAt - 20_000).toISOString();
        const identity =
          minute > 60 ? { oui: '00259E', productclass: n % 12 === 0 ? `EG${minute % 2}` : 'EG' } : {};
        events.push(report(subject, minute, { source: '/webhook', time, ...identity, data }));
      }
      if (n % 7 === 0) events.push(report(subject, minute, { time: new Date(START - 60_000).toISOString() }));
    }
  }
  return events;
}

const tables = () => readDeviceTables(database.pool);
const stats = async () => (await readLogStats(database.pool, STATE_GROUP)).lanes;
const applied = () =>
  eventually(
    'the log is applied and deadlines are judged',
    async () => {
      const lanes = await stats();
      return lanes.every(
        ({ lagEvents, watermark }) => lagEvents === 0 && (watermark ?? 0) > Date.now() - 5000,
      );
    },
    30_000,
  );
/** Deadlines of what a batch has made are looked at with the next, a second later. */
const settled = async () => {
  await applied();
  let before = '';
  await eventually(
    'nothing changes any more',
    async () => {
      const now = JSON.stringify([await tables(), await books()]);
      const same = now === before;
      before = now;
      if (!same) await new Promise((resolve) => setTimeout(resolve, 1500));
      return same;
    },
    30_000,
  );
};
/** The counters of each lane. */
const books = async () =>
  (await stats()).map(
    ({ lane, head, offset, duplicates, late, parkedEvents, parkedDevices, deadLetters, discarded }) => ({
      ...{ lane, head, offset, duplicates, late, parkedEvents, parkedDevices, deadLetters, discarded },
    }),
  );
const ask = (lanes: number[] | 'all' = 'all') =>
  askRebuild(database.pool, { group: STATE_GROUP, lanes, reason: 'a test', actor: 'tester' });
const rebuilt = async (state = 'done') => {
  await eventually(
    `rebuilds are ${state}`,
    async () => (await listRebuilds(database.pool, STATE_GROUP)).every((rebuild) => rebuild.state === state),
    30_000,
  );
  await settled();
};

test('a rebuild of all lanes makes the same rows again, with the same keys, whatever the batches are', async () => {
  await writeLog(database.pool, history());
  const first = await startWriter('w1', { limits: { events: 17 } });
  await settled();
  const [before, booksBefore] = [await tables(), await books()];
  expect(before['device_events']!.length).toBeGreaterThan(50);
  expect(
    booksBefore.some(({ duplicates }) => duplicates > 0) && booksBefore.some(({ late }) => late > 0),
  ).toBe(true);
  await first.stop();
  await startWriter('w2');
  expect(await ask()).toHaveLength(16);
  await rebuilt();
  expect(await tables()).toEqual(before);
  expect(await books()).toEqual(booksBefore);
  const [left] = await database.pool.query<RowDataPacket[]>('SELECT * FROM rebuilt_device_ids');
  expect(left).toEqual([]);
}, 60_000);

test('a rebuild of one lane leaves the others alone, and new events of its devices are applied behind it', async () => {
  await writeLog(database.pool, history());
  await startWriter('w1');
  await settled();
  const before = await tables();
  await database.pool.query('UPDATE device_state SET rx_power_dbm = 99, applied_events = 1 WHERE lane = 3');
  await ask([3]);
  await rebuilt();
  expect(await tables()).toEqual(before);
  await writeLog(database.pool, [report('SN1', 250)]);
  await applied();
}, 60_000);

test('dead letters stay out, parked events wait again, and the books balance all the way', async () => {
  const poison = (subject: string, minute: number, fields: Partial<CpeEvent>) =>
    report(subject, minute, fields);
  const events = history();
  const future = { type: 'cpemon.future.v9' as CpeEvent['type'] };
  const always: Partial<CpeEvent> = { type: TEST_EVENT_TYPE, data: { test: { fail: 'always' } } };
  events.splice(900, 0, poison('SN20', 90, always), poison('SN21', 90, always), poison('SN22', 90, future));
  await writeLog(
    database.pool,
    events.sort((a, b) => a.receivedAt - b.receivedAt),
  );
  await startWriter('w1', { limits: { events: 50 } });
  await eventually(
    'two are dead',
    async () => (await stats()).reduce((sum, { deadLetters }) => sum + deadLetters, 0) === 2,
    20_000,
  );
  const [[letter]] = await database.pool.query<RowDataPacket[]>(
    "SELECT generation, lane, seq FROM log_dead_letters WHERE subject = 'SN21'",
  );
  const position = {
    generation: letter!['generation'] as number,
    lane: letter!['lane'] as number,
    sequence: Number(letter!['seq']),
  };
  const connection = await database.pool.getConnection();
  await askDeadLetter(connection, STATE_GROUP, position, 'discard', 'tester');
  connection.release();
  await eventually('one is discarded', async () => (await stats()).some(({ discarded }) => discarded === 1));
  await settled();
  const [before, booksBefore] = [await tables(), await books()];
  expect(booksBefore.reduce((sum, { parkedEvents }) => sum + parkedEvents, 0)).toBeGreaterThan(5);
  await ask();
  let looks = 0;
  let open = true;
  while (open) {
    for (const lane of await stats()) {
      const { offset, parkedEvents, deadLetters, discarded, skipped } = lane;
      expect(offset - parkedEvents - deadLetters - discarded - skipped).toBeGreaterThanOrEqual(0);
    }
    looks += 1;
    open = (await listRebuilds(database.pool, STATE_GROUP)).some(({ state }) => state !== 'done');
  }
  expect(looks).toBeGreaterThan(2);
  await rebuilt();
  expect(await tables()).toEqual(before);
  expect(await books()).toEqual(booksBefore);
}, 90_000);

test('a dead letter that was applied after all is applied in its place', async () => {
  const until = new Date(Date.now() + 4000).toISOString();
  const data = { metrics: { cured: 1 }, test: { fail: 'until' as const, until } };
  const cured = report('SN21', 90, { type: TEST_EVENT_TYPE, data });
  await writeLog(
    database.pool,
    [...history(), cured].sort((a, b) => a.receivedAt - b.receivedAt),
  );
  await startWriter('w1');
  const letters = async () =>
    (
      await database.pool.query<RowDataPacket[]>('SELECT generation, lane, seq, state FROM log_dead_letters')
    )[0];
  await eventually('it is dead', async () => (await letters()).length === 1);
  const { generation, lane, seq } = (await letters())[0] as { generation: number; lane: number; seq: number };
  await eventually('it is cured', () => Date.now() > Date.parse(until));
  const connection = await database.pool.getConnection();
  await askDeadLetter(
    connection,
    STATE_GROUP,
    { generation, lane, sequence: Number(seq) },
    'requeue',
    'tester',
  );
  connection.release();
  await eventually('it is applied', async () => (await letters())[0]!['state'] === 'applied');
  await settled();
  const device = async () => {
    const [[row]] = await database.pool.query<RowDataPacket[]>(
      `SELECT applied_events, duplicate_events, last_seq, memory LIKE '%cured%' AS cured
       FROM device_state JOIN devices USING (device_id) WHERE serial_number = 'SN21'`,
    );
    return row;
  };
  const before = await device();
  expect(before).toMatchObject({ cured: 1 });
  await ask();
  await rebuilt();
  expect(await device()).toEqual(before);
  expect(await letters()).toMatchObject([{ state: 'applied' }]);
  expect((await books()).every(({ parkedEvents, deadLetters }) => parkedEvents + deadLetters === 0)).toBe(
    true,
  );
}, 60_000);

test('a rebuild killed while it clears is finished by the next owner', async () => {
  await writeLog(database.pool, history());
  let clearing: () => void = () => undefined;
  const hung = new Promise<void>((resolve) => (clearing = resolve));
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const proxy = await startFaultProxy(database.address);
  await startWriter('killed', {
    address: proxy.address,
    async beforeCommit() {
      const [rows] = await database.pool.query<RowDataPacket[]>(
        "SELECT 1 FROM log_rebuilds WHERE state = 'clearing'",
      );
      const [done] = await database.pool.query<RowDataPacket[]>(
        "SELECT 1 FROM log_rebuilds WHERE state = 'applying' OR state = 'done'",
      );
      if (rows.length === 0 || done.length === 0) return;
      clearing();
      await released;
    },
  });
  await settled();
  const [before, booksBefore] = [await tables(), await books()];
  await ask();
  await hung;
  proxy.freeze();
  await startWriter('heir');
  await rebuilt();
  expect(await tables()).toEqual(before);
  expect(await books()).toEqual(booksBefore);
  proxy.heal();
  release();
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  await proxy.close();
}, 60_000);

test('a rebuild is refused when the log does not reach back to the first event', async () => {
  await writeLog(database.pool, history());
  await startWriter('w1');
  await settled();
  await expect(ask([99])).rejects.toMatchObject({ status: 404, code: 'unknown_lane' });
  await expect(ask([])).rejects.toMatchObject({ status: 400, code: 'invalid_lanes' });
  await database.pool.query('UPDATE log_retention SET low_water_hour = UNIX_TIMESTAMP() DIV 3600 + 5');
  await expect(ask()).rejects.toMatchObject({ status: 409, code: 'not_retained', message: /is kept from/ });
  await database.pool.query('UPDATE log_retention SET low_water_hour = UNIX_TIMESTAMP() DIV 3600 - 24');
  // Gone without a word of retention.
  await database.pool.query('DELETE FROM log_records WHERE received_at < ?', [new Date(START + 60 * MINUTE)]);
  const before = await tables();
  await expect(ask()).rejects.toMatchObject({
    status: 409,
    code: 'not_retained',
    message: /lacks the events after/,
  });
  // Asked for in time, and overtaken by retention before its owner came to it.
  await database.pool.query(
    `INSERT INTO log_rebuilds (grp, generation, lane, reason, asked_by, asked_at)
     SELECT 'state', generation, 2, 'a test', 'tester', NOW(3) FROM log_generations`,
  );
  await database.pool.query('UPDATE log_retention SET low_water_hour = UNIX_TIMESTAMP() DIV 3600 + 5');
  await rebuilt('refused');
  expect(await tables()).toEqual(before);
}, 60_000);
