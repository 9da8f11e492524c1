import type { RowDataPacket } from 'mysql2/promise';
import { DEFAULT_REACHABILITY_SETTINGS, type CpeEvent } from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import { findDevices, writeBeat } from '@cpemon/store';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from './device-applier.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const LANE = { generation: 1, lane: 3 };

let database: TestDatabase;
let applier: DeviceApplier;
let sequence: number;
let transitions: string[];
let chatty: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  await served(NOON + 86_400_000);
  sequence = 0;
  applier = await newApplier();
});
afterEach(() => database.drop());

async function newApplier(
  cachedDevices = 1000,
  settings = DEFAULT_REACHABILITY_SETTINGS,
): Promise<DeviceApplier> {
  transitions = [];
  chatty = [];
  const made = createDeviceApplier({
    read: (work) => work(database.pool),
    settings,
    cachedDevices,
    cachedBytes: 1e9,
    onTransition: (to) => transitions.push(to),
    onChatty: (change) => chatty.push(change),
  });
  await made.openLane(LANE);
  return made;
}

/** All paths were accepting until then. */
async function served(until: number): Promise<void> {
  await database.pool.query(
    `INSERT INTO intake_paths VALUES ('heartbeat', ?), ('telemetry', ?), ('webhook', ?)
     ON DUPLICATE KEY UPDATE accepted_at = VALUES(accepted_at)`,
    Array(3).fill(new Date(until)),
  );
}

function heartbeat(subject: string, seconds: number, fields: Partial<CpeEvent> = {}): LoggedEvent {
  sequence += 1;
  return {
    sequence,
    receivedAt: NOON + seconds * 1000,
    event: {
      id: `e${sequence}`,
      source: '/heartbeat',
      type: 'cpemon.heartbeat.v1',
      subject,
      data: { interval_seconds: 60, metrics: { uptime_seconds: sequence } },
      ...fields,
    },
  };
}

const batch = (events: LoggedEvent[], watermark: number, fields: Partial<LaneBatch> = {}): LaneBatch => ({
  ...LANE,
  mode: 'live',
  events,
  watermark: NOON + watermark * 1000,
  attemptAt: NOON + watermark * 1000,
  parked: new Set<string>(),
  refusals: new Map(),
  ...fields,
});

async function applyAll(...batches: LaneBatch[]) {
  const prepared = await applier.prepare(batches);
  await write(prepared);
  return prepared.counts;
}

async function write(prepared: Awaited<ReturnType<DeviceApplier['prepare']>>): Promise<void> {
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
}

const rows = async (sql: string) => (await database.pool.query<RowDataPacket[]>(sql))[0];
const states = () =>
  rows(
    `SELECT d.serial_number AS serial, d.oui, d.product_class AS class, s.reachability, s.uptime_seconds AS uptime,
            s.applied_events AS applied, s.duplicate_events AS duplicates, s.late_events AS late, s.last_seq AS seq
       FROM devices d JOIN device_state s USING (device_id) ORDER BY d.serial_number, d.oui`,
  );
const timeline = async () =>
  (
    await rows(
      `SELECT d.serial_number AS serial, e.at, IF(e.kind = 'reachability', e.identity, e.kind) AS what
         FROM device_events e JOIN devices d USING (device_id)
        ORDER BY e.at, d.serial_number, what`,
    )
  ).map(({ serial, at, what }) => `${serial} ${what} ${((at as Date).getTime() - NOON) / 1000}`);
const counts = async () =>
  Object.fromEntries(
    (await rows('SELECT reachability, devices FROM fleet_counts WHERE devices <> 0')).map((row) => [
      row['reachability'],
      row['devices'],
    ]),
  ) as Record<string, number>;

