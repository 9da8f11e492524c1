import type { RowDataPacket } from 'mysql2/promise';
import { DEFAULT_REACHABILITY_SETTINGS, type CpeEvent } from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import { readSampleChunk } from '@cpemon/history';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from './device-applier.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const LANE = { generation: 1, lane: 3 };

let database: TestDatabase;
let applier: DeviceApplier;
let sequence: number;

beforeEach(async () => {
  database = await createTestDatabase();
  sequence = 0;
  applier = await newApplier();
});
afterEach(() => database.drop());

async function newApplier(): Promise<DeviceApplier> {
  const made = createDeviceApplier({
    read: (work) => work(database.pool),
    ...{ settings: DEFAULT_REACHABILITY_SETTINGS, cachedDevices: 1000, cachedBytes: 1e9, history: true },
  });
  await made.openLane(LANE);
  return made;
}

function report(
  seconds: number,
  metrics: Record<string, number>,
  fields: Partial<CpeEvent> = {},
): LoggedEvent {
  sequence += 1;
  return {
    ...{ sequence, receivedAt: NOON + seconds * 1000 },
    event: {
      ...{ id: `e${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'A' },
      data: { interval_seconds: 60, metrics },
      ...fields,
    },
  };
}

async function apply(events: LoggedEvent[], mode: LaneBatch['mode'] = 'live'): Promise<void> {
  const at = events.at(-1)!.receivedAt;
  const batch = {
    ...LANE,
    mode,
    events,
    watermark: at,
    attemptAt: at,
    parked: new Set<string>(),
    refusals: new Map(),
  };
  const prepared = await applier.prepare([batch]);
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
}

/** Seconds after noon at which each metric has samples. */
async function samples(metric: string): Promise<number[]> {
  const [rows] = await database.pool.query<RowDataPacket[]>('SELECT payload FROM history_fresh');
  const all = rows.flatMap((row) => readSampleChunk(row['payload'] as Buffer));
  const seconds = all.filter(({ metrics }) => metric in metrics).map(({ at }) => (at - NOON) / 1000);
  return [...new Set(seconds)].sort((one, other) => one - other);
}

const every = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);
const flood = (from: number, to: number): LoggedEvent[] =>
  every(from, to).map((second) =>
    report(second, { uptime_seconds: second, ...(second % 2 === 0 ? { hosts: 3 } : {}) }),
  );

test('of a chatty device one sample of each metric is kept in ten seconds, and every event is applied', async () => {
  await apply(flood(0, 24));
  applier = await newApplier();
  await apply(flood(25, 59));
  // It is chatty from second 31 on.
  expect(await samples('uptime_seconds')).toEqual([...every(0, 31), 40, 50]);
  expect(await samples('hosts')).toEqual([...every(0, 15).map((n) => 2 * n), 40, 50]);
  const [[state]] = await database.pool.query<RowDataPacket[]>(
    'SELECT uptime_seconds, applied_events FROM device_state',
  );
  expect(state).toEqual({ uptime_seconds: 59, applied_events: 60 });
});

test('a metric that comes for the first time, or from another source, has its sample', async () => {
  await apply([
    ...flood(0, 41),
    report(42, { cpu_used_ratio: 0.5 }),
    report(43, { uptime_seconds: 43 }, { source: '/telemetry' }),
    report(44, { uptime_seconds: 44 }),
  ]);
  expect(await samples('cpu_used_ratio')).toEqual([42]);
  expect((await samples('uptime_seconds')).filter((second) => second >= 40)).toEqual([40, 43]);
});

test('a replay brings back no sample that was left out', async () => {
  const events = flood(0, 59);
  await apply(events);
  const before = await samples('uptime_seconds');
  await apply(events, 'replay');
  const added = (await samples('uptime_seconds')).filter((second) => !before.includes(second));
  // The newest report is the one whose values are still stored.
  expect(added).toEqual([59]);
});
