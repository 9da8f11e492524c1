import type { RowDataPacket } from 'mysql2/promise';
import { DEFAULT_REACHABILITY_SETTINGS, INTAKE_PATHS, type CpeEvent, type ReportData } from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from './device-applier.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const LANE = { generation: 1, lane: 3 };

let database: TestDatabase;
let applier: DeviceApplier;
let sequence: number;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query('INSERT INTO intake_paths (path, accepted_at) VALUES ?', [
    INTAKE_PATHS.map((path) => [path, new Date(NOON + 86_400_000)]),
  ]);
  sequence = 0;
  applier = await newOwner();
});
afterEach(() => database.drop());

async function newOwner(): Promise<DeviceApplier> {
  const made = createDeviceApplier({
    read: (work) => work(database.pool),
    ...{ settings: DEFAULT_REACHABILITY_SETTINGS, cachedDevices: 1000, cachedBytes: 1e9 },
  });
  await made.openLane(LANE);
  return made;
}

function logged(seconds: number, fields: Partial<CpeEvent>): LoggedEvent {
  sequence += 1;
  const receivedAt = NOON + seconds * 1000;
  const event: CpeEvent = {
    ...{ id: `e${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'A' },
    ...{ time: new Date(receivedAt).toISOString(), data: { interval_seconds: 60 } },
    ...fields,
  };
  return { sequence, receivedAt, event };
}
const observed = (seconds: number, data: ReportData, fields: Partial<CpeEvent> = {}) =>
  logged(seconds, {
    ...{ source: '/observation/olt', type: 'cpemon.observation.v1' },
    data: { observation: { observer: 'olt' }, origin: { source: '//olt-7' }, ...data },
    ...fields,
  });
const DYING_GASP: ReportData = { observation: { observer: 'olt', observed: 'dying_gasp', state: 'raised' } };

async function applyAll(events: LoggedEvent[], fields: Partial<LaneBatch> = {}) {
  const last = events.at(-1)?.receivedAt ?? NOON;
  const prepared = await applier.prepare([
    {
      ...{ ...LANE, mode: 'live', events, parked: new Set<string>(), refusals: new Map() },
      ...{ watermark: last, attemptAt: last, ...fields },
    },
  ]);
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
  return prepared.counts[0]!;
}

const rows = async (sql: string) => (await database.pool.query<RowDataPacket[]>(sql))[0];
const state = async () => (await rows('SELECT * FROM device_state'))[0]!;
const timeline = async () => {
  const found = await rows('SELECT kind, at, data FROM device_events ORDER BY at, kind');
  return found.map(({ kind, at, data }): [kind: string, seconds: number, data: Record<string, unknown>] => [
    ...([kind as string, ((at as Date).getTime() - NOON) / 1000] as const),
    JSON.parse(data as string) as Record<string, unknown>,
  ]);
};

test('an observation is a row of the timeline and values, and no sign of life', async () => {
  await applyAll([
    logged(0, {}),
    observed(20, { metrics: { rx_power_dbm: -27.5, olt_rx_power_dbm: -28 } }),
    observed(30, DYING_GASP),
  ]);
  expect(await timeline()).toEqual([
    ['observation', 30, { observer: 'olt', observed: 'dying_gasp', state: 'raised', by: '//olt-7' }],
  ]);
  expect(await state()).toMatchObject({
    ...{ rx_power_dbm: -27.5, last_seen_at: new Date(NOON), source: '/heartbeat', interval_seconds: 60 },
    ...{ reachability: 'online', last_seq: 3, applied_events: 3 },
  });
  await applyAll([observed(100, {}), observed(500, {})]);
  expect((await timeline()).slice(1).map(([kind, at, { to }]) => [kind, at, to])).toEqual([
    ['reachability', 120, 'stale'],
    ['reachability', 360, 'offline'],
  ]);
  expect((await rows('SELECT reachability, devices FROM fleet_counts WHERE devices <> 0'))[0]).toMatchObject({
    ...{ reachability: 'offline', devices: 1 },
  });
});

test('sent again, or read again by the next owner, it adds nothing', async () => {
  const events = [logged(0, {}), observed(30, { ...DYING_GASP, metrics: { rx_power_dbm: -27.5 } })];
  await applyAll(events);
  const before = [
    await timeline(),
    await rows('SELECT rx_power_dbm, reachability, last_seen_at FROM device_state'),
  ];
  const again = events.map((event, n) => ({ ...event, sequence: 10 + n, receivedAt: NOON + 40_000 }));
  applier = await newOwner();
  expect(await applyAll(again.slice(1))).toMatchObject({ duplicates: 1 });
  expect([
    await timeline(),
    await rows('SELECT rx_power_dbm, reachability, last_seen_at FROM device_state'),
  ]).toEqual(before);
});

test('of a device that has never spoken it makes none; its events are counted with those of no device', async () => {
  const counts = await applyAll([
    observed(0, DYING_GASP),
    observed(1, DYING_GASP, { subject: 'B', oui: '001122' }),
  ]);
  expect(counts).toMatchObject({ quarantined: 2, devices: 0 });
  expect(await rows('SELECT 1 FROM devices')).toEqual([]);
  expect(await rows('SELECT 1 FROM quarantined_identities')).toEqual([]);
  await applyAll([logged(10, {}), observed(20, DYING_GASP)]);
  expect(await timeline()).toHaveLength(1);
});

test('what it says of the make of a device changes no identity', async () => {
  await applyAll([logged(0, {}), observed(1, DYING_GASP, { oui: 'FFFFFF', productclass: 'wrong' })]);
  await applyAll([logged(2, { oui: '00259E', productclass: 'EG8145V5' })]);
  expect(await rows('SELECT serial_number, oui, product_class FROM devices')).toMatchObject([
    { serial_number: 'A', oui: '00259E', product_class: 'EG8145V5' },
  ]);
});

test('a replay writes the same again', async () => {
  const events = [logged(0, {}), observed(30, { metrics: { rx_power_dbm: -27.5 } })];
  await applyAll(events);
  const before = await state();
  await applyAll(events, { mode: 'replay' });
  expect(await state()).toEqual(before);
});
