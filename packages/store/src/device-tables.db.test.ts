import {
  DEFAULT_REACHABILITY_SETTINGS,
  applyEvent,
  emptyIntakeHistory,
  newDeviceRecord,
  type CpeEvent,
  type DeviceRecord,
} from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2/promise';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { addDeviceEvents } from './device-events.js';
import { createStateStatements, encodeDeviceState } from './device-state.js';
import { describeDevices, registerDevices } from './devices.js';
import { moveFleetCounts } from './fleet-counts.js';
import { readLaneSilences } from './lane-deadlines.js';
import { loadDevicesById, loadDevicesBySerial } from './load-devices.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const RULES = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: emptyIntakeHistory() };
const NASTY = `it's "\\" \n\r\0\x1a é😀 ? ?? :x -- /*`;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function reporting(
  serialNumber: string,
  data: CpeEvent['data'],
  identity = { oui: '', productClass: '' },
): DeviceRecord {
  const record = newDeviceRecord({ serialNumber, ...identity }, NOON);
  const event: CpeEvent = {
    id: 'e1',
    source: '/heartbeat',
    type: 'cpemon.heartbeat.v1',
    subject: serialNumber,
    time: new Date(NOON - 5).toISOString(),
    data,
  };
  applyEvent(record, { sequence: 7, receivedAt: NOON, event }, RULES, []);
  return record;
}

async function store(records: DeviceRecord[], lane = 3): Promise<void> {
  const encoded = records.map((record) => ({ record, ...encodeDeviceState(record, 1, lane) }));
  const rows = encoded.map(({ record, manufacturer, model }) => ({
    ...identityOfRecord(record),
    ...{ record, manufacturer, model, source: '/heartbeat' },
    ...{ generation: 1, lane },
  }));
  await registerDevices(
    database.pool,
    rows.filter(({ record }) => record.deviceId === 0),
  );
  const statements = createStateStatements();
  for (const { record, sql } of encoded) statements.add(record.deviceId, sql);
  await statements.write(database.pool);
}

const identityOfRecord = ({ serialNumber, oui, productClass }: DeviceRecord) => ({
  serialNumber,
  oui,
  productClass,
});

const load = (serialNumbers: string[]) =>
  loadDevicesBySerial(database.pool, serialNumbers, DEFAULT_REACHABILITY_SETTINGS);

test('a device comes back as it was written, whatever characters its values hold', async () => {
  const record = reporting(
    "SN-it's",
    {
      interval_seconds: 60,
      attributes: {
        wan_ip: '2001:db8::1',
        sw_version: NASTY,
        model: NASTY,
        manufacturer: 'ZTE',
        hw_version: NASTY,
      },
      metrics: {
        cpu_used_ratio: 0.1 + 0.2,
        rx_power_dbm: -19.42,
        uptime_seconds: 1e-7,
        wan_rx_bytes: 2 ** 60,
        [NASTY]: 1,
      },
    },
    { oui: '00259E', productClass: 'EG8145 V5é' },
  );
  await store([record]);
  const [loaded] = await load(["SN-it's"]);
  expect(loaded).toEqual({ record, manufacturer: 'ZTE', model: NASTY, swVersion: NASTY });
});

test('writing a row twice changes nothing, and a later one takes its place whole', async () => {
  const record = reporting('SN-again', { interval_seconds: 60, metrics: { cpu_used_ratio: 0.5 } });
  await store([record]);
  await store([record]);
  expect((await load(['SN-again'])).map((device) => device.record)).toEqual([record]);
  const event: CpeEvent = {
    id: 'e2',
    source: '/webhook',
    type: 'cpemon.acs-event.v1',
    subject: 'SN-again',
    data: {},
  };
  applyEvent(record, { sequence: 8, receivedAt: NOON + 1000, event }, RULES, []);
  await store([record]);
  const [row] = (
    await database.pool.query<RowDataPacket[]>(
      `SELECT s.last_seq, s.applied_events, s.source, s.last_seen_at, s.device_time, s.interval_seconds, s.cpu_used_ratio
         FROM device_state s JOIN devices d USING (device_id) WHERE d.serial_number = 'SN-again'`,
    )
  )[0];
  expect(row).toEqual({
    ...{ last_seq: 8, applied_events: 2, source: '/webhook', last_seen_at: new Date(NOON + 1000) },
    ...{ device_time: null, interval_seconds: null, cpu_used_ratio: 0.5 },
  });
});

