import { laneOf } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import { startFaultProxy } from '../../../../tests/support/fault-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { eventually, readWholeLog, testEvent } from '../contract/log-probe.js';
import { LogFullError, LogUnavailableError } from '../event-log.js';
import { createMySqlAppender } from './appender.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const appenderOf = (options: Partial<Parameters<typeof createMySqlAppender>[0]> = {}) =>
  createMySqlAppender({ address: database.address, producer: 'test', ...options });

test('an answered append is in the log, in the lane of its device', async () => {
  const appender = await appenderOf();
  await appender.append([testEvent('A', 1), testEvent('B', 1)], 'heartbeat');
  const log = await readWholeLog(database.pool);
  expect(new Set(log.map(({ id }) => id))).toEqual(new Set(['A-1', 'B-1']));
  for (const { device, lane } of log) expect(lane).toBe(laneOf(device, 16));
  await appender.close();
});

test('concurrent callers of two processes share flushes and leave no gap in any lane', async () => {
  const appenders = [await appenderOf({ producer: 'one' }), await appenderOf({ producer: 'two' })];
  const calls: Promise<void>[] = [];
  for (let n = 0; n < 100; n += 1) {
    for (const [index, appender] of appenders.entries()) {
      for (let device = 0; device < 10; device += 1) {
        calls.push(appender.append([testEvent(`P${index}-D${device}`, n)], 'heartbeat'));
      }
    }
    if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(calls);

  const log = await readWholeLog(database.pool);
  expect(log).toHaveLength(2000);
  expect(new Set(log.map(({ id }) => id)).size).toBe(2000);
  for (let lane = 0; lane < 16; lane += 1) {
    const sequences = log.filter((event) => event.lane === lane).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_sequence, index) => index + 1));
  }
  for (const device of new Set(log.map((event) => event.device))) {
    const numbers = log
      .filter((event) => event.device === device)
      .map(({ id }) => Number(id.split('-').at(-1)));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
  const [[records]] = await database.pool.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM log_records');
  expect(Number(records?.['n'])).toBeLessThan(1500);
  await Promise.all(appenders.map((appender) => appender.close()));
});

test('a flush whose answer is lost is in the log once, and its caller gets an answer', async () => {
  const proxy = await startFaultProxy(database.address);
  const appender = await appenderOf({
    address: proxy.address,
    leaseMs: 1000,
  });
  await appender.append([testEvent('A', 1)], 'heartbeat');
  proxy.loseAnswers();
  const doubtful = appender.append([testEvent('A', 2)], 'heartbeat');
  await eventually(
    'the lost flush is committed',
    async () => (await readWholeLog(database.pool)).length === 2,
  );
  proxy.heal();
  await doubtful;
  await appender.append([testEvent('A', 3)], 'heartbeat');
  expect((await readWholeLog(database.pool)).map(({ id }) => id)).toEqual(['A-1', 'A-2', 'A-3']);
  await appender.close();
  await proxy.close();
});

test('a half-open link of one process does not stop the intake of another', async () => {
  const proxy = await startFaultProxy(database.address);
  const stuck = await appenderOf({ address: proxy.address, leaseMs: 1000 });
  const other = await appenderOf({ producer: 'other' });
  proxy.freeze();
  const doubtful = stuck.append([testEvent('A', 1)], 'heartbeat');
  await other.append([testEvent('A', 2)], 'heartbeat');
  proxy.heal();
  await doubtful;
  expect((await readWholeLog(database.pool)).map(({ id }) => id)).toEqual(['A-2', 'A-1']);
  await Promise.all([stuck.close(), other.close()]);
  await proxy.close();
});

test('a flush that waits for a lane head goes through when the holder is gone', async () => {
  const appender = await appenderOf();
  const holder = await database.pool.getConnection();
  await holder.query('START TRANSACTION');
  await holder.query('SELECT * FROM log_lanes FOR UPDATE');
  const waiting = appender.append([testEvent('A', 1)], 'heartbeat');
  holder.destroy();
  await waiting;
  expect(await readWholeLog(database.pool)).toHaveLength(1);
  await appender.close();
});

test('an error in the middle of a flush leaves nothing of it behind and the same flush succeeds later', async () => {
  const appender = await appenderOf({ answerWithinMs: 500 });
  await database.pool.query(
    "CREATE TRIGGER full BEFORE INSERT ON log_records FOR EACH ROW SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213",
  );
  await expect(appender.append([testEvent('A', 1)], 'heartbeat')).rejects.toThrow(LogUnavailableError);
  const [heads] = await database.pool.query<RowDataPacket[]>('SELECT SUM(head_seq) AS heads FROM log_lanes');
  expect(Number(heads[0]?.['heads'])).toBe(0);
  await database.pool.query('DROP TRIGGER full');
  await appender.append([testEvent('A', 2)], 'heartbeat');
  expect((await readWholeLog(database.pool)).map(({ id }) => id)).toEqual(['A-1', 'A-2']);
  await appender.close();
});

test('a full buffer refuses a call whole, and one path cannot fill it for the others', async () => {
  const appender = await appenderOf({ limits: { maxEvents: 100, pathShare: 0.5 } });
  const fifty = Array.from({ length: 50 }, (_, n) => testEvent('A', n));
  const taken = appender.append(fifty, 'telemetry');
  await expect(appender.append([testEvent('A', 51)], 'telemetry')).rejects.toThrow(LogFullError);
  await appender.append([testEvent('B', 1)], 'webhook');
  await taken;
  expect(await readWholeLog(database.pool)).toHaveLength(51);
  expect(appender.buffered()).toEqual({ events: 0, bytes: 0, callers: 0 });
  await appender.close();
});

test('received_at never goes back within a lane, even when the clock of the database does', async () => {
  const appender = await appenderOf();
  await database.pool.query("UPDATE log_lanes SET last_received_at = '2031-01-01 00:00:00.500'");
  await appender.append([testEvent('A', 1)], 'heartbeat');
  const [[record]] = await database.pool.query<RowDataPacket[]>(
    'SELECT CAST(received_at AS CHAR) AS at FROM log_records',
  );
  expect(record?.['at']).toBe('2031-01-01 00:00:00.500');
  await appender.close();
});

test('a producer whose row is gone, as after a restore, goes on under a new name', async () => {
  const appender = await appenderOf();
  await appender.append([testEvent('A', 1)], 'heartbeat');
  await database.pool.query('DELETE FROM log_producers');
  await appender.append([testEvent('A', 2)], 'heartbeat');
  expect(await readWholeLog(database.pool)).toHaveLength(2);
  await appender.close();
});