test('events become state: one row a device, with the counters of all its events', async () => {
  const first = heartbeat('A', 1);
  const repeated = heartbeat('A', 2, { id: 'same' });
  const result = await applyAll(
    batch(
      [
        first,
        repeated,
        heartbeat('B', 2),
        { ...repeated, sequence: ++sequence },
        heartbeat('A', 3, { time: new Date(NOON - 60_000).toISOString() }),
      ],
      3,
    ),
  );
  expect(result).toEqual([{ ...LANE, duplicates: 1, late: 1, devices: 2 }]);
  expect(await states()).toEqual([
    {
      serial: 'A',
      oui: '',
      class: '',
      reachability: 'online',
      uptime: 2,
      applied: 4,
      duplicates: 1,
      late: 1,
      seq: 5,
    },
    {
      serial: 'B',
      oui: '',
      class: '',
      reachability: 'online',
      uptime: 3,
      applied: 1,
      duplicates: 0,
      late: 0,
      seq: 3,
    },
  ]);
  expect(await counts()).toEqual({ online: 2 });
});

test('a writer that takes a lane over goes on where the one before it stopped', async () => {
  await applyAll(batch([heartbeat('A', 1, { id: 'x' }), heartbeat('A', 2)], 2));
  applier = await newApplier();
  await applyAll(
    batch(
      [heartbeat('A', 3, { id: 'x' }), heartbeat('A', 4, { data: { metrics: { rx_power_dbm: -19 } } })],
      4,
    ),
  );
  expect(await states()).toMatchObject([{ uptime: 2, applied: 4, duplicates: 1 }]);
});

test('silent devices turn stale and offline while nothing arrives, with the true times', async () => {
  await applyAll(batch([heartbeat('A', 0), heartbeat('B', 0), heartbeat('C', 30)], 30));
  await applyAll(batch([], 100));
  expect(await counts()).toEqual({ online: 3 });
  await applyAll(batch([], 130));
  expect(await counts()).toEqual({ online: 1, stale: 2 });
  await applyAll(batch([heartbeat('B', 200)], 200));
  await applyAll(batch([], 10_000));
  expect(await timeline()).toEqual([
    'A stale 120',
    'B stale 120',
    'C stale 150',
    'B absence 200',
    'B online 200',
    'B stale 320',
    'A offline 360',
    'C offline 390',
    'B offline 560',
  ]);
  expect(await counts()).toEqual({ offline: 3 });
  expect(transitions.filter((to) => to === 'offline')).toHaveLength(3);
});

test('a take-over loses no deadline, also of devices that are not in memory', async () => {
  await applyAll(batch([heartbeat('A', 0), heartbeat('B', 50)], 50));
  applier = await newApplier();
  await applyAll(batch([], 1000));
  expect(await timeline()).toEqual(['A stale 120', 'B stale 170', 'A offline 360', 'B offline 410']);
});

test('a device that declares a shorter interval is judged by it from then on', async () => {
  await applyAll(batch([heartbeat('A', 0, { data: { interval_seconds: 3600 } })], 0));
  await applyAll(batch([heartbeat('A', 10, { data: { interval_seconds: 60 } })], 10));
  await applyAll(batch([], 200));
  expect(await timeline()).toEqual(['A stale 130']);
});

test('the same events give the same timeline in one batch, one by one, and after a take-over between any two', async () => {
  const events = [
    ...[0, 50, 110, 400, 460, 900, 1300].map((at) => heartbeat('A', at)),
    ...[20, 700, 1350].map((at) => heartbeat('B', at)),
  ].sort((a, b) => a.receivedAt - b.receivedAt);
  events.forEach((logged, index) => (logged.sequence = index + 1));
  const run = async (split: (index: number) => 'on' | 'batch' | 'take-over') => {
    for (const table of ['devices', 'device_state', 'device_events', 'fleet_counts']) {
      await database.pool.query(`DELETE FROM ${table}`);
    }
    applier = await newApplier();
    let open: LoggedEvent[] = [];
    for (const [index, logged] of events.entries()) {
      open.push(logged);
      const then = split(index);
      if (then === 'on') continue;
      await applyAll(batch(open, (logged.receivedAt - NOON) / 1000));
      open = [];
      if (then === 'take-over') applier = await newApplier();
    }
    await applyAll(batch(open, 5000));
    // Deadlines of what a batch has just made are looked at with the next, a second later.
    await applyAll(batch([], 5001));
    return { timeline: await timeline(), counts: await counts(), states: await states() };
  };
  const whole = await run(() => 'on');
  expect(whole.timeline).toContain('A stale 230');
  expect(await run(() => 'batch')).toEqual(whole);
  expect(await run(() => 'take-over')).toEqual(whole);
  expect(await run((index) => (index % 3 === 1 ? 'batch' : 'on'))).toEqual(whole);
});

