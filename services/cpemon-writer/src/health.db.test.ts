import type { RowDataPacket } from 'mysql2/promise';
import {
  DEFAULT_REACHABILITY_SETTINGS,
  INTAKE_PATHS,
  compileHealthRules,
  readHealthRules,
  type HealthRules,
} from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import { clearLane, readConditions, readHealthCounts, recountHealth } from '@cpemon/store';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from './device-applier.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const LANE = { generation: 1, lane: 3 };
const LOW = {
  ...{ name: 'optics-low', metric: 'rx_power_dbm', below: -27, for: '10m', reports: 2, severity: 'critical' },
  ...{ clear: { above: -26, for: '10m' }, text: 'Receive power is {value}' },
};
const FALLEN = {
  ...{ name: 'optics-fallen', metric: 'rx_power_dbm', compare: 'own_median', at_most: -2, for: '10m' },
  ...{ severity: 'warning', text: '{value}, usually {usual}' },
};

let database: TestDatabase;
let applier: DeviceApplier;
let sequence: number;
let rules: HealthRules | undefined;
let told: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query('INSERT INTO intake_paths (path, accepted_at) VALUES ?', [
    INTAKE_PATHS.map((path) => [path, new Date(NOON + 86_400_000)]),
  ]);
  sequence = 0;
  told = [];
  rules = rulesOf([LOW, FALLEN]);
  applier = await newApplier();
});
afterEach(() => database.drop());

function rulesOf(given: object[]): HealthRules {
  const { set } = readHealthRules({ baseline_day: '1h', rules: given });
  return compileHealthRules(set!);
}

async function newApplier(): Promise<DeviceApplier> {
  const made = createDeviceApplier({
    read: (work) => work(database.pool),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    ...{ cachedDevices: 1000, cachedBytes: 1e9 },
    healthRules: () => rules,
    onCondition: (state, severity) => told.push(`${state} ${severity}`),
    onHealth: (to) => told.push(to),
  });
  await made.openLane(LANE);
  return made;
}

