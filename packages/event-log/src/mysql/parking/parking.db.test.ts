import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { createRecordingApplier, createRecordingTable } from '../../contract/recording-applier.js';
import { readRecorded, testEvent } from '../../contract/log-probe.js';
import type { LogAppender, LogConsumer } from '../../event-log.js';
import { createMySqlAppender } from '../append/appender.js';
import { startMySqlConsumer, type ConsumerOptions } from '../consume/consumer.js';
import { readLogStats } from '../log-stats.js';

let database: TestDatabase;
let appender: LogAppender;
const consumers: LogConsumer[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  await createRecordingTable(database.pool);
  appender = await createMySqlAppender({ address: database.address, producer: 'test' });
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  await appender.close();
  await database.drop();
});

const QUICK = { firstMs: 100, longestMs: 200, attempts: 5, unknownTypeEveryMs: 200 };

async function startConsumer(name: string, options: Partial<ConsumerOptions> = {}) {
  const applier = createRecordingApplier(name);
  const consumer = await startMySqlConsumer({
    ...{ address: database.address, group: 'state', member: name, version: 'test', applier },
    ...{ retries: QUICK, ...options },
  });
  consumers.push(consumer);
  return { applier, consumer };
}

const append = (device: string, ...numbers: number[]): Promise<void> =>
  appender.append(
    numbers.map((n) => testEvent(device, n)),
    'heartbeat',
  );

const idsOf = async (device: string): Promise<string[]> =>
  (await readRecorded(database.pool)).filter((row) => row.device === device).map(({ id }) => id);

async function books() {
  const { lanes } = await readLogStats(database.pool, 'state');
  const sum = (of: (lane: (typeof lanes)[number]) => number) =>
    lanes.reduce((total, lane) => total + of(lane), 0);
  return {
    accepted: sum(({ head }) => head),
    lag: sum(({ lagEvents }) => lagEvents),
    parkedEvents: sum(({ parkedEvents }) => parkedEvents),
    parkedDevices: sum(({ parkedDevices }) => parkedDevices),
    dead: sum(({ deadLetters }) => deadLetters),
    discarded: sum(({ discarded }) => discarded),
  };
}

const deadLetters = async (): Promise<RowDataPacket[]> => {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT subject, event_id, reason, cause, attempts, state, settled_at FROM log_dead_letters ORDER BY seq',
  );
  return rows;
};
const parkedRows = async (): Promise<RowDataPacket[]> => {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT subject, reason, cause, attempts, next_attempt_at FROM log_parked ORDER BY seq',
  );
  return rows;
};

test('a refused event parks its device; five attempts later it is a dead letter and the rest goes on in order', async () => {
  const { applier } = await startConsumer('w1');
  applier.refuse = ({ id }) => (id === 'bad-2' ? { reason: 'refused', cause: 'it is poison' } : undefined);
  await append('bad', 1, 2, 3);
  await append('good', 1, 2);
  await append('bad', 4);
  await eventually('the other device is applied', async () => (await idsOf('good')).length === 2);
  await eventually('the event is given up', async () => (await deadLetters()).length === 1);
  await append('bad', 5);
  await eventually('all else is applied', async () => (await idsOf('bad')).length === 4);
  expect(await idsOf('bad')).toEqual(['bad-1', 'bad-3', 'bad-4', 'bad-5']);
  expect(await deadLetters()).toMatchObject([
    { event_id: 'bad-2', reason: 'refused', cause: 'it is poison', attempts: 5, state: 'dead' },
  ]);
  expect(await parkedRows()).toEqual([]);
  expect(await books()).toEqual({
    ...{ accepted: 7, lag: 0, parkedEvents: 0, parkedDevices: 0, dead: 1, discarded: 0 },
  });
});