test('more devices than fit into one statement are all written, in any order', async () => {
  const records = Array.from({ length: 5000 }, (_, n) =>
    reporting(`MANY-${n}`, { metrics: { uptime_seconds: n } }),
  );
  await store(records);
  await store([...records].reverse());
  const loaded = await load(records.map((record) => record.serialNumber));
  expect(loaded).toHaveLength(5000);
  expect(new Set(loaded.map((device) => device.record.deviceId)).size).toBe(5000);
});

test('devices that share a serial number are loaded together, by serial number and by key', async () => {
  const one = reporting('TWIN', {}, { oui: '00259E', productClass: 'A' });
  const two = reporting('TWIN', {}, { oui: '0026ED', productClass: 'B' });
  await store([one, two]);
  const byId = await loadDevicesById(
    database.pool,
    [one.deviceId, two.deviceId],
    DEFAULT_REACHABILITY_SETTINGS,
  );
  for (const found of [byId, await load(['TWIN'])]) {
    expect(found.map(({ record }) => record.productClass).sort()).toEqual(['A', 'B']);
  }
});

test('an identity that becomes complete is written to the device it belongs to', async () => {
  const record = reporting('ADOPTED', {});
  await store([record]);
  record.oui = '00259E';
  record.productClass = 'EG8145V5';
  await describeDevices(database.pool, [
    {
      ...identityOfRecord(record),
      ...{ record, manufacturer: 'Huawei', model: NASTY, source: '/webhook', generation: 1, lane: 3 },
    },
  ]);
  const loaded = await load(['ADOPTED']);
  expect(loaded).toEqual([{ record, manufacturer: 'Huawei', model: NASTY, swVersion: null }]);
});

test('the devices of a lane that can still fall silent are read page by page', async () => {
  const online = Array.from({ length: 12 }, (_, n) => reporting(`LANE9-${n}`, { interval_seconds: 60 }));
  const gone = reporting('LANE9-gone', {});
  gone.reachability = 'offline';
  await store([...online, gone], 9);
  const { silences, next } = await readLaneSilences(database.pool, { generation: 1, lane: 9 }, 0);
  expect(next).toBeNull();
  expect(silences).toHaveLength(12);
  expect(silences[0]).toEqual({
    ...{ deviceId: online[0]!.deviceId, reachability: 'online', lastSeenAt: NOON, intervalSeconds: 60 },
  });
  const after = await readLaneSilences(database.pool, { generation: 1, lane: 9 }, online[9]!.deviceId);
  expect(after.silences.map(({ deviceId }) => deviceId)).toEqual([
    online[10]!.deviceId,
    online[11]!.deviceId,
  ]);
});

test('an event of the timeline is added once, and any other error is not swallowed', async () => {
  const row = { deviceId: 1, at: NOON, kind: 'reachability', identity: 'stale', data: { from: 'online' } };
  await addDeviceEvents(database.pool, [row, { ...row, identity: 'offline' }]);
  await addDeviceEvents(database.pool, [row]);
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT identity FROM device_events WHERE device_id = 1',
  );
  expect(rows.map(({ identity }) => identity as string).sort()).toEqual(['offline', 'stale']);
  await expect(addDeviceEvents(database.pool, [{ ...row, kind: 'x'.repeat(33) }])).rejects.toThrow(
    /too long/,
  );
});

test('counts move by what is given', async () => {
  await moveFleetCounts(database.pool, [{ lane: 5, reachability: 'online', devices: 3 }]);
  await moveFleetCounts(database.pool, [
    { lane: 5, reachability: 'online', devices: -1 },
    { lane: 5, reachability: 'stale', devices: 1 },
  ]);
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT reachability, devices FROM fleet_counts WHERE lane = 5 ORDER BY reachability',
  );
  expect(rows).toEqual([
    { reachability: 'online', devices: 2 },
    { reachability: 'stale', devices: 1 },
  ]);
});
