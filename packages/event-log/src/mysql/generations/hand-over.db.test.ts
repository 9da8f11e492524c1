import { laneOf } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../../../tests/support/eventually.js';
import { startFaultProxy } from '../../../../../tests/support/fault-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { createRecordingApplier, createRecordingTable } from '../../contract/recording-applier.js';
import { readRecorded, testEvent } from '../../contract/log-probe.js';
import type { LogAppender, LogConsumer } from '../../event-log.js';
import { createMySqlAppender } from '../append/appender.js';
import { startMySqlConsumer, type ConsumerOptions } from '../consume/consumer.js';
import type { MoveHome } from './hand-over.js';
import { LogShapeError } from './log-shape.js';
import { readLogStats } from '../log-stats.js';
import { FenceError, moveOffsets } from '../consume/offset-fence.js';
import { openGeneration } from './open-generation.js';

let database: TestDatabase;
let appender: LogAppender;
const consumers: LogConsumer[] = [];
const DEVICES = 30;

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

const QUICK = { firstMs: 100, longestMs: 200, attempts: 3, unknownTypeEveryMs: 200 };

async function startConsumer(name: string, options: Partial<ConsumerOptions> = {}) {
  const applier = createRecordingApplier(name);
  const consumer = await startMySqlConsumer({
    ...{ address: database.address, group: 'state', member: name, version: 'test', applier },
    ...{ retries: QUICK, ...options },
  });
  consumers.push(consumer);
  return { applier, consumer };
}

/** Events `from` to `to` (without it) of every device, one call a number. */
async function appendNumbered(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) {
    const events = Array.from({ length: DEVICES }, (_, device) => testEvent(`D${device}`, n));
    await appender.append(events, 'heartbeat');
  }
}

const open = (lanes: number) =>
  openGeneration(database.pool, { lanes, reason: 'more writers', actor: 'tester' });
const rows = async (sql: string, values: unknown[] = []): Promise<RowDataPacket[]> =>
  (await database.pool.query<RowDataPacket[]>(sql, values))[0];

async function books(group = 'state') {
  const { lanes } = await readLogStats(database.pool, group);
  const sum = (of: (lane: (typeof lanes)[number]) => number) =>
    lanes.reduce((total, lane) => total + of(lane), 0);
  return {
    accepted: sum(({ head, base }) => head - base),
    passed: sum(({ offset, base }) => offset - base),
    lag: sum(({ lagEvents }) => lagEvents),
    lagBytes: sum(({ lagBytes }) => lagBytes),
    parkedEvents: sum(({ parkedEvents }) => parkedEvents),
    parkedDevices: sum(({ parkedDevices }) => parkedDevices),
    dead: sum(({ deadLetters }) => deadLetters),
  };
}

const allApplied = () => eventually('the log is applied', async () => (await books()).lag === 0, 15_000);

/** Every event once, each device's in the order of its numbers. */
async function expectAppliedOnceInOrder(perDevice: number): Promise<void> {
  const recorded = await readRecorded(database.pool);
  expect(recorded).toHaveLength(DEVICES * perDevice);
  for (let device = 0; device < DEVICES; device += 1) {
    const ids = recorded.filter((row) => row.device === `D${device}`).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: perDevice }, (_, n) => `D${device}-${n}`));
  }
}

test('no lane of a new generation is applied before the old one is applied to its end', async () => {
  await appendNumbered(0, 20);
  await open(5);
  await appendNumbered(20, 40);
  await startConsumer('w1', { limits: { events: 50 } });
  await startConsumer('w2', { limits: { events: 50 } });
  await allApplied();
  await expectAppliedOnceInOrder(40);
  const numbers = (await readRecorded(database.pool)).map(({ id }) => Number(id.split('-')[1]));
  expect(numbers.findIndex((n) => n >= 20)).toBeGreaterThan(numbers.findLastIndex((n) => n < 20));
  const generations = await rows('SELECT sealed_at, ready_at FROM log_generations ORDER BY generation');
  expect(generations.map((row) => row['ready_at'] !== null)).toEqual([true, true]);
});