test('while a device is parked its later events wait, counted, and other lanes do not', async () => {
  const { applier } = await startConsumer('w1', {
    retries: { ...QUICK, firstMs: 60_000, longestMs: 60_000 },
  });
  applier.refuse = ({ subject }) => (subject === 'bad' ? { reason: 'refused', cause: 'no' } : undefined);
  await append('bad', 1, 2);
  await eventually('it is parked', async () => (await books()).parkedEvents === 2);
  applier.refuse = undefined;
  await append('bad', 3);
  await append('good', 1);
  await eventually('all is passed', async () => (await books()).lag === 0);
  expect(await idsOf('bad')).toEqual([]);
  expect(await idsOf('good')).toEqual(['good-1']);
  expect(await books()).toMatchObject({ accepted: 4, parkedEvents: 3, parkedDevices: 1, dead: 0 });
  const [head, ...behind] = await parkedRows();
  expect(head).toMatchObject({ reason: 'refused', attempts: 1 });
  expect(behind.map((row) => row['next_attempt_at'] as unknown)).toEqual([null, null]);
});

test('a parked device outlives its writer: the next owner keeps its events back and applies them in order', async () => {
  const slow = { ...QUICK, firstMs: 700, longestMs: 700 };
  const { applier, consumer } = await startConsumer('w1', { retries: slow });
  applier.refuse = ({ id }) => (id === 'bad-1' ? { reason: 'refused', cause: 'no' } : undefined);
  await append('bad', 1, 2);
  await eventually('it is parked', async () => (await books()).parkedEvents === 2);
  await consumer.stop();
  await append('bad', 3);
  await startConsumer('w2', { retries: slow });
  await eventually('all is applied', async () => (await idsOf('bad')).length === 3);
  expect(await idsOf('bad')).toEqual(['bad-1', 'bad-2', 'bad-3']);
  expect(await books()).toMatchObject({ parkedEvents: 0, parkedDevices: 0, dead: 0 });
});

test('a type that this writer does not know waits without attempts until a writer that knows it takes over', async () => {
  const { applier, consumer } = await startConsumer('old', {
    retries: { ...QUICK, unknownTypeEveryMs: 60_000 },
  });
  applier.refuse = ({ id }) =>
    id === 'new-2' ? { reason: 'unknown_type', cause: 'type x is not known' } : undefined;
  await append('new', 1, 2, 3);
  await eventually('it is parked', async () => (await books()).parkedEvents === 2);
  expect(await parkedRows()).toMatchObject([{ reason: 'unknown_type', attempts: 0 }, { reason: '' }]);
  await consumer.stop();
  await startConsumer('new', { retries: { ...QUICK, unknownTypeEveryMs: 60_000 } });
  await eventually('it is applied', async () => (await idsOf('new')).length === 3);
  expect(await idsOf('new')).toEqual(['new-1', 'new-2', 'new-3']);
});

test('an event that makes the applier fail is found and parked; the batch around it is applied', async () => {
  const { applier } = await startConsumer('w1');
  applier.fail = (id) => id === 'D3-1';
  for (let n = 0; n < 3; n += 1) {
    await appender.append(
      Array.from({ length: 40 }, (_, device) => testEvent(`D${device}`, n)),
      'heartbeat',
    );
  }
  await eventually('the event is given up', async () => (await deadLetters()).length === 1, 20_000);
  await eventually('all else is applied', async () => (await readRecorded(database.pool)).length === 119);
  expect(await deadLetters()).toMatchObject([
    { event_id: 'D3-1', reason: 'refused', cause: 'Event D3-1 fails' },
  ]);
  expect(await idsOf('D3')).toEqual(['D3-0', 'D3-2']);
});

