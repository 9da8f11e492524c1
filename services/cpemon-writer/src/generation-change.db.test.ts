import { formatDatabaseUrl } from '@cpemon/database';
import { laneOf, type CpeEvent } from '@cpemon/domain';
import {
  createMySqlAppender,
  openGeneration,
  readLogStats,
  STATE_GROUP,
  type LogAppender,
} from '@cpemon/event-log';
import { createLogger } from '@cpemon/service-kit';
import { startIntakeBeats, type IntakeBeats } from '@cpemon/store';
import type { RowDataPacket } from 'mysql2/promise';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { readConfig } from './config.js';
import { createMoveHome } from './move-home.js';
import { startWriter } from './writer.js';

const SILENT = { warn: () => undefined, info: () => undefined, error: () => undefined };
const logger = createLogger({ service: 'cpemon-writer', level: 'silent' });

let database: TestDatabase;
let appender: LogAppender;
let beats: IntakeBeats;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  database = await createTestDatabase();
  stops = [];
  appender = await createMySqlAppender({ address: await database.login('ingest'), producer: 'test-ingest' });
  beats = await startIntakeBeats({
    pool: database.pool,
    process: 'test-ingest',
    service: 'cpemon-api',
    paths: ['heartbeat'],
    accepting: () => true,
    logger: SILENT,
  });
});
afterEach(async () => {
  for (const stop of stops) await stop();
  await beats.stop();
  await appender.close();
  await database.drop();
});

async function startOne(): Promise<void> {
  const config = readConfig({
    DATABASE_URL: formatDatabaseUrl(await database.login('writer')),
    OPS_PORT: '0',
    REACHABILITY_STALE_FLOOR_SECONDS: '2',
    REACHABILITY_OFFLINE_FLOOR_SECONDS: '3',
  });
  const running = await startWriter(config, { logger, signal: new AbortController().signal });
  stops.push(() => running.stop());
}

let ids = 0;
const heartbeat = (subject: string, seconds: number): CpeEvent => ({
  id: `e${(ids += 1)}`,
  source: '/heartbeat',
  type: 'cpemon.heartbeat.v1',
  subject,
  data: { interval_seconds: seconds, metrics: { uptime_seconds: ids } },
});
const fleet = (size: number, seconds: number) =>
  Array.from({ length: size }, (_, n) => heartbeat(`SN${n}`, seconds));

const rows = async (sql: string): Promise<RowDataPacket[]> =>
  (await database.pool.query<RowDataPacket[]>(sql))[0];
const lag = async () =>
  (await readLogStats(database.pool, STATE_GROUP)).lanes.reduce((sum, lane) => sum + lane.lagEvents, 0);
const applied = async () =>
  Number((await rows('SELECT SUM(applied_events) AS n FROM device_state'))[0]?.['n']);
const countsByLane = (from: string) =>
  rows(`SELECT lane, reachability, ${from} AND devices <> 0 ORDER BY lane, reachability`);

/** Every device stands in the lane of the newest generation that is its own, and the counts are those of the lanes. */
async function expectAtHome(lanes: number): Promise<void> {
  const [newest] = await rows('SELECT MAX(generation) AS generation FROM log_generations');
  const places = await rows(
    `SELECT d.serial_number, d.generation, d.lane, s.generation AS state_generation, s.lane AS state_lane
     FROM devices AS d JOIN device_state AS s ON s.device_id = d.device_id`,
  );
  for (const place of places) {
    const lane = laneOf(place['serial_number'] as string, lanes);
    const { generation } = newest as { generation: number };
    expect(place).toMatchObject({ generation, lane, state_generation: generation, state_lane: lane });
  }
  const kept = await countsByLane('devices FROM fleet_counts WHERE TRUE');
  const counted = await countsByLane(
    'devices FROM (SELECT lane, reachability, COUNT(*) AS devices FROM device_state GROUP BY lane, reachability) AS c WHERE TRUE',
  );
  expect(kept).toEqual(counted);
}

