import {
  STATE_GROUP,
  askDeadLetter,
  askRebuild,
  askReplay,
  listRebuilds,
  listReplays,
  readLogStats,
  startMySqlConsumer,
  type LogConsumer,
} from '@cpemon/event-log';
import { connect, type DatabaseAddress } from '@cpemon/database';
import { DEFAULT_REACHABILITY_SETTINGS, TEST_EVENT_TYPE, type CpeEvent } from '@cpemon/domain';
import {
  addTombstones,
  beginErasure,
  claimJob,
  findTombstones,
  readErasure,
  readErasureKeys,
  removeErasedRemains,
  transactUnderLease,
  type JobHands,
} from '@cpemon/store';
import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { writeLog, type DatedEvent } from '../../../tests/support/write-log.js';
import { createDeviceApplier } from './device-applier.js';

const MINUTE = 60_000;
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE;

let database: TestDatabase;
let writerLogin: DatabaseAddress;
let consumers: LogConsumer[];
let sent: number;

beforeEach(async () => {
  database = await createTestDatabase();
  writerLogin = await database.login('writer');
  await database.pool.query("INSERT INTO intake_paths VALUES ('heartbeat', ?)", [
    new Date(Date.now() + 3_600_000),
  ]);
  consumers = [];
  sent = 0;
});
afterEach(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await database.drop();
});

async function startWriter(member: string): Promise<LogConsumer> {
  const applier = createDeviceApplier({
    read: (work) => work(database.pool),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    ...{ cachedDevices: 1000, cachedBytes: 10_000_000, history: true },
  });
  const consumer = await startMySqlConsumer({
    // With the rights it has in production.
    ...{ address: writerLogin, group: STATE_GROUP, member, version: 'test', applier, leaseMs: 2000 },
    retries: { firstMs: 20, longestMs: 40, unknownTypeEveryMs: 60_000 },
  });
  consumers.push(consumer);
  return consumer;
}

