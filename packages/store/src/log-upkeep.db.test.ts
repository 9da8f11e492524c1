import { connect, type SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2/promise';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { removeDepartedProcesses, removeOldIntakeGaps } from './departed-processes.js';
import { makeLogPartitions } from './log-partitions.js';

let database: TestDatabase;
let maintenance: SingleConnection;

beforeEach(async () => {
  database = await createTestDatabase();
  maintenance = await connect(await database.login('maintenance'), {});
});
afterEach(async () => {
  await maintenance.end();
  await database.drop();
});

const thisHour = async () => {
  const [[row]] = await database.pool.query<RowDataPacket[]>('SELECT UNIX_TIMESTAMP() DIV 3600 AS hour');
  return Number(row?.['hour']);
};
const insertRecord = (hour: number) =>
  database.pool.query("INSERT INTO log_records VALUES (1, 0, ?, ?, 1, UTC_TIMESTAMP(3), '[]')", [hour, hour]);
const rowsIn = async (partition: string) => {
  const [[row]] = await database.pool.query<RowDataPacket[]>(
    `SELECT COUNT(*) AS found FROM log_records PARTITION (${partition})`,
  );
  return Number(row?.['found']);
};

test('partitions are made for the current hour and those ahead, and only once', async () => {
  const hour = await thisHour();
  const first = await makeLogPartitions(maintenance, 5);
  expect(first).toEqual({ outcome: 'made', made: Array.from({ length: 6 }, (_, n) => `p_${hour + n}`) });
  expect(await makeLogPartitions(maintenance, 5)).toEqual({ outcome: 'made', made: [] });
  expect((await makeLogPartitions(maintenance, 7)).made).toEqual([`p_${hour + 6}`, `p_${hour + 7}`]);
  await insertRecord(hour);
  await insertRecord(hour + 3);
  await insertRecord(hour + 100);
  expect(await rowsIn(`p_${hour}`)).toBe(1);
  expect(await rowsIn(`p_${hour + 3}`)).toBe(1);
  expect(await rowsIn('p_rest')).toBe(1);
});

test('rows that came before there were partitions are kept', async () => {
  const hour = await thisHour();
  await insertRecord(hour - 5);
  await insertRecord(hour);
  await makeLogPartitions(maintenance, 2);
  expect(await rowsIn(`p_${hour}`)).toBe(2);
  expect(await rowsIn('p_rest')).toBe(0);
});

test('of two processes that make partitions at once, one does', async () => {
  const other = await connect(await database.login('maintenance'), {});
  const reports = await Promise.all([makeLogPartitions(maintenance, 3), makeLogPartitions(other, 3)]);
  expect(reports.filter(({ made }) => made.length === 4)).toHaveLength(1);
  await other.end();
});

test('a long transaction on the log makes the attempt fail within seconds, not hang, and a later one succeeds', async () => {
  const reader = await connect(database.address, {});
  await reader.query('START TRANSACTION');
  await reader.query('SELECT * FROM log_records');
  await expect(makeLogPartitions(maintenance, 3)).rejects.toThrow(/lock/i);
  await reader.query('COMMIT');
  await reader.end();
  expect((await makeLogPartitions(maintenance, 3)).made).toHaveLength(4);
}, 15_000);

test('processes not heard of for a day and gaps of last month go, the others stay', async () => {
  await database.pool.query(
    `INSERT INTO intake_processes VALUES
       ('old', 'heartbeat', 's', 0, UTC_TIMESTAMP(3) - INTERVAL 25 HOUR),
       ('new', 'heartbeat', 's', 0, UTC_TIMESTAMP(3) - INTERVAL 23 HOUR)`,
  );
  await database.pool.query(
    `INSERT INTO log_producers (producer, flush_no, started_at, flushed_at) VALUES
       ('old', 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL 25 HOUR),
       ('new', 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
  );
  await database.pool.query(
    `INSERT INTO log_members (grp, member, lease_until, started_at, host, version) VALUES
       ('state', 'old', UTC_TIMESTAMP(3) - INTERVAL 25 HOUR, UTC_TIMESTAMP(3), 'h', '1'),
       ('state', 'new', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'h', '1')`,
  );
  await database.pool.query(
    `INSERT INTO intake_gaps VALUES
       ('heartbeat', UTC_TIMESTAMP(3) - INTERVAL 32 DAY, UTC_TIMESTAMP(3) - INTERVAL 31 DAY),
       ('heartbeat', UTC_TIMESTAMP(3) - INTERVAL 2 DAY, UTC_TIMESTAMP(3) - INTERVAL 1 DAY)`,
  );
  expect(await removeDepartedProcesses(maintenance)).toBe(3);
  expect(await removeOldIntakeGaps(maintenance)).toBe(1);
  const [[left]] = await database.pool.query<RowDataPacket[]>(
    `SELECT (SELECT GROUP_CONCAT(process) FROM intake_processes) AS processes,
            (SELECT GROUP_CONCAT(producer) FROM log_producers) AS producers,
            (SELECT GROUP_CONCAT(member) FROM log_members) AS members,
            (SELECT COUNT(*) FROM intake_gaps) AS gaps`,
  );
  expect(left).toEqual({ processes: 'new', producers: 'new', members: 'new', gaps: 1 });
});