test('at the first start of all, reports that come in late are of devices that live', async () => {
  await database.pool.query('DELETE FROM intake_paths');
  const path = { process: 'p', service: 'api', paths: ['telemetry'], accepting: ['telemetry'] } as const;
  await writeBeat(database.pool, path);
  const [[beat]] = await database.pool.query<RowDataPacket[]>('SELECT accepted_at AS at FROM intake_paths');
  const started = Math.round(((beat!['at'] as Date).getTime() - NOON) / 1000);
  const retried = (subject: string, seconds: number) =>
    heartbeat(subject, started + 5, {
      source: '/telemetry',
      time: new Date(NOON + (started - seconds) * 1000).toISOString(),
      data: { interval_seconds: 5 },
    });
  const settings = {
    ...DEFAULT_REACHABILITY_SETTINGS,
    ...{ staleFloorSeconds: 5, staleCeilingSeconds: 5, offlineFloorSeconds: 25, offlineCeilingSeconds: 25 },
  };
  applier = await newApplier(1000, settings);
  await applyAll(batch([retried('A', 180), retried('B', 20), retried('C', 3600)], started + 6));
  await applyAll(batch([], started + 8));
  expect(await counts()).toEqual({ online: 3 });
});

test('while intake is away no device turns stale, and when it is back the clocks go on', async () => {
  await served(NOON + 60_000);
  await applyAll(batch([heartbeat('A', 60)], 60));
  applier = await newApplier();
  await applyAll(batch([], 50_000));
  expect(await counts()).toEqual({ online: 1 });
  await database.pool.query("INSERT INTO intake_gaps VALUES ('heartbeat', ?, ?)", [
    new Date(NOON + 60_000),
    new Date(NOON + 50_000_000),
  ]);
  await served(NOON + 60_000_000);
  applier = await newApplier();
  await applyAll(batch([], 60_000));
  // Its report fell due in the gap: one interval and 640 s from the end of the gap.
  expect(await timeline()).toEqual(['A stale 50700', 'A offline 50940']);
});

test('what was prepared and not committed is forgotten with the lane', async () => {
  await applyAll(batch([heartbeat('A', 0)], 0));
  const lost = heartbeat('A', 10);
  await applier.prepare([batch([lost, heartbeat('B', 10)], 10)]);
  applier.closeLane(LANE);
  await applier.openLane(LANE);
  sequence = 1;
  await applyAll(batch([{ ...lost, sequence: ++sequence }], 10));
  expect(await states()).toMatchObject([{ serial: 'A', applied: 2, duplicates: 0, seq: 2 }]);
});

test('a batch may be prepared while the one before it is written', async () => {
  const first = await applier.prepare([batch([heartbeat('NEW', 1), heartbeat('A', 1)], 1)]);
  const second = await applier.prepare([
    batch([heartbeat('NEW', 2, { data: { attributes: { model: 'EG8145V5' } } })], 2),
  ]);
  await write(first);
  expect(await states()).toMatchObject([
    { serial: 'A', seq: 2 },
    { serial: 'NEW', applied: 1, seq: 1 },
  ]);
  await write(second);
  expect(await states()).toMatchObject([{ serial: 'A' }, { serial: 'NEW', applied: 2, seq: 3 }]);
  expect(await rows("SELECT model FROM devices WHERE serial_number = 'NEW'")).toEqual([
    { model: 'EG8145V5' },
  ]);
  expect(await counts()).toEqual({ online: 2 });
});