test('generations that open under load are applied by running members: nothing lost, doubled or reordered', async () => {
  await startConsumer('w1');
  await startConsumer('w2');
  const load = appendNumbered(0, 150);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await open(24);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await open(3);
  await load;
  await allApplied();
  await expectAppliedOnceInOrder(150);
  expect(await books()).toMatchObject({
    ...{ accepted: DEVICES * 150, passed: DEVICES * 150, lag: 0, lagBytes: 0 },
  });
  await eventually('the lanes of the newest are shared', async () => {
    const { lanes } = await readLogStats(database.pool, 'state');
    return lanes.filter(({ owner }) => owner !== null).length === 3;
  });
});

test('while one lane of a sealed generation is behind, the watermarks of the others stay behind the seal', async () => {
  await appendNumbered(0, 1);
  const [hole] = await rows('SELECT lane, last_seq FROM log_records LIMIT 1');
  await database.pool.query('UPDATE log_records SET lane = 99 WHERE lane = ?', [hole?.['lane']]);
  await startConsumer('w1');
  const watermarks = () =>
    rows(`SELECT o.lane, o.watermark > g.sealed_at AS beyond FROM log_offsets AS o
          JOIN log_generations AS g ON g.generation = o.generation WHERE o.watermark IS NOT NULL`);
  await eventually('the other lanes have watermarks', async () => (await watermarks()).length >= 15);
  await open(4);
  await appendNumbered(1, 2);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect((await watermarks()).filter(({ beyond }) => Number(beyond) === 1)).toEqual([]);
  expect((await books()).passed).toBe(
    DEVICES -
      (
        await rows('SELECT head_seq FROM log_lanes WHERE lane = ? ORDER BY generation', [hole?.['lane']])
      )[0]?.['head_seq'],
  );
});

test('a hand-over that a stopped member leaves half done is finished by another, and the first commits nothing more', async () => {
  await database.pool.query(
    'CREATE TABLE moved (n INT NOT NULL PRIMARY KEY, by_member VARCHAR(10) NOT NULL)',
  );
  const moveAs =
    (name: string, afterFirst: () => Promise<void>): MoveHome =>
    async (_to, { read, transact }) => {
      for (let n = 0; n < 3; n += 1) {
        const [found] = await read((connection) =>
          connection.query<RowDataPacket[]>('SELECT n FROM moved WHERE n = ?', [n]),
        );
        if (found.length > 0) continue;
        await transact(async (transaction) => {
          await transaction.query('INSERT INTO moved (n, by_member) VALUES (?, ?)', [n, name]);
          if (n === 1) await afterFirst();
        });
      }
    };
  const proxy = await startFaultProxy(database.address);
  let reached = false;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await appendNumbered(0, 2);
  await startConsumer('a', {
    address: proxy.address,
    leaseMs: 2000,
    moveHome: moveAs('a', () => {
      reached = true;
      return held;
    }),
  });
  await allApplied();
  await open(4);
  await appendNumbered(2, 4);
  await eventually('the hand-over is in its middle', () => reached);
  proxy.freeze();
  await startConsumer('b', { leaseMs: 2000, moveHome: moveAs('b', () => Promise.resolve()) });
  await allApplied();
  proxy.heal();
  release();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await expectAppliedOnceInOrder(4);
  expect(
    (await rows('SELECT by_member FROM moved ORDER BY n')).map((row) => row['by_member'] as string),
  ).toEqual([...['a', 'b', 'b']]);
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  await proxy.close();
});

test('an owner of old commits nothing from the moment a hand-over begins', async () => {
  let refused: unknown;
  const generation = (await rows('SELECT generation FROM log_generations'))[0]?.['generation'] as number;
  const membership = {
    ...{ group: 'state', generation, member: 'w1', host: 'h', version: 'test', leaseMs: 5000 },
  };
  await appendNumbered(0, 1);
  let owned: RowDataPacket[] = [];
  await startConsumer('w1', {
    moveHome: async (_to, { read }) => {
      // The same member, which knew itself as the owner a moment ago.
      const moves = owned.slice(1, 3).map((row) => ({
        lane: row['lane'] as number,
        epoch: Number(row['epoch']),
        fromOffset: Number(row['applied_seq']),
        fromHour: Number(row['applied_hour']),
      }));
      refused = await read((connection) => moveOffsets(connection, membership, moves)).catch(
        (error: unknown) => error,
      );
    },
  });
  await allApplied();
  await eventually('all lanes are owned', async () => {
    owned = await rows("SELECT * FROM log_offsets WHERE owner = 'w1' ORDER BY lane");
    return owned.length === 16;
  });
  await open(4);
  await appendNumbered(1, 2);
  await allApplied();
  expect(refused).toBeInstanceOf(FenceError);
  await expectAppliedOnceInOrder(2);
});

