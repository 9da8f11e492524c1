import { connect, type SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2/promise';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { claimJob, transactUnderLease, JobLostError } from './job-lease.js';
import { CATCH_ALL } from './log-partitions.js';
import { applyLogRetention, readLowWaterMark, type RetentionReport } from './log-retention.js';
import type { JobHands } from './run-job.js';

let database: TestDatabase;
let maintenance: SingleConnection;
let now: number;
let generation: number;
const open = async () =>
  connect(await database.login('maintenance'), { abandonedAfterSeconds: 5, lockWaitSeconds: 2 });

const query = async (sql: string, values: unknown[] = []): Promise<RowDataPacket[]> =>
  (await database.pool.query<RowDataPacket[]>(sql, values))[0];

/** The log of the last `hours` hours: a record of ten events in lane 0 and lane 1 each hour, each in its partition. */
beforeEach(async () => {
  database = await createTestDatabase();
  maintenance = await open();
  const [row] = await query(
    'SELECT UNIX_TIMESTAMP() DIV 3600 AS hour, (SELECT MAX(generation) FROM log_generations) AS generation',
  );
  now = Number(row!['hour']);
  generation = Number(row!['generation']);
  const hours = Array.from({ length: 31 }, (_, n) => now - 30 + n);
  await query(
    `ALTER TABLE log_records REORGANIZE PARTITION p_rest INTO (
       ${hours.map((hour) => `PARTITION p_${hour} VALUES LESS THAN (${hour + 1})`).join(', ')},
       PARTITION p_rest VALUES LESS THAN MAXVALUE)`,
  );
  for (const lane of [0, 1]) {
    for (const hour of hours) await append(lane, hour);
    await offset('state', lane, seqAt(now), now);
  }
});
afterEach(async () => {
  maintenance.destroy();
  await database.drop();
});

/** The last sequence of the record of an hour. */
const seqAt = (hour: number) => (hour - (now - 30) + 1) * 10;
async function append(lane: number, hour: number, inGeneration = generation): Promise<void> {
  await query("INSERT INTO log_records VALUES (?, ?, ?, ?, 10, FROM_UNIXTIME(? * 3600), '[]')", [
    ...[inGeneration, lane, seqAt(hour), hour, hour],
  ]);
  await query('UPDATE log_lanes SET head_seq = ? WHERE generation = ? AND lane = ?', [
    ...[seqAt(hour), inGeneration, lane],
  ]);
}
async function offset(group: string, lane: number, seq: number, hour: number): Promise<void> {
  await query(
    `INSERT INTO log_offsets (grp, generation, lane, applied_seq, applied_hour, owner, epoch) VALUES (?, ?, ?, ?, ?, 'w', 1)
     ON DUPLICATE KEY UPDATE applied_seq = VALUES(applied_seq), applied_hour = VALUES(applied_hour)`,
    [group, generation, lane, seq, hour],
  );
}
const firstPartition = async () => {
  const [row] = await query(
    `SELECT MIN(IF(partition_name = ?, NULL, CAST(SUBSTRING(partition_name, 3) AS UNSIGNED))) AS hour
       FROM information_schema.partitions WHERE table_schema = DATABASE() AND table_name = 'log_records'`,
    [CATCH_ALL],
  );
  return Number(row!['hour']);
};
const firstRecord = async () =>
  Number((await query('SELECT MIN(received_hour) AS h FROM log_records'))[0]!['h']);

async function handsOf(connection: SingleConnection, owner = 'w', leaseMs = 30_000): Promise<JobHands> {
  const schedule = { everyMinutes: 60, atMinute: 0 };
  const lease = await claimJob(connection, { job: 'log-retention', owner, leaseMs, schedule });
  return { connection, transact: (work) => transactUnderLease(connection, lease!, work) };
}
const retain = async (policy = { hours: 24 }): Promise<RetentionReport> => {
  await query("UPDATE job_leases SET owner = NULL, outcome = ''");
  return applyLogRetention(await handsOf(maintenance), policy);
};

test('what is older than the retention goes, by whole hours, and the mark says so', async () => {
  const report = await retain();
  expect(report).toMatchObject({ moved: true, lowWaterHour: now - 24, heldBy: '', left: [], lostPlaces: [] });
  expect(report.dropped).toEqual([30, 29, 28, 27, 26, 25].map((ago) => `p_${now - ago}`));
  expect(await firstRecord()).toBe(now - 24);
  expect(await retain()).toMatchObject({ moved: false, dropped: [], heldBy: '' });
});

test('the current hour, the one before it and the catch-all stay, however short the retention', async () => {
  await append(0, now + 500);
  await offset('state', 0, seqAt(now + 500), now + 500);
  const [, report] = [await retain({ hours: 0 }), await retain({ hours: 1 })];
  expect(report.lowWaterHour).toBe(now - 1);
  expect(await firstPartition()).toBe(now - 1);
  expect(Number((await query('SELECT COUNT(*) AS n FROM log_records PARTITION (p_rest)'))[0]!['n'])).toBe(1);
});

test('what a mandatory group has not applied stays, and the report says who needs it', async () => {
  await offset('state', 1, seqAt(now - 28), now - 28);
  const report = await retain();
  expect(report).toMatchObject({ lowWaterHour: now - 27, wantedHour: now - 24 });
  expect(report.heldBy).toBe(`group state has not applied lane 1 of generation ${generation}`);
  expect(await firstRecord()).toBe(now - 27);
  expect(await readLowWaterMark(maintenance)).toMatchObject({
    lowWaterHour: now - 27,
    heldBy: report.heldBy,
  });
  await offset('state', 1, seqAt(now), now);
  expect(await retain()).toMatchObject({ lowWaterHour: now - 24, heldBy: '' });
});

test('a lane in which a mandatory group has no position counts as not applied at all', async () => {
  await query('DELETE FROM log_offsets WHERE lane = 1');
  expect(await retain()).toMatchObject({ moved: true, lowWaterHour: now - 30, dropped: [] });
  expect(await firstRecord()).toBe(now - 30);
});

test('a lane that was idle for long and just got an event holds nothing', async () => {
  await query('DELETE FROM log_records WHERE lane = 1 AND received_hour > ?', [now - 29]);
  await query('UPDATE log_lanes SET head_seq = ? WHERE lane = 1', [seqAt(now - 29)]);
  await offset('state', 1, seqAt(now - 29), now - 29);
  await query("INSERT INTO log_records VALUES (?, 1, ?, ?, 1, SYSDATE(3), '[]')", [
    ...[generation, seqAt(now - 29) + 1, now],
  ]);
  await query('UPDATE log_lanes SET head_seq = head_seq + 1 WHERE lane = 1');
  expect(await retain()).toMatchObject({ lowWaterHour: now - 24, heldBy: '' });
});

test('a sealed generation that is not applied to its end holds the log', async () => {
  await query('INSERT INTO log_generations (generation, lanes, opened_at) VALUES (?, 1, SYSDATE(3))', [
    generation - 5,
  ]);
  await query('INSERT INTO log_lanes (generation, lane, last_received_at) VALUES (?, 0, SYSDATE(3))', [
    generation - 5,
  ]);
  await append(0, now - 29, generation - 5);
  expect(await retain()).toMatchObject({ lowWaterHour: now - 29 });
});

test('an optional group that falls behind loses its place, is told so, and its owner is fenced off', async () => {
  await query("INSERT INTO log_groups (grp, mandatory, created_at) VALUES ('report', FALSE, SYSDATE(3))");
  await offset('report', 0, seqAt(now - 27) - 4, now - 27);
  await offset('report', 1, seqAt(now - 20), now - 20);
  const { lostPlaces } = await retain();
  expect(lostPlaces).toEqual([{ group: 'report', generation, lane: 0, lostEvents: 24 }]);
  expect(
    await query("SELECT lane, applied_seq, owner, epoch FROM log_offsets WHERE grp = 'report' ORDER BY lane"),
  ).toEqual([
    { lane: 0, applied_seq: seqAt(now - 25), owner: null, epoch: 2 },
    { lane: 1, applied_seq: seqAt(now - 20), owner: 'w', epoch: 1 },
  ]);
  const [group] = await query(
    "SELECT lost_events, lost_at IS NOT NULL AS told FROM log_groups WHERE grp = 'report'",
  );
  expect(group).toEqual({ lost_events: 24, told: 1 });
});

test('a replay that is running holds the mark at its position, and no longer', async () => {
  await query(
    `INSERT INTO log_replays (replay_id, grp, from_at, until_at, reason, asked_by, asked_at)
     VALUES (7, 'state', SYSDATE(3), SYSDATE(3), '', 'me', SYSDATE(3))`,
  );
  await query(
    'INSERT INTO log_replay_lanes (replay_id, generation, lane, done_seq, done_hour, end_seq) VALUES (7, ?, 0, ?, ?, ?)',
    [generation, seqAt(now - 28), now - 28, seqAt(now)],
  );
  expect(await retain()).toMatchObject({ lowWaterHour: now - 28, heldBy: 'replay 7 is running' });
  await query("UPDATE log_replay_lanes SET state = 'done'");
  expect(await retain()).toMatchObject({ lowWaterHour: now - 24 });
});

test.each(['asked', 'clearing', 'applying'])('a rebuild that is %s keeps the whole log', async (state) => {
  await query(
    `INSERT INTO log_rebuilds (grp, generation, lane, state, reason, asked_by, asked_at)
     VALUES ('state', ?, 0, ?, '', 'me', SYSDATE(3))`,
    [generation, state],
  );
  expect(await retain()).toMatchObject({ moved: false, lowWaterHour: 0, dropped: [], left: [] });
  await query("UPDATE log_rebuilds SET state = 'done'");
  expect((await retain()).dropped).toHaveLength(6);
});

test('a rebuild that sets the offset back while the mark is being moved is seen', async () => {
  const writer = await connect(database.address, {});
  await writer.query('START TRANSACTION');
  await writer.query('UPDATE log_offsets SET applied_seq = 0, applied_hour = 0 WHERE lane = 0');
  const retaining = retain();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await writer.query('COMMIT');
  expect(await retaining).toMatchObject({ lowWaterHour: now - 30, dropped: [] });
  await writer.end();
});

test('a partition in use stays behind the mark, without a hang, and goes the next time', async () => {
  const reader = await connect(database.address, {});
  await reader.query('START TRANSACTION');
  await reader.query('SELECT COUNT(*) FROM log_records');
  const startedAt = performance.now();
  const first = await retain();
  expect(performance.now() - startedAt).toBeLessThan(4000);
  expect(first).toMatchObject({ moved: true, lowWaterHour: now - 24, dropped: [] });
  expect(first.left).toHaveLength(6);
  await reader.query('COMMIT');
  await reader.end();
  const second = await retain();
  expect(second).toMatchObject({ moved: false, left: [] });
  expect(second.dropped).toHaveLength(6);
});

test('two processes at once drop everything once', async () => {
  const other = await open();
  await query('UPDATE log_retention SET low_water_hour = ?', [now - 24]);
  const hands = await handsOf(maintenance);
  const reports = await Promise.all([
    applyLogRetention(hands, { hours: 24 }),
    applyLogRetention({ connection: other, transact: hands.transact }, { hours: 24 }),
  ]);
  expect(reports.flatMap(({ dropped }) => dropped).sort()).toHaveLength(6);
  expect(await firstRecord()).toBe(now - 24);
  other.destroy();
});

test('a process that lost the job in the middle moves no mark; the one that took over finishes', async () => {
  const slow = await handsOf(maintenance, 'slow', 1);
  const other = await open();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const heir = await handsOf(other, 'heir');
  await expect(applyLogRetention(slow, { hours: 24 })).rejects.toThrow(JobLostError);
  expect((await readLowWaterMark(maintenance)).lowWaterHour).toBe(0);
  expect((await applyLogRetention(heir, { hours: 24 })).dropped).toHaveLength(6);
  other.destroy();
});

test('a record that was put into an old hour after the mark had passed it keeps its partition', async () => {
  await query('UPDATE log_retention SET low_water_hour = ?', [now - 24]);
  await query("INSERT INTO log_records VALUES (?, 0, ?, ?, 1, SYSDATE(3), '[]')", [
    generation,
    seqAt(now) + 1,
    now - 26,
  ]);
  await query('UPDATE log_lanes SET head_seq = head_seq + 1 WHERE lane = 0');
  const report = await retain();
  expect(report.left).toEqual([`p_${now - 26}`]);
  expect(report.dropped).toHaveLength(5);
});

test('a limit of bytes lets go of the oldest hours first', async () => {
  await query('UPDATE log_records SET events = REPEAT(?, 1000000)', ['x']);
  await query('ANALYZE TABLE log_records');
  const report = await applyLogRetention(await handsOf(maintenance), { hours: 24, bytes: 20_000_000 });
  expect(report.lowWaterHour).toBeGreaterThan(now - 15);
  expect(report.lowWaterHour).toBeLessThanOrEqual(now - 3);
});
