import type { RowDataPacket } from 'mysql2/promise';
import { DEFAULT_REACHABILITY_SETTINGS, type CpeEvent, type InventoryCommand } from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import { clearLane, labelSetIds, labelsText, recountLabels } from '@cpemon/store';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from './device-applier.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const LANE = { generation: 1, lane: 3 };

let database: TestDatabase;
let applier: DeviceApplier;
let sequence: number;
let north: number;
let south: number;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(`INSERT INTO intake_paths VALUES ('heartbeat', ?)`, [
    new Date(NOON + 86_400_000),
  ]);
  sequence = 0;
  const texts = [labelsText({ region: 'north', pon: '1/1' }), labelsText({ region: 'south', pon: '2/1' })];
  const ids = await labelSetIds(database.pool, texts);
  north = ids.get(texts[0]!)!;
  south = ids.get(texts[1]!)!;
  await open();
});
afterEach(() => database.drop());

async function open(): Promise<void> {
  applier = createDeviceApplier({
    read: (work) => work(database.pool),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    cachedDevices: 1000,
    cachedBytes: 1e9,
  });
  await applier.openLane(LANE);
}

function logged(seconds: number, event: Partial<CpeEvent> & { subject: string }): LoggedEvent {
  sequence += 1;
  return {
    sequence,
    receivedAt: NOON + seconds * 1000,
    event: { id: `e${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', data: {}, ...event },
  };
}
const report = (subject: string, seconds: number, sw: string): LoggedEvent =>
  logged(seconds, { subject, data: { interval_seconds: 60, attributes: { model: 'M', sw_version: sw } } });
const command = (subject: string, wish: Partial<InventoryCommand>): LoggedEvent =>
  logged(1, {
    subject,
    source: '/command',
    type: 'cpemon.command.v1',
    data: { command: { name: 'inventory', revision: 1, admin_state: 'in_service', label_set: 0, ...wish } },
  });
const batch = (events: LoggedEvent[], watermark: number, fields: Partial<LaneBatch> = {}): LaneBatch => ({
  ...{ ...LANE, mode: 'live', events, parked: new Set<string>(), refusals: new Map() },
  ...{ watermark: NOON + watermark * 1000, attemptAt: NOON + watermark * 1000, ...fields },
});

type Prepared = Awaited<ReturnType<DeviceApplier['prepare']>>;
async function write(prepared: Prepared): Promise<void> {
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
}
const apply = async (...batches: LaneBatch[]) => write(await applier.prepare(batches));

const counts = async (label: string): Promise<Record<string, number>> => {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT value, reachability, devices FROM fleet_label_counts WHERE label = ? AND devices <> 0 ORDER BY value',
    [label],
  );
  return Object.fromEntries(
    rows.map((row) => [`${row['value'] as string} ${row['reachability'] as string}`, Number(row['devices'])]),
  );
};
const drift = async () => recountLabels(database.pool, LANE.lane);
const box = (serial: string, labelSet: number, revision: number) =>
  database.pool.query(
    'INSERT INTO inventory_boxes (serial_number, label_set_id, revision) VALUES (?, ?, ?)',
    [...[serial, labelSet, revision]],
  );

test('a new device is counted by the labels that the inventory has for it, in either form of its serial number', async () => {
  await box('HWTCA94196A5', north, 1);
  await apply(batch([report('48575443A94196A5', 1, '1.0'), report('B', 1, '1.0')], 2));
  expect(await counts('region')).toEqual({ 'north online': 1 });
  expect(await counts('model')).toEqual({ 'M online': 2 });
  expect(await counts('admin_state')).toEqual({ 'in_service online': 2 });
  expect(await drift()).toEqual([]);
});

test('a command moves a device between labels once, however often and in whatever order it comes', async () => {
  await apply(batch([report('A', 1, '1.0'), command('A', { revision: 2, label_set: south })], 2));
  expect(await counts('region')).toEqual({ 'south online': 1 });
  await apply(
    batch(
      [command('A', { revision: 1, label_set: north }), command('A', { revision: 2, label_set: south })],
      3,
    ),
  );
  expect(await counts('region')).toEqual({ 'south online': 1 });
  await apply(batch([command('A', { revision: 3, label_set: north })], 4));
  expect(await counts('region')).toEqual({ 'north online': 1 });
  expect(await counts('pon')).toEqual({ '1/1 online': 1 });
  expect(await drift()).toEqual([]);
});

test('a command is no sign of life, makes no device and counts for none', async () => {
  await apply(batch([command('A', { label_set: north })], 2));
  const [devices] = await database.pool.query<RowDataPacket[]>('SELECT * FROM devices');
  expect(devices).toEqual([]);
  await apply(batch([report('A', 1, '1.0')], 2));
  await apply(batch([command('A', { revision: 9, label_set: north })], 1000));
  const [[state]] = await database.pool.query<RowDataPacket[]>('SELECT * FROM device_state');
  expect(state).toMatchObject({ reachability: 'offline', applied_events: 1 });
  expect(await counts('region')).toEqual({ 'north offline': 1 });
});

test('silence, firmware and the state wanted of a device move its counts; what is out of service is in no share', async () => {
  await box('A', north, 1);
  await apply(batch([report('A', 1, '1.0'), report('B', 1, '1.0')], 2));
  await apply(batch([report('A', 60, '1.1')], 61));
  expect(await counts('firmware')).toEqual({ '1.0 online': 1, '1.1 online': 1 });
  await apply(batch([], 5000));
  expect(await counts('region')).toEqual({ 'north offline': 1 });
  await apply(batch([command('A', { revision: 2, label_set: north, admin_state: 'maintenance' })], 5001));
  expect(await counts('region')).toEqual({});
  expect(await counts('admin_state')).toEqual({ 'in_service offline': 1, 'maintenance offline': 1 });
  expect(await drift()).toEqual([]);
});

test('batches that are prepared before the one before them is written count as if each had waited', async () => {
  await box('A', north, 1);
  const first = await applier.prepare([batch([report('A', 1, '1.0')], 2)]);
  const second = await applier.prepare([
    batch([report('A', 3, '1.1'), command('A', { revision: 2, label_set: south })], 4),
  ]);
  const third = await applier.prepare([batch([report('A', 5, '1.2'), report('B', 5, '1.2')], 6)]);
  for (const prepared of [first, second, third]) await write(prepared);
  expect(await counts('firmware')).toEqual({ '1.2 online': 2 });
  expect(await counts('region')).toEqual({ 'south online': 1 });
  expect(await drift()).toEqual([]);
});

test('counts that are off are put right by the recount, which says what was off', async () => {
  await box('A', north, 1);
  await apply(batch([report('A', 1, '1.0')], 2));
  await database.pool.query(`UPDATE fleet_label_counts SET devices = 5 WHERE label = 'region'`);
  await database.pool.query(`INSERT INTO fleet_label_counts VALUES (3, 'region', 'west', 'online', 2)`);
  expect(await drift()).toEqual([
    { lane: 3, label: 'region', value: 'north', reachability: 'online', devices: -4 },
    { lane: 3, label: 'region', value: 'west', reachability: 'online', devices: -2 },
  ]);
  expect(await counts('region')).toEqual({ 'north online': 1 });
});

test('a rebuild comes to the same labels and counts', async () => {
  await box('A', south, 2);
  const events = [
    report('A', 1, '1.0'),
    command('A', { revision: 1, label_set: north }),
    command('A', { revision: 2, label_set: south }),
    report('A', 61, '1.1'),
  ];
  await apply(batch(events, 62));
  const before = [await counts('region'), await counts('firmware'), await counts('admin_state')];
  while ((await clearLane(database.pool, LANE, 100)) > 0);
  expect(await counts('admin_state')).toEqual({});
  await open();
  for (const event of events) await apply(batch([event], 62));
  expect([await counts('region'), await counts('firmware'), await counts('admin_state')]).toEqual(before);
  expect(await drift()).toEqual([]);
});

test('a replay rewrites no label, and moves the counts of what it puts right', async () => {
  const event = report('A', 1, '1.0');
  await apply(batch([event, command('A', { revision: 1, label_set: north })], 2));
  await database.pool.query(`UPDATE device_state SET sw_version = 'wrong'`);
  await open();
  await drift();
  expect(await counts('firmware')).toEqual({ 'wrong online': 1 });
  await apply(batch([event, command('A', { revision: 1, label_set: south })], 2, { mode: 'replay' }));
  expect(await counts('firmware')).toEqual({ '1.0 online': 1 });
  expect(await counts('region')).toEqual({ 'north online': 1 });
  expect(await drift()).toEqual([]);
});
