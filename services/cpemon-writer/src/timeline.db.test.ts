import type { RowDataPacket } from 'mysql2/promise';
import {
  DEFAULT_REACHABILITY_SETTINGS,
  INTAKE_PATHS,
  type AdmissionRules,
  type CpeEvent,
  type MergeMode,
  type ReportData,
} from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import { clearLane, listIdentityFindings, releaseQuarantined } from '@cpemon/store';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from './device-applier.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const LANE = { generation: 1, lane: 3 };
const OPEN: AdmissionRules = { mode: 'open', newDevicesPerHour: 0 };

let database: TestDatabase;
let applier: DeviceApplier;
let sequence: number;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query('INSERT INTO intake_paths (path, accepted_at) VALUES ?', [
    INTAKE_PATHS.map((path) => [path, new Date(NOON + 86_400_000)]),
  ]);
  sequence = 0;
  applier = await newApplier();
});
afterEach(() => database.drop());

async function newApplier(admission = OPEN, merge: MergeMode = 'propose'): Promise<DeviceApplier> {
  const made = createDeviceApplier({
    read: (work) => work(database.pool),
    ...{ settings: DEFAULT_REACHABILITY_SETTINGS, admission, merge, cachedDevices: 1000, cachedBytes: 1e9 },
  });
  await made.openLane(LANE);
  return made;
}

function inform(
  subject: string,
  seconds: number,
  data: ReportData,
  fields: Partial<CpeEvent> = {},
): LoggedEvent {
  sequence += 1;
  const event: CpeEvent = {
    id: `e${sequence}`,
    source: '/cwmp',
    type: 'cpemon.inform.v1',
    subject,
    data,
    ...fields,
  };
  return { sequence, receivedAt: NOON + seconds * 1000, event };
}
const heartbeat = (subject: string, seconds: number, fields: Partial<CpeEvent> = {}): LoggedEvent =>
  inform(
    subject,
    seconds,
    { interval_seconds: 3600 },
    { source: '/heartbeat', type: 'cpemon.heartbeat.v1', ...fields },
  );

const batch = (events: LoggedEvent[], fields: Partial<LaneBatch> = {}): LaneBatch => ({
  ...{ ...LANE, mode: 'live', events, parked: new Set<string>(), refusals: new Map() },
  watermark: events.at(-1)?.receivedAt ?? NOON,
  attemptAt: events.at(-1)?.receivedAt ?? NOON,
  ...fields,
});

async function applyAll(...batches: LaneBatch[]) {
  const prepared = await applier.prepare(batches);
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
  return prepared.counts[0]!;
}