test('parked events and dead letters move to the lanes of their devices, and the books balance', async () => {
  const { applier } = await startConsumer('w1', { retries: { ...QUICK, attempts: 2 } });
  let poison = true;
  applier.refuse = ({ id }) =>
    poison && /^D[123]-1$/.test(id) ? { reason: 'refused', cause: 'poison' } : undefined;
  await appendNumbered(0, 3);
  await eventually('three are given up', async () => (await books()).dead === 3);
  applier.refuse = ({ id }) =>
    poison && /^D[45]-3$/.test(id) ? { reason: 'unknown_type', cause: 'too new' } : undefined;
  await appendNumbered(3, 5);
  await eventually('two devices are parked', async () => (await books()).parkedDevices === 2);
  await open(7);
  await appendNumbered(5, 6);
  await eventually(
    'the new generation is applied',
    async () => (await books()).lag === 0 && (await books()).parkedEvents === 6,
  );
  const total = DEVICES * 6;
  expect(await books()).toMatchObject({ accepted: total, passed: total, parkedDevices: 2, dead: 3 });
  for (const table of ['log_parked', 'log_dead_letters']) {
    for (const row of await rows(`SELECT subject, home_generation, home_lane FROM ${table}`)) {
      expect(row['home_lane']).toBe(laneOf(row['subject'] as string, 7));
    }
  }
  const perLane = await rows(
    `SELECT o.lane FROM log_offsets AS o
     WHERE o.dead_letters <> (SELECT COUNT(*) FROM log_dead_letters AS d
         WHERE d.home_generation = o.generation AND d.home_lane = o.lane)
       OR o.parked_events <> (SELECT COUNT(*) FROM log_parked AS p
         WHERE p.home_generation = o.generation AND p.home_lane = o.lane)`,
  );
  expect(perLane).toEqual([]);

  poison = false;
  await database.pool.query("UPDATE log_dead_letters SET state = 'requeue'");
  await eventually('all is applied', async () => {
    const { dead, parkedEvents } = await books();
    return dead === 0 && parkedEvents === 0;
  });
  const recorded = await readRecorded(database.pool);
  expect(recorded).toHaveLength(total);
  const ofParked = recorded.filter(({ device }) => device === 'D4').map(({ id }) => id);
  expect(ofParked).toEqual(['D4-0', 'D4-1', 'D4-2', 'D4-3', 'D4-4', 'D4-5']);
});

test('groups go to the new generation each in its own time', async () => {
  await appendNumbered(0, 2);
  await open(4);
  await appendNumbered(2, 4);
  await startConsumer('w1');
  await allApplied();
  expect((await books('feed')).lag).toBe(DEVICES * 4);
  await database.pool.query('DELETE FROM recorded');
  await startConsumer('f1', { group: 'feed' });
  await eventually('the other group is done', async () => (await books('feed')).lag === 0);
  await expectAppliedOnceInOrder(4);
});

test('a member refuses a log whose tables contradict each other, with a sentence', async () => {
  const start = () =>
    startConsumer('w1').then(
      () => 'started',
      (error: Error) => error,
    );
  await database.pool.query('DELETE FROM log_lanes WHERE lane = 15');
  const fewer = await start();
  expect(fewer).toBeInstanceOf(LogShapeError);
  expect((fewer as Error).message).toMatch(/needs 16 lanes and log_lanes has 15/);
  await database.pool.query(
    'INSERT INTO log_lanes (generation, lane, last_received_at) SELECT generation, 15, SYSDATE(3) FROM log_generations',
  );
  await database.pool.query(
    "INSERT INTO log_offsets (grp, generation, lane, applied_seq) SELECT 'state', generation, 0, 9 FROM log_generations",
  );
  expect(((await start()) as Error).message).toMatch(/not of the same backup/);
  await database.pool.query('UPDATE log_offsets SET generation = 5, applied_seq = 0');
  expect(((await start()) as Error).message).toMatch(/which the log does not have/);
});