test('devices keep their state in a new generation and are judged further, with the rights of each role', async () => {
  await startOne();
  await startOne();
  await appender.append(fleet(60, 1), 'heartbeat');
  await eventually('60 applied', async () => (await applied()) === 60);
  const before = await rows(
    'SELECT device_id, uptime_seconds, last_seen_at FROM device_state WHERE device_id > 5 ORDER BY device_id',
  );
  const { generation } = await openGeneration(database.pool, { lanes: 5, reason: 'test', actor: 'tester' });
  // Half of the fleet goes on; the other half falls silent in the middle of the change.
  const half = fleet(60, 1).filter((_, n) => n % 2 === 0);
  for (let n = 0; n < 3; n += 1)
    await appender.append(
      half.map((event) => ({ ...event, id: `${event.id}-${n}` })),
      'heartbeat',
    );
  await eventually('the new generation is applied', async () => (await lag()) === 0);
  expect(await applied()).toBe(60 + 90);
  expect(before).toHaveLength(55);
  await eventually(
    'the silent half is offline',
    async () => (await rows("SELECT 1 FROM device_state WHERE reachability = 'offline'")).length >= 30,
    15_000,
  );
  await expectAtHome(5);
  const silent = await rows(
    `SELECT s.last_seq, s.uptime_seconds FROM device_state AS s JOIN devices AS d ON d.device_id = s.device_id
     WHERE d.serial_number = 'SN1'`,
  );
  expect(Number(silent[0]?.['uptime_seconds'])).toBeGreaterThan(0);
  const [ready] = await rows(`SELECT ready_at FROM log_generations WHERE generation = ${generation}`);
  expect(ready?.['ready_at']).not.toBeNull();
  const again = await rows(
    'SELECT device_id, at, kind, identity FROM device_events GROUP BY device_id, at, kind, identity HAVING COUNT(*) > 1',
  );
  expect(again).toEqual([]);
}, 40_000);

test('silence is not read out of a change of generation that takes long', async () => {
  await appender.append(fleet(20, 1), 'heartbeat');
  await openGeneration(database.pool, { lanes: 3, reason: 'test', actor: 'tester' });
  // What keeps the devices alive lies in the new generation, which nobody may apply yet.
  for (let n = 0; n < 10; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await appender.append(fleet(20, 1), 'heartbeat');
  }
  await startOne();
  const beating = setInterval(() => void appender.append(fleet(20, 1), 'heartbeat'), 300);
  await eventually('all is applied', async () => (await applied()) >= 220);
  clearInterval(beating);
  expect(await rows("SELECT * FROM device_events WHERE identity IN ('stale', 'offline')")).toEqual([]);
}, 40_000);

test('a move that is killed after any step goes on where it was', async () => {
  await startOne();
  await appender.append(fleet(500, 60), 'heartbeat');
  await eventually('500 applied', async () => (await applied()) === 500);
  for (const stop of stops.splice(0)) await stop();
  const to = { generation: 4_000_000_000, lanes: 7 };
  let steps = 0;
  const moved: number[] = [];
  const move = (stepsUntilKilled: number) => {
    steps = 0;
    return createMoveHome({ devicesAStep: 64, keysACount: 100, onProgress: (n) => moved.push(n) })(to, {
      read: (work) => work(database.pool as never),
      async transact(write) {
        const connection = await database.pool.getConnection();
        try {
          await connection.query('START TRANSACTION');
          await write(connection);
          steps += 1;
          if (steps > stepsUntilKilled) throw new Error('killed before COMMIT');
          await connection.query('COMMIT');
        } finally {
          await connection.query('ROLLBACK');
          connection.release();
        }
      },
    });
  };
  await expect(move(3)).rejects.toThrow('killed');
  expect(await rows(`SELECT 1 FROM devices WHERE generation = ${to.generation}`)).toHaveLength(192);
  await expect(move(5)).rejects.toThrow('killed');
  await move(Infinity);
  expect(await rows(`SELECT 1 FROM devices WHERE generation <> ${to.generation}`)).toEqual([]);
  const kept = await countsByLane('devices FROM fleet_counts WHERE TRUE');
  expect(kept.reduce((sum, row) => sum + Number(row['devices']), 0)).toBe(500);
  expect(kept.every((row) => (row['lane'] as number) < 7)).toBe(true);
}, 40_000);
