import type { RowDataPacket } from 'mysql2';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { readWholeLog, testEvent } from '../../contract/log-probe.js';
import { LogUnavailableError } from '../../event-log.js';
import { createMySqlAppender } from './appender.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const appenderOf = (options: Partial<Parameters<typeof createMySqlAppender>[0]> = {}) =>
  createMySqlAppender({ address: database.address, producer: 'test', ...options });

test('concurrent calls share flushes', async () => {
  const appender = await appenderOf();
  const calls = Array.from({ length: 1000 }, (_, n) =>
    appender.append([testEvent(`D${n % 20}`, Math.floor(n / 20))], 'heartbeat'),
  );
  await Promise.all(calls);
  expect(await readWholeLog(database.pool)).toHaveLength(1000);
  const [[records]] = await database.pool.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM log_records');
  expect(Number(records?.['n'])).toBeLessThan(100);
  await appender.close();
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
  const appender = await appenderOf({ answerWithinMs: 3000 });
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
