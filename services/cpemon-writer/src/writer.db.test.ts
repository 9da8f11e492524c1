import { createLogger } from '@cpemon/service-kit';
import { createMySqlAppender, readLogStats, STATE_GROUP, type LogAppender } from '@cpemon/event-log';
import { startIntakeBeats, type IntakeBeats } from '@cpemon/store';
import type { CpeEvent } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2/promise';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { readConfig } from './config.js';
import { startWriter } from './writer.js';
import { formatDatabaseUrl } from '@cpemon/database';

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

async function startOne(environment: Record<string, string> = {}) {
  const config = readConfig({
    DATABASE_URL: formatDatabaseUrl(await database.login('writer')),
    MAINTENANCE_DATABASE_URL: formatDatabaseUrl(await database.login('maintenance')),
    OPS_PORT: '0',
    REACHABILITY_STALE_FLOOR_SECONDS: '1',
    REACHABILITY_OFFLINE_FLOOR_SECONDS: '2',
    ...environment,
  });
  const running = await startWriter(config, { logger, signal: new AbortController().signal });
  let stopped = false;
  const stop = async () => {
    if (!stopped) await running.stop();
    stopped = true;
  };
  stops.push(stop);
  return { stop };
}

let ids = 0;
const heartbeat = (subject: string): CpeEvent => ({
  id: `e${(ids += 1)}`,
  source: '/heartbeat',
  type: 'cpemon.heartbeat.v1',
  subject,
  data: { interval_seconds: 1, metrics: { uptime_seconds: ids } },
});

const sums = async () => {
  const [[row]] = await database.pool.query<RowDataPacket[]>(
    'SELECT COUNT(*) AS devices, COALESCE(SUM(applied_events), 0) AS applied FROM device_state',
  );
  return { devices: Number(row?.['devices']), applied: Number(row?.['applied']) };
};
const countOf = async (reachability: string) => {
  const [[row]] = await database.pool.query<RowDataPacket[]>(
    'SELECT COALESCE(SUM(devices), 0) AS devices FROM fleet_counts WHERE reachability = ?',
    [reachability],
  );
  return Number(row?.['devices']);
};

test('what ingest appends becomes device state with the rights that ingest and writer have', async () => {
  await startOne();
  await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      appender.append([heartbeat(`SN${n % 20}`), heartbeat(`SN${n % 7}`)], 'heartbeat'),
    ),
  );
  await eventually('80 events applied', async () => (await sums()).applied === 80);
  expect(await sums()).toEqual({ devices: 20, applied: 80 });
  const stats = await readLogStats(database.pool, STATE_GROUP);
  expect(stats.lanes.reduce((lag, lane) => lag + lane.lagEvents, 0)).toBe(0);
}, 30_000);

test('events that came while no writer ran are applied once when one starts, by as many as there are', async () => {
  const events = Array.from({ length: 500 }, (_, n) => heartbeat(`SN${n % 50}`));
  await appender.append(events, 'heartbeat');
  const first = await startOne();
  await startOne();
  await eventually('all applied', async () => (await sums()).applied === 500);
  await first.stop();
  await appender.append(events, 'heartbeat');
  await eventually('repeats counted', async () => (await sums()).applied === 1000);
  const stats = await readLogStats(database.pool, STATE_GROUP);
  expect(stats.lanes.reduce((count, lane) => count + lane.duplicates, 0)).toBe(500);
}, 30_000);

test('devices that are cut off turn stale and offline, and not while intake is away', async () => {
  await startOne();
  await appender.append(['A', 'B', 'C'].map(heartbeat), 'heartbeat');
  await eventually('three devices online', async () => (await countOf('online')) === 3);
  await beats.stop();
  await new Promise((resolve) => setTimeout(resolve, 4500));
  expect(await countOf('online')).toBe(3);

  beats = await startIntakeBeats({
    ...{
      pool: database.pool,
      process: 'test-ingest-2',
      service: 'cpemon-api',
      paths: ['heartbeat'] as const,
    },
    ...{ accepting: () => true, logger: SILENT },
  });
  await appender.append([heartbeat('A')], 'heartbeat');
  await eventually('B and C offline', async () => (await countOf('offline')) >= 2);
  const [rows] = await database.pool.query<RowDataPacket[]>(
    `SELECT d.serial_number AS serial, e.identity FROM device_events e JOIN devices d USING (device_id)
      WHERE d.serial_number <> 'A' ORDER BY serial, e.at`,
  );
  expect(rows.map(({ serial, identity }) => `${serial} ${identity}`)).toEqual([
    ...['B stale', 'B offline', 'C stale', 'C offline'],
  ]);
}, 30_000);

test('the log has its partitions soon after a writer has started', async () => {
  await startOne();
  await eventually('partitions', async () => {
    const [[row]] = await database.pool.query<RowDataPacket[]>(
      `SELECT COUNT(*) AS found FROM information_schema.partitions
        WHERE table_schema = DATABASE() AND table_name = 'log_records'`,
    );
    return Number(row?.['found']) === 50;
  });
}, 30_000);

test('a writer that the database refuses goes on trying, and stops when asked', async () => {
  const abort = new AbortController();
  const config = readConfig({ DATABASE_URL: 'mysql://nobody:x@127.0.0.1:9/none', OPS_PORT: '0' });
  const starting = startWriter(config, { logger, signal: abort.signal });
  await new Promise((resolve) => setTimeout(resolve, 600));
  abort.abort();
  await (await starting).stop();
});