test('a memory that holds fewer devices than the fleet has comes to the same state', async () => {
  applier = await newApplier(10);
  const fleet = Array.from({ length: 50 }, (_, n) => `SN${n}`);
  for (let round = 0; round < 4; round += 1) {
    await applyAll(
      batch(
        fleet.map((serial) => heartbeat(serial, round * 60)),
        round * 60,
      ),
    );
  }
  expect(applier.cached().devices).toBe(50);
  await applyAll(batch([], 300));
  await applyAll(batch([], 10_000));
  const found = await states();
  expect(found).toHaveLength(50);
  expect(
    found.every(({ applied, duplicates, late }) => applied === 4 && duplicates === 0 && late === 0),
  ).toBe(true);
  expect((await timeline()).slice(0, 50).every((line) => line.endsWith('stale 300'))).toBe(true);
  expect(await counts()).toEqual({ offline: 50 });
});

describe('identity', () => {
  const full = (seconds: number, oui: string, productclass: string) =>
    heartbeat('SN', seconds, { oui, productclass });
  const identities = async () =>
    (await states()).map((row) => `${row['oui']}/${row['class']} ${row['applied']}`);

  test('a full identity takes over the device that was known by its serial number', async () => {
    await applyAll(batch([heartbeat('SN', 1)], 1));
    await applyAll(batch([full(2, '00259E', 'EG8145V5'), heartbeat('SN', 3)], 3));
    expect(await identities()).toEqual(['00259E/EG8145V5 3']);
    applier = await newApplier();
    await applyAll(batch([full(4, '00259E', 'EG8145V5')], 4));
    expect(await identities()).toEqual(['00259E/EG8145V5 4']);
  });

  test('two full identities are two devices, and what cannot tell them apart is a third', async () => {
    await applyAll(
      batch([full(1, '00259E', 'A'), heartbeat('SN', 2), full(3, '0026ED', 'B'), heartbeat('SN', 4)], 4),
    );
    await applyAll(batch([heartbeat('SN', 5), full(6, '0026ED', 'B')], 6));
    expect(await identities()).toEqual(['/ 2', '00259E/A 2', '0026ED/B 2']);
    expect(await counts()).toEqual({ online: 3 });
  });

  test('a device that grows out of its bare serial number leaves it to a newcomer of the same batch', async () => {
    await applyAll(batch([heartbeat('SN', 1)], 1));
    await applyAll(batch([full(2, '00259E', 'A'), full(3, '0026ED', 'B'), heartbeat('SN', 4)], 4));
    expect(await identities()).toEqual(['/ 1', '00259E/A 2', '0026ED/B 1']);
  });
});

test('values at the limits of what a sender may send are stored, not refused', async () => {
  const odd = `it's "\\" \0 é😀${'x'.repeat(300)}`;
  await applyAll(
    batch(
      [
        heartbeat(`!${'~'.repeat(63)}`, 1, {
          ...{ id: odd.repeat(5), time: '2015-01-01T00:00:00.000Z', oui: odd, productclass: odd },
          data: {
            interval_seconds: 31 * 86_400,
            event_codes: [odd],
            attributes: { wan_ip: odd, sw_version: odd, hw_version: odd, manufacturer: odd, model: '\ud800' },
            metrics: {
              cpu_used_ratio: Number.MAX_VALUE,
              rx_power_dbm: -Number.MIN_VALUE,
              [odd]: 1,
              uptime_seconds: -0,
            },
            extra: { [odd]: odd },
          },
        }),
        heartbeat('B', 2, { source: '/webhook', time: new Date(NOON + 200_000).toISOString(), data: {} }),
        heartbeat('C', 3, { time: 'no time', data: { interval_seconds: 1e9, metrics: {} } }),
      ],
      3,
    ),
  );
  expect(await states()).toHaveLength(3);
  applier = await newApplier();
  await applyAll(
    batch(
      [`!${'~'.repeat(63)}`, 'B', 'C'].map((serial) => heartbeat(serial, 10, { data: {} })),
      10,
    ),
  );
  expect((await states()).map(({ applied }) => applied as number)).toEqual([2, 2, 2]);
});