const rows = async (sql: string) => (await database.pool.query<RowDataPacket[]>(sql))[0];
const allTables = async () => {
  const tables: Record<string, string[]> = {};
  for (const table of [
    'devices',
    'device_state',
    'device_events',
    'fleet_counts',
    'identity_findings',
    'quarantined_identities',
  ]) {
    tables[table] = (await rows(`SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)).sort();
  }
  return tables;
};
const timeline = async () =>
  (
    await rows(
      `SELECT d.serial_number AS serial, e.at, e.kind FROM device_events e JOIN devices d USING (device_id)
        WHERE e.kind <> 'reachability' ORDER BY e.at, e.kind, e.identity`,
    )
  ).map(({ serial, at, kind }) => `${serial} ${kind} ${((at as Date).getTime() - NOON) / 1000}`);

async function clear(): Promise<void> {
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  while ((await clearLane(transaction, LANE, 1000)) > 0);
  await transaction.query('COMMIT');
  transaction.release();
}

/** A day of two devices: a boot that is retried, transfers, faults, changes, two identities, values of yesterday. */
function story(): LoggedEvent[] {
  const transfer = (seconds: number) =>
    inform(
      'A',
      seconds,
      { rpc: { method: 'TransferComplete', args: { CommandKey: 'fw', StartTime: '2026-11-21T11:00:00Z' } } },
      { type: 'cpemon.rpc.v1' },
    );
  const acs = { source: '/webhook', type: 'cpemon.acs-event.v1' } as const;
  const full = (productclass: string) => ({ oui: '00259E', productclass });
  const values = (sw: string, ip: string) => ({ attributes: { sw_version: sw, wan_ip: ip } });
  return [
    inform('A', 0, {
      event_codes: ['1 BOOT', 'M Reboot'],
      command_keys: ['', 'r1'],
      ...values('V1', '192.0.2.1'),
    }),
    inform('A', 10, { event_codes: ['1 BOOT', 'M Reboot'], command_keys: ['', 'r1'], retry_count: 1 }),
    inform('A', 30, { event_codes: ['1 BOOT', 'X 00259E Alarm'], retry_count: 2 }),
    transfer(31),
    transfer(60),
    inform('A', 90, { event_codes: ['2 PERIODIC'], ...values('V2', '192.0.2.1') }),
    inform('A', 95, { occurrence: 'fault', fault: { code: '9002', text: "it's" } }, acs),
    inform('A', 95, { occurrence: 'fault', fault: { code: '9003', text: '' } }, acs),
    inform(
      'A',
      99,
      { metrics: { rx_power_dbm: -30 }, read_at: { rx_power_dbm: '2026-11-20T00:00:00.000Z' } },
      acs,
    ),
    inform('B', 100, { event_codes: ['2 PERIODIC'], ...values('V1', '192.0.2.5') }, full('HG8245')),
    inform(
      'B',
      200,
      { event_codes: ['0 BOOTSTRAP', '1 BOOT'], ...values('V9', '192.0.2.6') },
      full('EG8145V5'),
    ),
    inform('B', 300, { event_codes: ['2 PERIODIC'], ...values('V1', '192.0.2.5') }, full('HG8245')),
    inform('B', 400, { event_codes: ['2 PERIODIC'] }, full('HG8245')),
    heartbeat('99999999', 500, { oui: '00259E', productclass: 'X' }),
    heartbeat('99999999', 501),
  ];
}

const TOLD = [
  ...['A boot 0', 'A vendor 30', 'A transfer 31', 'A firmware 90', 'A fault 95', 'A fault 95', 'B boot 200'],
];

test('what happened to devices stands in their timelines once, retried or not', async () => {
  await applyAll(batch(story()));
  expect(await timeline()).toEqual(TOLD);
  const [row] = await rows("SELECT data FROM device_events WHERE kind = 'firmware'");
  expect(JSON.parse(row!['data'] as string)).toEqual({ from: 'V1', to: 'V2' });
});

test('the same events give the same rows in one batch, one by one, after a take-over between any two, and rebuilt', async () => {
  const events = story();
  await applyAll(batch(events));
  const whole = await allTables();
  const again = async (after: () => Promise<void>) => {
    await clear();
    applier = await newApplier();
    for (const logged of events) {
      await applyAll(batch([logged]));
      await after();
    }
    return allTables();
  };
  expect(await again(() => Promise.resolve())).toEqual(whole);
  const takeOver = async () => {
    applier = await newApplier();
  };
  expect(await again(takeOver)).toEqual(whole);
});

test('a replay adds nothing', async () => {
  const events = story();
  await applyAll(batch(events));
  const before = await allTables();
  await applyAll(batch(events, { mode: 'replay' }));
  expect(await allTables()).toEqual(before);
});

test('identities that look alike are shown: first as a merge, then as a conflict, and placeholders', async () => {
  const events = story();
  await applyAll(batch(events.slice(0, 11)));
  const found = async () =>
    (await listIdentityFindings(await connection(), {}, { limit: 10 })).map(({ kind, device, other }) => [
      kind,
      device.serialNumber,
      device.productClass,
      other?.productClass,
    ]);
  expect(await found()).toEqual([['merge', 'B', 'HG8245', 'EG8145V5']]);
  await applyAll(batch(events.slice(11)));
  expect(await found()).toEqual([
    ['placeholder', '99999999', '', undefined],
    ['placeholder', '99999999', 'X', undefined],
    ['conflict', 'B', 'HG8245', 'EG8145V5'],
  ]);
  expect(await rows("SELECT serial_number FROM v_identity_findings WHERE kind = 'merge'")).toEqual([]);
});

async function connection() {
  const made = await database.pool.getConnection();
  made.release();
  return made;
}

describe('a firmware that changes the product class', () => {
  const ADDRESS = '100.64.0.9';
  const of = (productclass: string, seconds: number, sw: string, codes: string[], wan = ADDRESS) =>
    inform(
      'R',
      seconds,
      { event_codes: codes, attributes: { sw_version: sw, wan_ip: wan } },
      { oui: '00259E', productclass, time: new Date(NOON + seconds * 1000).toISOString() },
    );
  const renamed = (): LoggedEvent[] => [
    of('HG8245', 0, 'V1', ['2 PERIODIC']),
    of('EG8145V5', 100, 'V2', ['1 BOOT', 'M Download']),
    // Sent before the boot, received after it.
    { ...of('HG8245', 50, 'V1', ['4 VALUE CHANGE']), receivedAt: NOON + 150_000 },
    of('EG8145V5', 200, 'V2', ['2 PERIODIC']),
  ];
  const devices = async () =>
    (await rows('SELECT device_id, product_class FROM devices ORDER BY device_id')).map(
      (row) => `${row['device_id']} ${row['product_class']}`,
    );
  const applied = async () =>
    (await rows('SELECT applied_events AS n FROM device_state')).map(({ n }) => Number(n));

  test('leaves the device what it was, with a row in its timeline and a finding, where that is certain', async () => {
    applier = await newApplier(OPEN, 'certain');
    const events = renamed();
    await applyAll(batch(events.slice(0, 1)));
    const [before] = await devices();
    await applyAll(batch(events.slice(1)));
    expect(await devices()).toEqual([`${before!.split(' ')[0]} EG8145V5`]);
    expect(await applied()).toEqual([4]);
    expect(await timeline()).toEqual(['R boot 100', 'R firmware 100', 'R identity 100']);
    const [found] = await listIdentityFindings(await connection(), {}, { limit: 10 });
    expect(found).toMatchObject({
      ...{ kind: 'merged', other: null, at: NOON + 100_000 },
      data: { from: 'HG8245', to: 'EG8145V5', by: '/cwmp' },
    });
  });

  test('gives the same rows in any batches, after a take-over between any two, and rebuilt with the same key', async () => {
    applier = await newApplier(OPEN, 'certain');
    const events = renamed();
    await applyAll(batch(events));
    const whole = await allTables();
    await clear();
    for (const logged of events) {
      applier = await newApplier(OPEN, 'certain');
      await applyAll(batch([logged]));
    }
    expect(await allTables()).toEqual(whole);
    await applyAll(batch(events, { mode: 'replay' }));
    expect(await allTables()).toEqual(whole);
  });

  test('its labels stay, and a command that names the class before reaches it', async () => {
    applier = await newApplier(OPEN, 'certain');
    const command = (revision: number, seconds: number): LoggedEvent =>
      inform(
        'R',
        seconds,
        { command: { name: 'inventory', revision, admin_state: 'maintenance', label_set: 0 } },
        { source: '/command', type: 'cpemon.command.v1', oui: '00259E', productclass: 'HG8245' },
      );
    await applyAll(batch([renamed()[0]!, command(1, 10)]));
    await applyAll(batch([...renamed().slice(1), command(2, 300)]));
    expect(await rows('SELECT admin_state, revision FROM device_inventory')).toMatchObject([
      { admin_state: 'maintenance', revision: 2 },
    ]);
  });

  test('is a device of its own and a proposed merge by default, and where there is a doubt', async () => {
    await applyAll(batch(renamed()));
    expect(await devices()).toHaveLength(2);
    await clear();
    applier = await newApplier(OPEN, 'certain');
    const [first] = renamed();
    await applyAll(batch([first!, of('EG8145V5', 100, 'V2', ['1 BOOT'], '100.64.0.10')]));
    expect(await devices()).toHaveLength(2);
    expect(await rows('SELECT kind FROM identity_findings')).toMatchObject([{ kind: 'merge' }]);
  });

  test('a box that goes on under the class before is a device of its own, and a conflict at another address', async () => {
    applier = await newApplier(OPEN, 'certain');
    await applyAll(batch(renamed()));
    await applyAll(batch([of('HG8245', 300, 'V1', ['2 PERIODIC'], '100.64.0.10')]));
    await applyAll(batch([of('EG8145V5', 400, 'V2', ['2 PERIODIC'])]));
    expect(await devices()).toHaveLength(2);
    const kinds = (await rows('SELECT kind FROM v_identity_findings ORDER BY kind')).map(
      ({ kind }) => kind as string,
    );
    expect(kinds).toEqual(['conflict', 'merged']);
    // Two of one serial number: nothing is certain any more.
    await applyAll(batch([of('HG8245', 500, 'V3', ['1 BOOT'], ADDRESS)]));
    expect(await devices()).toHaveLength(2);
  });
});

describe('admission', () => {
  const devices = async () =>
    (await rows('SELECT serial_number FROM devices ORDER BY 1')).map((row) => row['serial_number'] as string);
  const kept = async () =>
    (await rows('SELECT serial_number AS sn, reason, events FROM quarantined_identities ORDER BY 1')).map(
      ({ sn, reason, events }) => `${sn} ${reason} ${events}`,
    );

  test('an identity in quarantine is counted and no device, until it is released; then it begins with its next event', async () => {
    applier = await newApplier({ mode: 'quarantine', newDevicesPerHour: 0 });
    const early = [heartbeat('A', 0), heartbeat('A', 10), heartbeat('B', 20)];
    expect(await applyAll(batch(early))).toMatchObject({ quarantined: 3, devices: 0 });
    expect([await devices(), await kept()]).toEqual([[], ['A not_released 2', 'B not_released 1']]);
    expect(await releaseQuarantined(await connection(), { serialNumber: 'A', actor: 'tester' })).toBe(1);
    await database.pool.query(
      'UPDATE quarantined_identities SET released_at = ? WHERE released_at IS NOT NULL',
      [new Date(NOON + 25_000)],
    );
    const later = [heartbeat('A', 30), heartbeat('B', 40)];
    expect(await applyAll(batch(later))).toMatchObject({ quarantined: 1, devices: 1 });
    expect([await devices(), await kept()]).toEqual([['A'], ['A not_released 2', 'B not_released 2']]);

    const before = await allTables();
    await clear();
    applier = await newApplier({ mode: 'quarantine', newDevicesPerHour: 0 });
    await applyAll(batch([early[0]!]));
    await applyAll(batch([...early.slice(1), ...later]));
    expect(await allTables()).toEqual(before);
  });

  test('devices that were there before are admitted, also when their lane is rebuilt under a stricter rule', async () => {
    const events = story();
    await applyAll(batch(events));
    const before = await allTables();
    await clear();
    applier = await newApplier({ mode: 'inventory', newDevicesPerHour: 0 });
    await applyAll(batch(events));
    expect(await allTables()).toEqual(before);
  });

  test('the inventory lets in who is expected, as far as it says', async () => {
    await database.pool.query(
      "INSERT INTO expected_devices VALUES ('A', '', ''), ('B', '00259E', 'EG8145V5'), ('C', '00259E', 'EG8145V5')",
    );
    applier = await newApplier({ mode: 'inventory', newDevicesPerHour: 0 });
    const oui = { oui: '00259E', productclass: 'EG8145V5' };
    await applyAll(
      batch([
        heartbeat('A', 0, oui),
        heartbeat('B', 1, oui),
        heartbeat('C', 2, { oui: '0026ED' }),
        heartbeat('D', 3),
      ]),
    );
    expect([await devices(), await kept()]).toEqual([
      ['A', 'B'],
      ['C not_expected 1', 'D not_expected 1'],
    ]);
  });

  test('new devices are limited by source and hour; known ones go on, in whatever batches', async () => {
    const limit: AdmissionRules = { mode: 'open', newDevicesPerHour: 2 };
    applier = await newApplier(limit);
    await applyAll(batch([heartbeat('A', 0)]));
    applier = await newApplier(limit);
    await applyAll(batch([heartbeat('B', 1), heartbeat('C', 2), heartbeat('A', 3)]));
    await applyAll(batch([inform('D', 4, {}), heartbeat('C', 3700), heartbeat('E', 3701)]));
    expect([await devices(), await kept()]).toEqual([['A', 'B', 'D', 'E'], ['C too_many_new 2']]);
  });
});
