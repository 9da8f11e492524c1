import type { RowDataPacket } from 'mysql2/promise';
import { DEFAULT_REACHABILITY_SETTINGS, type CpeEvent } from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import {
  beginErasure,
  closeRunGroup,
  eraseHistoryOfDevice,
  findRunGroups,
  packFreshLane,
  readErasure,
  recountFleet,
  recountLabels,
  removeErasedRemains,
} from '@cpemon/store';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from './device-applier.js';

const NOON = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
const LANE = { generation: 1, lane: 0 };

let database: TestDatabase;
let applier: DeviceApplier;
let sequence: number;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(`INSERT INTO intake_paths VALUES ('heartbeat', ?)`, [
    new Date(NOON + 86_400_000),
  ]);
  await database.pool.query('INSERT INTO inventory_boxes (serial_number, revision) VALUES (?, 1)', ['A']);
  await database.pool.query('UPDATE log_generations SET generation = 1, lanes = 1');
  sequence = 0;
  await open();
});
afterEach(() => database.drop());

async function open(): Promise<void> {
  applier = createDeviceApplier({
    read: (work) => work(database.pool),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    ...{ cachedDevices: 1000, cachedBytes: 1e9, history: true, merge: 'certain' },
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
const report = (subject: string, seconds: number, fields: Partial<CpeEvent> = {}): LoggedEvent =>
  logged(seconds, {
    subject,
    data: { interval_seconds: 60, attributes: { model: 'M' }, metrics: { uptime_seconds: seconds } },
    ...fields,
  });
const erase = (
  subject: string,
  seconds: number,
  erasure: string,
  fields: Partial<CpeEvent> = {},
): LoggedEvent =>
  logged(seconds, {
    ...{ subject, source: '/command', type: 'cpemon.erase.v1' },
    data: { erase: { erasure, scope: 'serial_number' } },
    ...fields,
  });
const batch = (events: LoggedEvent[], watermark: number, fields: Partial<LaneBatch> = {}): LaneBatch => ({
  ...{ ...LANE, mode: 'live', events, parked: new Set<string>(), refusals: new Map() },
  ...{ watermark: NOON + watermark * 1000, attemptAt: NOON + watermark * 1000, ...fields },
});

type Prepared = Awaited<ReturnType<DeviceApplier['prepare']>>;
async function write(prepared: Prepared): Promise<Prepared['counts']> {
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
  return prepared.counts;
}
const apply = async (...batches: LaneBatch[]) => write(await applier.prepare(batches));

async function ask(id: string, ...serialNumbers: string[]): Promise<void> {
  await beginErasure(
    database.pool,
    { id, actor: 'tester', reason: 'asked for', inventory: 0 },
    serialNumbers.map((serialNumber) => ({ serialNumber, oui: '', productClass: '' })),
  );
}
const select = async (sql: string): Promise<RowDataPacket[]> =>
  (await database.pool.query<RowDataPacket[]>(sql))[0];
const serials = async () =>
  (await select('SELECT serial_number FROM devices ORDER BY serial_number')).map(
    (row) => row['serial_number'] as string,
  );
const idOf = async (serial: string) =>
  (await select(`SELECT device_id FROM devices WHERE serial_number = '${serial}'`))[0]?.[
    'device_id'
  ] as number;
const appliedOf = async (serial: string) =>
  Number(
    (
      await select(
        `SELECT applied_events FROM device_state WHERE device_id = (SELECT device_id FROM devices WHERE serial_number = '${serial}')`,
      )
    )[0]?.['applied_events'] ?? 0,
  );
const drift = async () => [
  ...(await recountFleet(database.pool, LANE.lane)),
  ...(await recountLabels(database.pool, LANE.lane)),
];
const hands = () => ({
  connection: database.pool as never,
  transact: async <T>(work: (transaction: never) => Promise<T>): Promise<T> => {
    const transaction = await database.pool.getConnection();
    try {
      await transaction.query('START TRANSACTION');
      const result = await work(transaction as never);
      await transaction.query('COMMIT');
      return result;
    } finally {
      transaction.release();
    }
  },
});

/** Every row of every table that has the key of a device, or the serial number in any column of text or bytes. */
async function tracesOf(deviceId: number, serialNumber: string): Promise<string[]> {
  const columns = await select(
    `SELECT c.table_name AS t, c.column_name AS c, c.data_type AS d FROM information_schema.columns AS c
       JOIN information_schema.tables AS k ON k.table_schema = c.table_schema AND k.table_name = c.table_name
      WHERE c.table_schema = DATABASE() AND k.table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { t, c, d } of columns) {
    const condition =
      c === 'device_id' || c === 'other_id'
        ? `\`${c as string}\` = ${deviceId}`
        : c === 'device_ids'
          ? `LOCATE(UNHEX(LPAD(HEX(${deviceId}), 8, '0')), device_ids) > 0`
          : /char|text|blob|binary/.test(d as string)
            ? `LOCATE('${serialNumber}', \`${c as string}\`) > 0`
            : undefined;
    if (condition === undefined) continue;
    const rows = await select(`SELECT COUNT(*) AS n FROM \`${t as string}\` WHERE ${condition}`);
    if (Number(rows[0]?.['n']) > 0) found.push(`${t as string}.${c as string}`);
  }
  return found.sort();
}

test('a device is gone with the batch that erases it, and what it sends later begins a new device', async () => {
  await apply(batch([report('A', 1), report('B', 1), report('A', 61)], 62));
  const before = await idOf('A');
  await ask('x1', 'A');
  const [counts] = await apply(batch([report('A', 70), erase('A', 71, 'x1'), report('A', 72)], 73));
  expect(counts).toMatchObject({ devices: 1 });
  expect(await serials()).toEqual(['A', 'B']);
  expect(await idOf('A')).not.toBe(before);
  expect(await appliedOf('A')).toBe(1);
  expect(await drift()).toEqual([]);
  await apply(batch([report('A', 130)], 131));
  expect(await appliedOf('A')).toBe(2);
  expect(await drift()).toEqual([]);
});

test('a device that begins and is erased in one batch leaves nothing', async () => {
  await ask('x1', 'NEW-BOX-1');
  await apply(batch([report('NEW-BOX-1', 1), report('B', 1), erase('NEW-BOX-1', 2, 'x1')], 3));
  expect(await serials()).toEqual(['B']);
  expect(await select('SELECT device_id FROM erasure_devices')).toEqual([]);
  expect(
    (await select('SELECT device_ids FROM history_fresh')).map((row) => (row['device_ids'] as Buffer).length),
  ).toEqual([4]);
  expect(await drift()).toEqual([]);
});

test('batches that are prepared before the one that erases is written see the device as gone', async () => {
  await apply(batch([report('A', 1)], 2));
  await ask('x1', 'A');
  const first = await applier.prepare([batch([report('A', 3), report('C', 3)], 4)]);
  const second = await applier.prepare([batch([erase('A', 5, 'x1'), erase('C', 5, 'x2')], 6)]);
  const third = await applier.prepare([batch([report('A', 7)], 8_000)]);
  for (const prepared of [first, second, third]) await write(prepared);
  expect(await serials()).toEqual(['A']);
  expect(await appliedOf('A')).toBe(1);
  expect(await drift()).toEqual([]);
});

test('events of before come back by no way: applied again, replayed, requeued, in another process', async () => {
  const events = [report('A', 1), report('A', 61)];
  await apply(batch([...events, report('B', 61)], 62));
  await ask('x1', 'A');
  const command = erase('A', 70, 'x1');
  await apply(batch([command], 71));
  const again = async () => {
    for (const mode of ['live', 'again', 'replay'] as const) {
      const [counts] = await apply(batch([...events, command], 80, { mode }));
      expect(mode === 'replay' ? counts?.leftOut : counts?.erased).toBe(mode === 'replay' ? 3 : 2);
      expect(await serials()).toEqual(['B']);
    }
  };
  await again();
  await open();
  await again();
  // What was received at the same moment behind the erasure is of the new device.
  await apply(batch([report('A', 70)], 90));
  expect(await serials()).toEqual(['A', 'B']);
});

test('an erasure whose event comes by again erases nothing that came after the first', async () => {
  await apply(batch([report('A', 1)], 2));
  await ask('x1', 'A');
  await apply(batch([erase('A', 3, 'x1'), report('A', 4)], 5));
  await apply(batch([erase('A', 6, 'x1')], 7));
  await open();
  await apply(batch([erase('A', 8, 'x1')], 9));
  expect(await serials()).toEqual(['A']);
  await ask('x2', 'A');
  await apply(batch([erase('A', 10, 'x2')], 11));
  expect(await serials()).toEqual([]);
});

test('one of several devices with a serial number is erased, and the others stay', async () => {
  const one = { oui: '00259E', productclass: 'EG1' };
  const other = { oui: '00259E', productclass: 'EG2' };
  const events = [report('A', 1, one), report('A', 2, other)];
  await apply(batch(events, 3));
  await ask('x1', 'A');
  const wish = { erase: { erasure: 'x1', scope: 'identity' as const } };
  await apply(batch([erase('A', 4, 'x1', { ...one, data: wish })], 5));
  const left = () =>
    select('SELECT product_class AS c FROM devices').then((rows) => rows.map(({ c }) => c as string));
  expect(await left()).toEqual(['EG2']);
  expect(await drift()).toEqual([]);
  expect(await apply(batch(events, 6))).toMatchObject([{ erased: 1, duplicates: 1 }]);
  await apply(batch([report('A', 70, one), report('A', 71, other)], 72));
  expect((await left()).sort()).toEqual(['EG1', 'EG2']);
  expect(await drift()).toEqual([]);
});

test('of a device that went by another product class nothing comes back by either', async () => {
  const of = (productclass: string, seconds: number, sw: string): LoggedEvent =>
    report('R', seconds, {
      ...{ oui: '00259E', productclass },
      data: { event_codes: ['1 BOOT'], attributes: { sw_version: sw, wan_ip: '100.64.0.9' } },
    });
  const events = [of('HG8245', 0, 'V1'), of('EG8145V5', 60, 'V2')];
  await apply(batch(events, 60));
  expect(await serials()).toEqual(['R']);
  await ask('e1', 'R');
  const wish = { data: { erase: { erasure: 'e1', scope: 'identity' as const } } };
  await apply(batch([erase('R', 70, 'e1', { oui: '00259E', productclass: 'EG8145V5', ...wish })], 70));
  expect(await serials()).toEqual([]);
  await open();
  expect(await apply(batch(events, 90))).toMatchObject([{ erased: 2 }]);
  expect(await serials()).toEqual([]);
});

test('silence of an erased device is judged no more', async () => {
  await apply(batch([report('A', 1), report('B', 1)], 2));
  await ask('x1', 'A');
  await apply(batch([erase('A', 3, 'x1')], 4));
  await apply(batch([], 5000));
  expect(await serials()).toEqual(['B']);
  const [[counts]] = await database.pool.query<RowDataPacket[]>('SELECT SUM(devices) AS n FROM fleet_counts');
  expect(Number(counts?.['n'])).toBe(1);
  expect(await drift()).toEqual([]);
});

test('in the end no table holds a trace of the device, in any tier of history, whatever is packed meanwhile', async () => {
  const SERIAL = 'ERASED-BOX-77';
  const past = -6 * 3600;
  await apply(batch([report(SERIAL, past), report('B', past), report(SERIAL, past + 60)], past + 61));
  await apply(batch([], past + 4000));
  await apply(batch([report(SERIAL, 1), report('B', 1)], 2));
  const transact = hands().transact;
  await transact((transaction) => packFreshLane(transaction, LANE));
  for (const group of await findRunGroups(database.pool, 2 ** 31, 1))
    await transact((transaction) => closeRunGroup(transaction, group));
  await apply(batch([report(SERIAL, 61), report('B', 61)], 62));
  const deviceId = await idOf(SERIAL);
  await database.pool.query(
    `INSERT INTO alerts (rule, kind, severity, state, device_id, serial_number, labels, summary, started_at, pending_at,
       evidence, notification)
     VALUES ('offline', 'device', 'warning', 'firing', ?, ?, '{}', ?, SYSDATE(3), SYSDATE(3), '{}', 'sent')`,
    [deviceId, SERIAL, `${SERIAL} is offline`],
  );
  await database.pool.query(
    `INSERT INTO outbox (receiver, position, made_at, message_id, kind, alert_id, body)
     SELECT 'hook', 1, SYSDATE(3), 'm1', 'alert', alert_id, summary FROM alerts`,
  );
  expect((await tracesOf(deviceId, SERIAL)).length).toBeGreaterThan(5);
  const [[atRest]] = await database.pool.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM history_samples');
  expect(Number(atRest?.['n'])).toBeGreaterThan(0);

  await ask('x1', SERIAL);
  await apply(batch([erase(SERIAL, 63, 'x1')], 64));
  expect((await readErasure(database.pool, 'x1'))?.state).toBe('erasing');
  expect(await removeErasedRemains(hands(), { budgetMs: 10_000 })).toMatchObject({ settled: 1 });
  // The feed of changes is kept for a day, as the log is.
  expect((await tracesOf(deviceId, SERIAL)).filter((each) => !each.startsWith('change_feed'))).toEqual([]);
  expect(await readErasure(database.pool, 'x1')).toMatchObject({ state: 'done', devices: 1 });
  const samples = (await tracesOf(await idOf('B'), 'no such text')).filter((each) =>
    each.startsWith('history_'),
  );
  expect(samples).toEqual([
    'history_fresh.device_ids',
    'history_runs.device_ids',
    'history_samples.device_id',
  ]);
  expect(await removeErasedRemains(hands(), { budgetMs: 10_000 })).toEqual({ settled: 0, rows: 0 });
});

test('every table that has a column for devices is one that erasing knows', async () => {
  const tables = await select(
    `SELECT DISTINCT c.table_name AS t FROM information_schema.columns AS c
       JOIN information_schema.tables AS k ON k.table_schema = c.table_schema AND k.table_name = c.table_name
      WHERE c.table_schema = DATABASE() AND k.table_type = 'BASE TABLE'
        AND c.column_name IN ('device_id', 'device_ids', 'other_id', 'subject', 'serial_number')`,
  );
  expect(tables.map(({ t }) => t as string).sort()).toEqual([
    ...['alerts', 'change_feed', 'device_conditions', 'device_events', 'device_inventory', 'device_state'],
    ...[
      'devices',
      'erasure_devices',
      'erasure_subjects',
      'expected_devices',
      'history_days',
      'history_fresh',
    ],
    ...['history_hours', 'history_runs', 'history_samples', 'identity_findings', 'inventory_boxes'],
    ...[
      'log_dead_letters',
      'log_parked',
      'log_replay_failures',
      'quarantined_identities',
      'rebuilt_device_ids',
    ],
  ]);
});

test('samples that are being packed while they are erased are found where they have gone', async () => {
  await apply(batch([report('A', -9 * 3600), report('B', -9 * 3600)], 1));
  const device = { deviceId: await idOf('A'), serialNumber: 'A' };
  await ask('x1', 'A');
  await apply(batch([erase('A', 2, 'x1')], 3));
  const packing = await database.pool.getConnection();
  await packing.query('START TRANSACTION');
  await packFreshLane(packing, LANE);
  const erasing = eraseHistoryOfDevice(hands(), device);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await packing.query('COMMIT');
  packing.release();
  await erasing;
  expect(await tracesOf(device.deviceId, 'no such text')).not.toContain('history_runs.device_ids');
  expect(await tracesOf(device.deviceId, 'no such text')).not.toContain('history_fresh.device_ids');
});