function report(subject: string, minute: number, fields: Partial<CpeEvent> = {}): DatedEvent {
  sent += 1;
  const event: CpeEvent = {
    ...{ id: `e${sent}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject },
    data: { interval_seconds: 60, metrics: { uptime_seconds: sent } },
    ...fields,
  };
  return { event, receivedAt: START + minute * MINUTE };
}
const poison = (subject: string, minute: number) =>
  report(subject, minute, { type: TEST_EVENT_TYPE, data: { test: { fail: 'always' } } });

/** Asked for, and told the lane. */
async function erase(id: string, serialNumber: string, minute: number): Promise<void> {
  await beginErasure(database.pool, { id, actor: 'tester', reason: 'asked for', inventory: 0 }, [
    { serialNumber, oui: '', productClass: '' },
  ]);
  const told = { source: '/command', id, type: 'cpemon.erase.v1' as const };
  await writeLog(database.pool, [
    report(serialNumber, minute, { ...told, data: { erase: { erasure: id, scope: 'serial_number' } } }),
  ]);
}

/** As the scheduled work does it, with the rights that it has in production. */
async function removeRemains(): Promise<void> {
  const connection = await connect(await database.login('maintenance'), {});
  const lease = await claimJob(connection, {
    ...{ job: 'erasure', owner: 'test', leaseMs: 30_000, schedule: { everyMinutes: 1, atMinute: 0 } },
  });
  const transact: JobHands['transact'] = (work) => transactUnderLease(connection, lease!, work);
  await removeErasedRemains({ connection, transact }, { budgetMs: 20_000 });
  await connection.end();
}

const lanes = async () => (await readLogStats(database.pool, STATE_GROUP)).lanes;
const drained = () =>
  eventually(
    'the log is applied and nothing is parked',
    async () => (await lanes()).every(({ lagEvents, parkedEvents }) => lagEvents + parkedEvents === 0),
    30_000,
  );
const books = async () => {
  const all = await lanes();
  const sum = (of: (lane: (typeof all)[number]) => number) =>
    all.reduce((total, lane) => total + of(lane), 0);
  return {
    accepted: sum(({ head, base }) => head - base),
    elsewhere: sum(
      ({ parkedEvents, deadLetters, discarded, skipped }) => parkedEvents + deadLetters + discarded + skipped,
    ),
    discarded: sum(({ discarded }) => discarded),
    dead: sum(({ deadLetters }) => deadLetters),
    erased: sum(({ erased }) => erased),
  };
};
const select = async (sql: string): Promise<RowDataPacket[]> =>
  (await database.pool.query<RowDataPacket[]>(sql))[0];
const devices = async () =>
  Object.fromEntries(
    (
      await select(
        'SELECT d.serial_number AS sn, s.applied_events AS n FROM devices AS d JOIN device_state AS s USING (device_id) ORDER BY sn',
      )
    ).map(({ sn, n }) => [sn as string, Number(n)]),
  );
const rebuilt = () =>
  eventually(
    'rebuilds are done',
    async () => (await listRebuilds(database.pool, STATE_GROUP)).every(({ state }) => state === 'done'),
    30_000,
  );

test('what waits of a parked device and its dead letters go with it, and the books balance', async () => {
  await startWriter('w1');
  await writeLog(database.pool, [report('A', 1), poison('A', 2), report('A', 3), report('B', 3)]);
  await eventually('a dead letter', async () => (await books()).dead === 1);
  await drained();
  expect(await devices()).toEqual({ A: 2, B: 1 });
  const future = { type: 'cpemon.future.v9' as CpeEvent['type'] };
  await writeLog(database.pool, [report('A', 4, future), report('A', 5), report('B', 5)]);
  await eventually('a parked device', async () => (await books()).elsewhere === 3);

  await erase('x1', 'A', 6);
  await writeLog(database.pool, [report('A', 7)]);
  await drained();
  expect(await devices()).toEqual({ A: 1, B: 2 });
  expect(await books()).toEqual({ accepted: 9, elsewhere: 1, discarded: 1, dead: 0, erased: 2 });
  expect(await select('SELECT state, subject, event, event_id FROM log_dead_letters')).toMatchObject([
    { state: 'discarded', subject: '', event: '{}', event_id: '' },
  ]);
  expect(await select('SELECT * FROM log_parked')).toEqual([]);
  expect((await readErasure(database.pool, 'x1'))?.state).toBe('erasing');
  await removeRemains();
  expect(await readErasure(database.pool, 'x1')).toMatchObject({ state: 'done', devices: 1 });
  expect(await select('SELECT * FROM erasure_subjects')).toEqual([]);
}, 60_000);

test('a rebuild makes nothing of what was erased, in the same process and in another', async () => {
  const first = await startWriter('w1');
  await writeLog(database.pool, [report('A', 1), report('B', 1), report('A', 2)]);
  await drained();
  await erase('x1', 'A', 3);
  await writeLog(database.pool, [report('A', 4), report('B', 4)]);
  await drained();
  expect(await devices()).toEqual({ A: 1, B: 2 });
  const keys = await select('SELECT device_id, serial_number FROM devices ORDER BY serial_number');
  await askRebuild(database.pool, { group: STATE_GROUP, lanes: 'all', reason: 'a test', actor: 'tester' });
  await rebuilt();
  expect(await devices()).toEqual({ A: 1, B: 2 });
  expect((await books()).erased).toBe(2);
  await first.stop();
  await startWriter('w2');
  await askRebuild(database.pool, { group: STATE_GROUP, lanes: 'all', reason: 'a test', actor: 'tester' });
  await rebuilt();
  await drained();
  expect(await devices()).toEqual({ A: 1, B: 2 });
  expect(await select('SELECT device_id, serial_number FROM devices ORDER BY serial_number')).toEqual(keys);
}, 60_000);

test('a device is erased while its lane is being rebuilt', async () => {
  await startWriter('w1');
  const many = Array.from({ length: 40 }, (_, minute) => [report('A', minute), report('B', minute)]).flat();
  await writeLog(database.pool, many);
  await drained();
  await askRebuild(database.pool, { group: STATE_GROUP, lanes: 'all', reason: 'a test', actor: 'tester' });
  await erase('x1', 'A', 41);
  await rebuilt();
  await drained();
  expect(await devices()).toEqual({ B: 40 });
  expect(await select('SELECT * FROM rebuilt_device_ids')).toEqual([]);
}, 60_000);

test('a replay of the time before writes nothing of an erased device into the one after it', async () => {
  await startWriter('w1');
  await writeLog(database.pool, [report('A', 1), report('A', 2)]);
  await erase('x1', 'A', 3);
  await writeLog(database.pool, [report('A', 4)]);
  await drained();
  const state = 'SELECT device_id, last_seq, applied_events, uptime_seconds FROM device_state';
  const before = await select(state);
  const chunks = await select('SELECT chunk_id FROM history_fresh');
  await askReplay(database.pool, {
    ...{
      group: STATE_GROUP,
      from: new Date(START),
      until: new Date(START + 3.5 * MINUTE),
      reason: 'a test',
      actor: 'tester',
    },
  });
  await eventually('the replay is done', async () =>
    (await listReplays(database.pool, STATE_GROUP, 5)).every(({ state }) => state === 'done'),
  );
  expect(await select(state)).toEqual(before);
  expect(await select('SELECT chunk_id FROM history_fresh')).toEqual(chunks);
}, 60_000);

test('tombstones that were kept beside a backup keep the erased out of a database that has never erased anybody', async () => {
  await startWriter('w1');
  await writeLog(database.pool, [report('A', 1)]);
  await erase('x1', 'A', 10);
  await drained();
  const keys = await readErasureKeys(database.pool);
  const [tombstone] = (await findTombstones(database.pool, keys, ['A'])).get('A')!;
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));

  const restored = await createTestDatabase();
  const old = database;
  try {
    database = restored;
    await restored.pool.query("INSERT INTO intake_paths VALUES ('heartbeat', ?)", [
      new Date(Date.now() + 3_600_000),
    ]);
    writerLogin = await restored.login('writer');
    await writeLog(restored.pool, [report('A', 1), poison('A', 2), report('B', 2)]);
    await startWriter('w1');
    await eventually('a dead letter', async () => (await books()).dead === 1);
    await drained();
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    expect(await devices()).toEqual({ A: 1, B: 1 });

    await restored.pool.query(`INSERT INTO erasure_keys SELECT * FROM ${old.schema}.erasure_keys`);
    await addTombstones(restored.pool, [tombstone!]);
    // What was in the backup and not applied yet.
    await writeLog(restored.pool, [report('A', 9), report('B', 9), report('A', 11)]);
    const [letter] = await select('SELECT generation, lane, seq AS sequence FROM log_dead_letters');
    await askDeadLetter(restored.pool, STATE_GROUP, letter as never, 'requeue', 'tester');
    await startWriter('w2');
    await drained();
    await eventually('the letter is settled', async () => (await books()).dead === 0);
    expect(await books()).toMatchObject({ erased: 2, discarded: 0 });
    expect(await devices()).toEqual({ A: 2, B: 2 });
    await erase('x2', 'A', 12);
    await drained();
    expect(await devices()).toEqual({ B: 2 });
  } finally {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    database = old;
    await restored.drop();
  }
}, 60_000);