function report(subject: string, minutes: number, rx: number, seconds = 3600): LoggedEvent {
  sequence += 1;
  return {
    sequence,
    receivedAt: NOON + minutes * MINUTE,
    event: {
      ...{ id: `e${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject },
      data: { interval_seconds: seconds, metrics: { rx_power_dbm: rx } },
    },
  };
}

async function apply(events: LoggedEvent[], watermark = events.at(-1)!.receivedAt): Promise<void> {
  const batch: LaneBatch = {
    ...{ ...LANE, mode: 'live', events, parked: new Set<string>(), refusals: new Map() },
    ...{ watermark, attemptAt: watermark },
  };
  const prepared = await applier.prepare([batch]);
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
}

const rows = async (sql: string) => (await database.pool.query<RowDataPacket[]>(sql))[0];
const timeline = async () =>
  (
    await rows(
      `SELECT at, kind, identity FROM device_events WHERE kind IN ('condition', 'health') ORDER BY at, kind, identity`,
    )
  ).map(({ at, kind, identity }) => `${((at as Date).getTime() - NOON) / MINUTE} ${kind} ${identity}`);
const state = async () =>
  (
    await rows(
      `SELECT d.serial_number, s.health, s.health_reason, s.health_since FROM device_state s
         JOIN devices d USING (device_id) ORDER BY d.serial_number`,
    )
  ).map((row): unknown[] => Object.values(row));

/** A fibre that goes bad, vanishes and comes back well, beside one that is well all the time. */
function story(): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  for (let minute = 0; minute < 300; minute += 5) {
    events.push(report('WELL', minute, -20, 300));
    const isAway = minute >= 120 && minute < 180;
    if (!isAway) events.push(report('BAD', minute, minute >= 60 && minute < 240 ? -28 : -20, 300));
  }
  return events;
}

test('a condition stands in its table while it is open, and the device is worse than well for so long', async () => {
  await apply([report('A', 0, -28), report('B', 0, -20)]);
  expect(await state()).toEqual([
    ['A', 'ok', '', new Date(NOON)],
    ['B', 'ok', '', new Date(NOON)],
  ]);
  await apply([report('A', 12, -28.5)]);
  const reason = 'Receive power is -28.5 dBm';
  expect((await state())[0]).toEqual(['A', 'critical', reason, new Date(NOON + 12 * MINUTE)]);
  expect(await readConditions(database.pool, [1, 2])).toEqual([
    {
      ...{ deviceId: 1, rule: 'optics-low', severity: 'critical', metric: 'rx_power_dbm', value: -28.5 },
      ...{ since: NOON, openedAt: NOON + 12 * MINUTE, text: reason },
    },
  ]);
  expect((await readHealthCounts(database.pool)).online).toEqual({ ok: 1, degraded: 0, critical: 1 });
  expect(told).toEqual(['opened critical', 'critical']);
  await apply([report('A', 15, -20), report('A', 25, -20)]);
  expect(await readConditions(database.pool, [1, 2])).toEqual([]);
  expect((await readHealthCounts(database.pool)).online).toEqual({ ok: 2, degraded: 0, critical: 0 });
  expect(await timeline()).toEqual([
    ...['12 condition optics-low.opened', '12 health critical'],
    ...['25 condition optics-low.closed', '25 health ok'],
  ]);
});

test('one that opens and closes in one batch is in the timeline only', async () => {
  await apply([0, 12, 15, 30].map((minute) => report('A', minute, minute < 15 ? -28 : -20)));
  expect(await rows('SELECT * FROM device_conditions')).toEqual([]);
  expect(await timeline()).toHaveLength(4);
});

test('what a writer of a release before has let go of unseen is cleared away when the device is well', async () => {
  await apply([report('A', 0, -28), report('A', 12, -28)]);
  await database.pool.query(`UPDATE device_state SET memory = REPLACE(memory, '"health":', '"other":')`);
  applier = await newApplier();
  await apply([report('A', 20, -20)]);
  expect((await state())[0]![1]).toBe('ok');
  expect(await rows('SELECT * FROM device_conditions')).toEqual([]);
});

test('health stands still while a device is offline', async () => {
  await apply([report('A', 0, -28, 300), report('A', 12, -28, 300)]);
  await apply([report('B', 120, -20)]);
  const [[, health] = []] = await state();
  expect([health, (await rows('SELECT reachability FROM device_state'))[0]!['reachability']]).toEqual([
    'critical',
    'offline',
  ]);
  const counts = await readHealthCounts(database.pool);
  expect([counts.offline.critical, counts.online.critical, counts.online.ok]).toEqual([1, 0, 1]);
});

test('a writer that reads its devices anew, and one that applies all at once, find the same', async () => {
  const events = story();
  await apply(events);
  const whole = [await timeline(), await state(), await rows('SELECT * FROM device_conditions')];
  expect(whole[0]).toEqual(
    expect.arrayContaining([
      '70 condition optics-low.opened',
      '70 health critical',
      '250 condition optics-low.closed',
    ]),
  );
  expect(await readHealthCounts(database.pool)).toMatchObject({
    online: { ok: 2, degraded: 0, critical: 0 },
  });

  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  while ((await clearLane(transaction, LANE, 1000)) > 0);
  await transaction.query('COMMIT');
  transaction.release();
  expect(await rows('SELECT * FROM fleet_health_counts')).toEqual([]);
  for (let first = 0; first < events.length; first += 7) {
    if (first % 3 === 0) applier = await newApplier();
    await apply(events.slice(first, first + 7));
  }
  expect([await timeline(), await state(), await rows('SELECT * FROM device_conditions')]).toEqual(whole);
});

test('counts of health that are off are put right', async () => {
  await apply(story());
  expect(await recountHealth(database.pool, LANE.lane)).toEqual([]);
  await database.pool.query("UPDATE fleet_health_counts SET devices = 7 WHERE health = 'ok'");
  await database.pool.query("INSERT INTO fleet_health_counts VALUES (3, 'stale', 'degraded', 2)");
  await recountHealth(database.pool, LANE.lane);
  expect(await recountHealth(database.pool, LANE.lane)).toEqual([]);
  expect(await readHealthCounts(database.pool)).toMatchObject({
    online: { ok: 2, degraded: 0, critical: 0 },
    stale: { degraded: 0 },
  });
});

test('without rules nothing is judged and nothing forgotten', async () => {
  await apply([report('A', 0, -28), report('A', 12, -28)]);
  rules = undefined;
  await apply([report('A', 20, -20), report('A', 60, -20)]);
  expect((await state())[0]![1]).toBe('critical');
  rules = rulesOf([]);
  await apply([report('A', 61, -20)]);
  expect(await readConditions(database.pool, [1])).toEqual([]);
});

test('a rule for labels finds those of the inventory, of new devices and changed ones', async () => {
  rules = {
    ...rulesOf([{ ...LOW, scope: { labels: { tier: 'business' } } }]),
    labelsOf: (id) => (id === 5 ? new Map([['tier', 'business']]) : undefined),
  };
  await database.pool.query(
    "INSERT INTO inventory_boxes (box_id, serial_number, label_set_id, revision) VALUES (1, 'A', 5, 1)",
  );
  await apply([report('A', 0, -28), report('B', 0, -28)]);
  await apply([report('A', 12, -28), report('B', 12, -28)]);
  expect((await state()).map(([serial, health]) => [serial, health])).toEqual([
    ['A', 'critical'],
    ['B', 'unknown'],
  ]);
  applier = await newApplier();
  await apply([report('A', 13, -28), report('B', 13, -28)]);
  expect((await rows('SELECT * FROM device_conditions')).map(({ rule }) => rule as string)).toEqual([
    'optics-low',
  ]);
});