test('an event of an unknown type is refused and makes no device; those behind it are kept back', async () => {
  const odd = heartbeat('A', 0, { type: 'cpemon.later.v9' as CpeEvent['type'] });
  const prepared = await applier.prepare([batch([odd, heartbeat('A', 1), heartbeat('B', 2)], 2)]);
  await write(prepared);
  expect(prepared.parked.map(({ logged, refusal }) => [logged.sequence, refusal?.reason])).toEqual([
    [1, 'unknown_type'],
    [2, undefined],
  ]);
  const [devices] = await database.pool.query<RowDataPacket[]>('SELECT serial_number FROM devices');
  expect(devices).toEqual([{ serial_number: 'B' }]);
});

test('a parked device stays online by the events that wait, and takes nothing else from them', async () => {
  await applyAll(batch([heartbeat('A', 0)], 0));
  const parked = new Set(['A']);
  const waiting = [60, 120, 180, 240, 300, 360, 420].map((at) => heartbeat('A', at));
  const prepared = await applier.prepare([batch(waiting, 430, { parked })]);
  await write(prepared);
  expect(prepared.parked).toHaveLength(7);
  const [[state]] = await database.pool.query<RowDataPacket[]>(
    'SELECT reachability, uptime_seconds, applied_events, last_seen_at FROM device_state',
  );
  expect(state).toEqual({
    ...{ reachability: 'online', uptime_seconds: 1, applied_events: 1 },
    last_seen_at: new Date(NOON + 420_000),
  });
});

test('events that were parked are applied out of their time without a transition of the past', async () => {
  await applyAll(batch([heartbeat('A', 0)], 0));
  await applyAll(batch([], 3600));
  const late = [heartbeat('A', 30), heartbeat('A', 60)];
  await applyAll(batch(late, 3600, { mode: 'again' }));
  const [[state]] = await database.pool.query<RowDataPacket[]>(
    'SELECT reachability, uptime_seconds, applied_events FROM device_state',
  );
  expect(state).toEqual({ reachability: 'offline', uptime_seconds: 3, applied_events: 3 });
  expect(transitions).toEqual(['stale', 'offline']);
});

test('a device that floods is chatty, with all its events, in whatever batches and through a restart', async () => {
  const flood = Array.from({ length: 60 }, (_, second) => heartbeat('A', second));
  const quiet = heartbeat('B', 5);
  await applyAll(batch([...flood.slice(0, 20), quiet], 20));
  expect(chatty).toEqual([]);
  applier = await newApplier();
  await applyAll(batch(flood.slice(20, 50), 50));
  await applyAll(batch(flood.slice(50), 60));
  expect(chatty).toEqual(['began']);
  const found = await findDevices(database.pool, ['A', 'B']);
  expect(found.map(({ serialNumber, chattySince }) => [serialNumber, chattySince])).toEqual([
    ['A', NOON + 31_000],
    ['B', null],
  ]);
  expect(await states()).toMatchObject([{ serial: 'A', applied: 60 }, { serial: 'B' }]);
  applier = await newApplier();
  await applyAll(batch([heartbeat('A', 2000)], 2000));
  expect(chatty).toEqual(['ended']);
  expect(await findDevices(database.pool, ['A'])).toMatchObject([{ chattySince: null }]);
  expect(await rows("SELECT kind, data FROM device_events WHERE kind = 'chatty' ORDER BY at")).toHaveLength(
    2,
  );
});