test('a row that the database does not take is found by halving the batch, and its device parked', async () => {
  await database.pool.query("ALTER TABLE recorded ADD CONSTRAINT not_this CHECK (id <> 'D7-1')");
  for (let n = 0; n < 3; n += 1) {
    await appender.append(
      Array.from({ length: 300 }, (_, device) => testEvent(`D${device}`, n)),
      'heartbeat',
    );
  }
  await startConsumer('w1');
  await eventually(
    'all else is applied',
    async () => (await readRecorded(database.pool)).length >= 898,
    20_000,
  );
  await eventually('the event is given up', async () => (await deadLetters()).length === 1, 20_000);
  await eventually('all else is applied', async () => (await readRecorded(database.pool)).length === 899);
  expect(await deadLetters()).toMatchObject([{ event_id: 'D7-1', reason: 'data_error', attempts: 5 }]);
  expect(await idsOf('D7')).toEqual(['D7-0', 'D7-2']);
});

test('when most devices fail it is not their events: the lanes wait, park nothing more and go on when it is mended', async () => {
  await database.pool.query('ALTER TABLE recorded ADD CONSTRAINT broken CHECK (lane > 1000)');
  await startConsumer('w1', { retries: { ...QUICK, firstMs: 60_000, longestMs: 60_000 } });
  for (let n = 0; n < 2; n += 1) {
    await appender.append(
      Array.from({ length: 600 }, (_, device) => testEvent(`D${device}`, n)),
      'heartbeat',
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const { parkedDevices, lag } = await books();
  expect(parkedDevices).toBeLessThanOrEqual(16 * 20);
  expect(lag).toBeGreaterThan(0);
  await database.pool.query('ALTER TABLE recorded DROP CONSTRAINT broken');
  await eventually(
    'all is applied',
    async () => {
      // Again and again: what was found just before the mending may be parked just after it.
      await database.pool.query(
        'UPDATE log_parked SET next_attempt_at = SYSDATE(3) WHERE next_attempt_at > SYSDATE(3)',
      );
      return (await readRecorded(database.pool)).length === 1200;
    },
    30_000,
  );
  expect(await books()).toMatchObject({ lag: 0, parkedEvents: 0, parkedDevices: 0, dead: 0 });
}, 60_000);

test('a missing table is ours: the lanes wait, nothing is parked, and they go on when it is back', async () => {
  await database.pool.query('RENAME TABLE recorded TO recorded_away');
  await startConsumer('w1');
  await append('D1', 1, 2);
  await append('D2', 1, 2);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await parkedRows()).toEqual([]);
  await database.pool.query('RENAME TABLE recorded_away TO recorded');
  await eventually('all is applied', async () => (await readRecorded(database.pool)).length === 4);
  expect(await deadLetters()).toEqual([]);
});

test('a dead letter is applied once however often it is asked for, and a discarded one never', async () => {
  const { applier } = await startConsumer('w1');
  applier.refuse = ({ id }) => (id.endsWith('-0') ? { reason: 'refused', cause: 'no' } : undefined);
  await append('a', 0, 1);
  await append('b', 0, 1);
  await eventually('both are given up', async () => (await deadLetters()).length === 2);
  await eventually('the rest is applied', async () => (await readRecorded(database.pool)).length === 2);
  const ask = async (subject: string, state: string): Promise<void> => {
    await database.pool.query(
      "UPDATE log_dead_letters SET state = ?, asked_by = 'op', asked_at = SYSDATE(3) WHERE subject = ? AND state = 'dead'",
      [state, subject],
    );
  };
  await ask('a', 'requeue');
  await eventually('it is refused again', async () =>
    (await deadLetters()).some((row) => row['attempts'] === 6),
  );
  applier.refuse = undefined;
  await Promise.all([ask('a', 'requeue'), ask('a', 'requeue'), ask('b', 'discard')]);
  await eventually('both are settled', async () =>
    (await deadLetters()).every((row) => row['settled_at'] !== null),
  );
  expect(await idsOf('a')).toEqual(['a-1', 'a-0']);
  expect(await idsOf('b')).toEqual(['b-1']);
  expect((await deadLetters()).map((row) => row['state'] as string).sort()).toEqual(['applied', 'discarded']);
  expect(await books()).toMatchObject({ accepted: 4, dead: 0, discarded: 1, lag: 0 });
});
