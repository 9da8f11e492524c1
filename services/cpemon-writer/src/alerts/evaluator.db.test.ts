import { readAlertSettings, type AlertSettings } from '@cpemon/alerts';
import { connect, type SingleConnection } from '@cpemon/database';
import {
  acknowledgeAlert,
  addChanges,
  addMaintenanceWindow,
  addSilence,
  endSilence,
  listAlerts,
  recountLabels,
  type ShownAlert,
} from '@cpemon/store';
import type { RowDataPacket } from 'mysql2';
import {
  addTabledDevices,
  lanesApplied,
  turnDevices,
  type TabledDevice,
} from '../../../../tests/support/alert-fleet.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createEvaluator, type Evaluator } from './evaluator.js';

const MINUTE = 60_000;
const OLTS = 4;
const PONS = 4;
const A_PON = 25;

let database: TestDatabase;
let connection: SingleConnection;
let evaluator: Evaluator;
let settings: AlertSettings;
/** Simulated time. */
let now: number;

beforeEach(async () => {
  database = await createTestDatabase();
  connection = await connect(await database.login('writer'), {});
  now = Date.now();
  settings = readAlertSettings({
    receivers: [{ name: 'noc', type: 'webhook', url: 'http://127.0.0.1:1/' }],
  });
  await lanesApplied(database.pool);
  await addTabledDevices(database.pool, fleet());
  evaluator = await newEvaluator();
});
afterEach(async () => {
  await connection.end();
  await database.drop();
});

/** 4 OLTs of 4 PONs of 25 devices; the first of each PON is a business. */
function fleet(): TabledDevice[] {
  const devices: TabledDevice[] = [];
  for (let olt = 0; olt < OLTS; olt += 1)
    for (let pon = 0; pon < PONS; pon += 1)
      for (let n = 0; n < A_PON; n += 1) {
        const deviceId = deviceAt(olt, pon, n);
        const labels = {
          ...{ olt: `olt-${olt}`, pon: `${olt}/${pon}`, region: olt < 2 ? 'north' : 'south' },
          ...(n === 0 ? { tier: 'business' } : {}),
        };
        devices.push({ deviceId, labels, lastSeenAt: now, lane: 0, firmware: n === 1 ? 'V2' : 'V1' });
      }
  return devices;
}
const deviceAt = (olt: number, pon: number, n: number): number => 1 + (olt * PONS + pon) * A_PON + n;
const ofPon = (olt: number, pon: number): number[] =>
  Array.from({ length: A_PON }, (_, n) => deviceAt(olt, pon, n));
const ofOlt = (olt: number): number[] => Array.from({ length: PONS }, (_, pon) => ofPon(olt, pon)).flat();
const everybody = (): number[] => Array.from({ length: OLTS }, (_, olt) => ofOlt(olt)).flat();

const newEvaluator = (): Promise<Evaluator> =>
  createEvaluator({
    connection,
    async transact(work) {
      await connection.query('START TRANSACTION');
      const result = await work(connection);
      await connection.query('COMMIT');
      return result;
    },
    settings: () => settings,
    clock: () => now,
    random: () => 0.5,
  });

/** Goes through some simulated minutes. */
async function pass(minutes: number, stepSeconds = 20): Promise<void> {
  const until = now + minutes * MINUTE;
  while (now < until) {
    now = Math.min(until, now + stepSeconds * 1000);
    while (await evaluator.step());
  }
}
/** Devices fall silent now: they go offline after 15 minutes. Everybody else goes on reporting. */
async function die(deviceIds: number[], lane = 0): Promise<number> {
  const diedAt = now;
  now += 15 * MINUTE;
  await database.pool.query('UPDATE device_state SET last_seen_at = ? WHERE reachability = ?', [
    new Date(now - MINUTE),
    'online',
  ]);
  await turnDevices(database.pool, deviceIds, 'offline', { at: now, lane, lastSeenAt: diedAt - MINUTE });
  return diedAt - MINUTE;
}
const comeBack = (deviceIds: number[]) => turnDevices(database.pool, deviceIds, 'online', { at: now });

/** As the owner of its lane erases it; what is left is removed later by a job. */
async function erase(deviceIds: number[]): Promise<void> {
  for (const table of ['device_conditions', 'device_inventory', 'device_state', 'devices'])
    await database.pool.query(`DELETE FROM ${table} WHERE device_id IN (?)`, [deviceIds]);
  await recountLabels(database.pool, 0);
  await addChanges(
    database.pool,
    deviceIds.map((deviceId) => ({ lane: 0, deviceId, at: now, kind: 'erased', data: {} })),
  );
}
/** They have been out of service, or gone, for so long that nobody expects them. */
const dormant = async (deviceIds: number[]): Promise<void> => {
  await database.pool.query(
    "UPDATE device_state SET reachability = 'offline', reachability_since = ?, last_seen_at = ? WHERE device_id IN (?)",
    [new Date(now - 31 * 1440 * MINUTE), new Date(now - 31 * 1440 * MINUTE), deviceIds],
  );
  await recountLabels(database.pool, 0);
};
const putInto = async (state: string, deviceIds: number[]): Promise<void> => {
  await database.pool.query('UPDATE device_inventory SET admin_state = ? WHERE device_id IN (?)', [
    state,
    deviceIds,
  ]);
  await recountLabels(database.pool, 0);
};

const alerts = async (): Promise<ShownAlert[]> =>
  (await listAlerts(database.pool, {}, { limit: 100 })).reverse();
const messages = async () =>
  (
    await database.pool.query<RowDataPacket[]>(
      'SELECT kind, alert_id, message_id, body FROM outbox ORDER BY position',
    )
  )[0].map((row) => ({
    kind: row['kind'] as string,
    id: row['message_id'] as string,
    ...(JSON.parse(row['body'] as string) as { data: Record<string, unknown> }),
  }));
const kinds = async () => (await messages()).map(({ kind }) => kind);

test('a residential device that goes offline notifies nobody; a business line does, after ten minutes', async () => {
  await die([deviceAt(0, 0, 5), deviceAt(1, 1, 0)]);
  const wentAt = now;
  await pass(9);
  expect(await messages()).toEqual([]);
  await pass(2);
  const [message, ...others] = await messages();
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    kind: 'alert.firing',
    data: {
      sn: 'SN126',
      rule: 'business-offline',
      cause: 'unknown',
      started_at: new Date(wentAt).toISOString(),
    },
  });
  await comeBack([deviceAt(0, 0, 5), deviceAt(1, 1, 0)]);
  const backAt = now;
  await pass(1);
  expect(await kinds()).toEqual(['alert.firing']);
  await pass(2);
  expect(await kinds()).toEqual(['alert.firing', 'alert.resolved']);
  expect((await alerts())[0]).toMatchObject({ state: 'resolved', endedAt: backAt, notification: 'sent' });
});

test('a business line that is back within its tolerance has never been an alert', async () => {
  await die([deviceAt(1, 1, 0)]);
  await pass(9);
  expect((await alerts()).map(({ state }) => state)).toEqual(['pending']);
  await comeBack([deviceAt(1, 1, 0)]);
  await pass(20);
  expect(await alerts()).toEqual([]);
  expect(await messages()).toEqual([]);
});

test('an OLT that dies is one alarm with its denominator; its business lines hold theirs and are linked', async () => {
  const start = await die(ofOlt(2));
  await pass(1.5);
  expect(await messages()).toEqual([]);
  await pass(1);
  expect((await messages()).map(({ data }) => data)).toMatchObject([
    {
      ...{ kind: 'group', group: { label: 'olt', value: 'olt-2' }, missing: 100, due: 100, members: 100 },
      ...{ cause: 'unknown', started_at: new Date(start).toISOString() },
      evidence: { share: 1 },
    },
  ]);
  await pass(20);
  expect(await kinds()).toEqual(['alert.firing']);
  const [alarm] = (await alerts()).filter(({ kind }) => kind === 'group');
  const lines = (await alerts()).filter(({ kind }) => kind === 'device');
  expect(lines).toHaveLength(4);
  for (const line of lines)
    expect(line).toMatchObject({
      state: 'firing',
      quiet: 'group',
      parentId: alarm!.alertId,
      notification: 'none',
    });

  // All but one business line are back: the alarm ends with its figures, and the line is judged by itself.
  await comeBack(ofOlt(2).filter((deviceId) => deviceId !== deviceAt(2, 3, 0)));
  await pass(4);
  const [closed] = (await alerts()).filter(({ kind }) => kind === 'group');
  expect(closed).toMatchObject({ state: 'resolved', mostMissing: 100, due: 100 });
  const minutes = (closed!.endedAt! - closed!.startedAt) / MINUTE;
  expect(closed!.deviceSeconds / 60).toBeGreaterThan(100 * minutes * 0.9);
  expect(closed!.deviceSeconds / 60).toBeLessThan(100 * minutes * 1.1);
  expect((await messages()).map(({ kind, data }) => [kind, data['sn']])).toEqual([
    ['alert.firing', undefined],
    ['alert.resolved', undefined],
    ['alert.firing', `SN${deviceAt(2, 3, 0)}`],
  ]);
});

test('everything that dies at once is one alarm', async () => {
  await die(everybody());
  await pass(15);
  expect((await messages()).map(({ data }) => [data['group'], data['missing'], data['due']])).toEqual([
    [{ label: 'fleet', value: 'all' }, 400, 400],
  ]);
});

test('a PON that loses its power is named by its dying gasps, and nothing larger is claimed', async () => {
  const told = ofPon(1, 2).slice(0, 12);
  await database.pool.query('INSERT INTO device_events (device_id, at, kind, identity, data) VALUES ?', [
    told.map((deviceId) => [
      ...[
        deviceId,
        new Date(now),
        'observation',
        'x',
        JSON.stringify({ observer: 'olt', observed: 'dying_gasp' }),
      ],
    ]),
  ]);
  await die(ofPon(1, 2));
  await pass(5);
  expect((await messages()).map(({ data }) => data)).toMatchObject([
    {
      ...{ group: { label: 'pon', value: '1/2' }, missing: 25, due: 25, cause: 'power' },
      evidence: { observations: [{ observed: 'dying_gasp', devices: 12, of: 25 }] },
    },
  ]);
});

test('a firmware that kills its devices is told as that firmware', async () => {
  const bad = everybody().filter((deviceId) => (deviceId - 1) % A_PON === 1);
  await die(bad);
  await pass(5);
  expect((await messages()).map(({ data }) => [data['group'], data['missing'], data['due']])).toEqual([
    [{ label: 'model_firmware', value: 'EG8145V5 / V2' }, 16, 16],
  ]);
});

test('devices that are switched off at night, here and there, are no group', async () => {
  await die(everybody().filter((deviceId) => deviceId % 7 === 3));
  await pass(30);
  expect((await messages()).filter(({ data }) => data['kind'] === 'group')).toEqual([]);
});

test('of a night in which one in seven switches off, and an OLT dies among them, the OLT alone is told', async () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const start = now;
  const dead = new Set(ofOlt(1));
  // Residential devices go between 22:00 and 1:00, that is in the first three hours, and are back after seven to nine.
  const plan = everybody()
    .filter((deviceId) => (deviceId - 1) % A_PON !== 0 && !dead.has(deviceId) && random() < 1 / 7)
    .map((deviceId) => ({ deviceId, off: random() * 180, on: 420 + random() * 120 }));
  expect(plan.length).toBeGreaterThan(35);
  const [diesAt, backAt] = [100, 400];
  const between = (minute: number, from: number) => from >= minute && from < minute + 5;
  for (let minute = 0; minute < 600; minute += 5) {
    await database.pool.query("UPDATE device_state SET last_seen_at = ? WHERE reachability = 'online'", [
      new Date(now),
    ]);
    const off = plan.filter((device) => between(minute, device.off)).map(({ deviceId }) => deviceId);
    const on = plan.filter((device) => between(minute, device.on)).map(({ deviceId }) => deviceId);
    if (between(minute, diesAt)) off.push(...dead);
    if (between(minute, backAt)) on.push(...dead);
    if (off.length > 0) {
      await turnDevices(database.pool, off, 'offline', { at: now, lastSeenAt: now - 15 * MINUTE });
    }
    if (on.length > 0) await turnDevices(database.pool, on, 'online', { at: now });
    await pass(5, 60);
  }
  const told = (await messages()).map(({ kind, data }) => [kind, data['group'], data['most_missing']]);
  expect(told).toEqual([
    ['alert.firing', { label: 'olt', value: 'olt-1' }, 100],
    ['alert.resolved', { label: 'olt', value: 'olt-1' }, 100],
  ]);
  const [alarm] = (await alerts()).filter(({ kind }) => kind === 'group');
  expect((alarm!.startedAt - start) / MINUTE).toBeCloseTo(diesAt - 15, 0);
  expect((alarm!.endedAt! - start) / MINUTE).toBeLessThan(backAt + 2);
}, 120_000);

test('while a lane is behind nobody is told; then what still holds is told once, with its true start', async () => {
  await lanesApplied(database.pool, [0]);
  await die([deviceAt(0, 0, 0), deviceAt(0, 1, 0)]);
  const wentAt = now;
  await comeBack([deviceAt(0, 1, 0)]);
  await pass(60);
  expect(await messages()).toEqual([]);
  await lanesApplied(database.pool);
  await pass(1);
  expect((await messages()).map(({ data }) => [data['sn'], data['started_at']])).toEqual([
    [`SN${deviceAt(0, 0, 0)}`, new Date(wentAt).toISOString()],
  ]);
  await pass(60);
  expect(await kinds()).toEqual(['alert.firing']);
});

test('what a rebuild makes again opens nothing and ends nothing', async () => {
  await die([deviceAt(0, 0, 0)]);
  await pass(12);
  expect(await kinds()).toEqual(['alert.firing']);
  await database.pool.query(
    `INSERT INTO log_rebuilds (grp, generation, lane, state, reason, asked_by, asked_at)
     SELECT 'state', MAX(generation), 0, 'applying', '', '', ? FROM log_generations`,
    [new Date(now + 3_600_000)],
  );
  await turnDevices(database.pool, [deviceAt(0, 0, 0), deviceAt(3, 0, 0)], 'offline', { at: now });
  await database.pool.query("UPDATE log_rebuilds SET state = 'done'");
  await pass(30);
  expect(await kinds()).toEqual(['alert.firing']);
});

test('a silence holds back what matches, and what still holds at its end is told then', async () => {
  const silence = {
    matchers: { olt: ['olt-0'] },
    startsAt: now,
    endsAt: now + 86_400_000,
    reason: '',
    madeBy: '',
  };
  const id = await addSilence(database.pool, silence);
  await die([deviceAt(0, 0, 0), deviceAt(1, 0, 0)]);
  await pass(12);
  expect((await messages()).map(({ data }) => data['sn'])).toEqual([`SN${deviceAt(1, 0, 0)}`]);
  expect((await alerts()).map(({ quiet }) => quiet).sort()).toEqual(['', 'silence']);
  expect(await endSilence(database.pool, id)).toBe(true);
  await pass(1);
  expect((await messages()).map(({ data }) => data['sn'])).toEqual([
    `SN${deviceAt(1, 0, 0)}`,
    `SN${deviceAt(0, 0, 0)}`,
  ]);
});

test('in a maintenance window an OLT that dies is an alarm that nobody is told of', async () => {
  await addMaintenanceWindow(database.pool, {
    ...{ matchers: { olt: ['olt-2'] }, startsAt: now, endsAt: now + 10 * 3_600_000, weekly: null },
    ...{ reason: 'new card', madeBy: 'ops' },
  });
  await die(ofOlt(2));
  await pass(10);
  await comeBack(ofOlt(2));
  await pass(10);
  expect(await messages()).toEqual([]);
  const alarm = (await alerts()).find(({ kind }) => kind === 'group');
  expect(alarm).toMatchObject({ state: 'resolved', notification: 'none', missing: 0, mostMissing: 100 });
});

test('beyond the budget of an hour alerts are told together', async () => {
  settings = { ...settings, budget: { perHour: 3 } };
  const lines = everybody().filter((deviceId) => (deviceId - 1) % A_PON === 0);
  for (const line of lines.slice(0, 9)) {
    await die([line]);
    now -= 15 * MINUTE;
    await pass(2);
  }
  await pass(120);
  const told = await kinds();
  expect(told.filter((kind) => kind === 'alert.firing')).toHaveLength(3);
  const digests = (await messages()).filter(({ kind }) => kind === 'alert.digest');
  expect(digests).toHaveLength(1);
  expect(digests[0]!.data).toMatchObject({ alerts: 6, resolved: 0, by_rule: { 'business-offline': 6 } });
});

test('an evaluator that takes over goes on where the other one was', async () => {
  await die([...ofOlt(2), deviceAt(0, 0, 0)]);
  await pass(1);
  evaluator = await newEvaluator();
  await pass(2);
  evaluator = await newEvaluator();
  await pass(12);
  evaluator = await newEvaluator();
  await pass(5);
  expect((await messages()).map(({ kind, data }) => [kind, data['sn'] ?? data['group']])).toEqual([
    ['alert.firing', { label: 'olt', value: 'olt-2' }],
    ['alert.firing', `SN${deviceAt(0, 0, 0)}`],
  ]);
});

test('one that has lost its place in the feed looks through the fleet', async () => {
  await die([deviceAt(0, 0, 0)]);
  await database.pool.query('DELETE FROM change_feed');
  await pass(12);
  expect((await messages()).map(({ data }) => data['sn'])).toEqual([`SN${deviceAt(0, 0, 0)}`]);
});

test('by rules that are new what holds already is told, once', async () => {
  await die([deviceAt(0, 0, 5)]);
  await pass(12);
  expect(await messages()).toEqual([]);
  const rules = [{ name: 'north', on: 'offline', match: { region: 'north' }, for: '1m' }];
  settings = { ...readAlertSettings({ rules }), receivers: settings.receivers };
  await pass(2);
  expect((await messages()).map(({ data }) => [data['rule'], data['sn']])).toEqual([['north', 'SN6']]);
  await pass(30);
  expect(await kinds()).toEqual(['alert.firing']);
});

test('a device that is taken out of service has no alert any more', async () => {
  await die([deviceAt(0, 0, 0)]);
  await pass(12);
  await database.pool.query("UPDATE device_inventory SET admin_state = 'retired' WHERE device_id = 1");
  await pass(5);
  expect(await kinds()).toEqual(['alert.firing', 'alert.resolved']);
});

test('a source that is silent as a whole is one alert, as long as it is', async () => {
  await database.pool.query(
    `INSERT INTO source_silences (kind, name, started_at, found_at, usual_per_minute, device_count)
     VALUES ('source', '/webhook', ?, ?, 100, 400)`,
    [new Date(now - MINUTE), new Date(now)],
  );
  await pass(5);
  expect((await messages()).map(({ data }) => data)).toMatchObject([
    { severity: 'critical', cause: 'source_silent', group: { label: 'source', value: '/webhook' } },
  ]);
  await database.pool.query('UPDATE source_silences SET ended_at = ?', [new Date(now)]);
  await pass(1);
  expect(await kinds()).toEqual(['alert.firing', 'alert.resolved']);
});

test('a condition of a business line is an alert with its text', async () => {
  const deviceId = deviceAt(0, 0, 0);
  await database.pool.query(
    `INSERT INTO device_conditions (device_id, rule, severity, since, opened_at, text)
     VALUES (?, 'optics', 'critical', ?, ?, 'Rx power is -28 dBm')`,
    [deviceId, new Date(now - 5 * MINUTE), new Date(now)],
  );
  const write = async (state: string) => {
    await addChanges(database.pool, [
      {
        lane: 0,
        deviceId,
        at: now,
        kind: 'condition',
        data: { rule: 'optics', state, severity: 'critical' },
      },
    ]);
  };
  await write('opened');
  await pass(1);
  expect((await messages()).map(({ data }) => data)).toMatchObject([
    { rule: 'business-health', summary: 'SN1: Rx power is -28 dBm', cause: 'condition' },
  ]);
  await database.pool.query('DELETE FROM device_conditions');
  await write('closed');
  await pass(8);
  expect(await kinds()).toEqual(['alert.firing', 'alert.resolved']);
});

/** Devices restart again and again, or do so no more. */
async function loop(deviceIds: number[], state: 'opened' | 'closed'): Promise<void> {
  if (state === 'closed')
    await database.pool.query('DELETE FROM device_conditions WHERE device_id IN (?)', [deviceIds]);
  else
    await database.pool.query(
      'INSERT INTO device_conditions (device_id, rule, severity, since, opened_at, text) VALUES ?',
      [deviceIds.map((id) => [id, 'reboot-loop', 'warning', new Date(now - 10 * MINUTE), new Date(now), ''])],
    );
  await addChanges(
    database.pool,
    deviceIds.map((deviceId) => ({
      ...{ lane: 0, deviceId, at: now, kind: 'condition' },
      data: { rule: 'reboot-loop', state, severity: 'warning' },
    })),
  );
}

test('a firmware whose devices restart again and again is one alarm, and their own alerts are linked to it', async () => {
  const rules = [{ name: 'all', on: 'condition', match: { pon: '0/0' }, severities: ['warning'] }];
  settings = { ...settings, rules: readAlertSettings({ rules }).rules };
  const bad = everybody().filter((deviceId) => (deviceId - 1) % A_PON === 1);
  const began = now - 10 * MINUTE;
  // One of the model's other firmware restarts as well: it is told by itself.
  await loop([...bad, deviceAt(0, 0, 7)], 'opened');
  await pass(10);
  const of = ({ data }: { data: Record<string, unknown> }) => [data['rule'], data['group'] ?? data['sn']];
  expect((await messages()).map(of).sort()).toEqual([
    ['all', `SN${deviceAt(0, 0, 7)}`],
    ['firmware', { label: 'model_firmware', value: 'EG8145V5 / V2' }],
  ]);
  const alarm = (await messages()).find(({ data }) => data['rule'] === 'firmware')!;
  expect(alarm.data).toMatchObject({
    ...{ cause: 'condition', missing: 16, due: 16, started_at: new Date(began).toISOString() },
    evidence: { condition: 'reboot-loop', share: 1 },
  });
  await pass(60);
  expect(await kinds()).toEqual(['alert.firing', 'alert.firing']);
  await loop([...bad, deviceAt(0, 0, 7)], 'closed');
  await pass(5);
  expect((await kinds()).filter((kind) => kind === 'alert.resolved')).toHaveLength(2);
});

test('devices of any firmware that restart, as in a storm, are no fault of a firmware', async () => {
  await loop(
    everybody().filter((deviceId) => deviceId % 2 === 0),
    'opened',
  );
  await pass(10);
  expect(await messages()).toEqual([]);
});

test('an erased device is let go of: its alerts and their messages are gone, and nobody is told that they are over', async () => {
  const [told, pending, stays] = [deviceAt(0, 0, 0), deviceAt(0, 1, 0), deviceAt(0, 2, 0)];
  await die([told, stays]);
  await pass(12);
  expect(await kinds()).toEqual(['alert.firing', 'alert.firing']);
  await die([pending]);
  await pass(1);
  expect((await alerts()).map(({ state }) => state)).toEqual(['firing', 'firing', 'pending']);
  await erase([told, pending]);
  await pass(30);
  expect((await alerts()).map(({ serialNumber }) => serialNumber)).toEqual([`SN${stays}`]);
  expect((await messages()).map(({ data }) => data['sn'])).toEqual([`SN${stays}`]);
  const [rows] = await database.pool.query<RowDataPacket[]>('SELECT data FROM change_feed');
  expect(rows.filter((row) => (row['data'] as string).includes(`SN${told}"`))).toEqual([]);
});

test('a device whose erasure was not heard of, as the place in the feed was lost, is let go of as well', async () => {
  const deviceId = deviceAt(0, 0, 0);
  await die([deviceId]);
  await pass(12);
  await database.pool.query(
    "INSERT INTO erasure_devices (device_id, erasure_id, serial_number) VALUES (?, 'e1', 'SN1')",
    [deviceId],
  );
  await erase([deviceId]);
  await turnDevices(database.pool, [deviceAt(3, 3, 3)], 'online', { at: now });
  await database.pool.query('DELETE FROM change_feed');
  await pass(10);
  expect(await alerts()).toEqual([]);
  expect(await messages()).toEqual([]);
});

test('members of a group that are erased are in its figures no more', async () => {
  await die(ofOlt(2));
  await pass(5);
  const erased = ofOlt(2).slice(0, 40);
  await erase(erased);
  await pass(2);
  const [alarm] = (await alerts()).filter(({ kind }) => kind === 'group');
  expect(alarm).toMatchObject({ state: 'firing', missing: 60, due: 60, members: 60, mostMissing: 100 });
});

test('devices that are dormant or out of service are in no share and no denominator', async () => {
  const rest = ofOlt(2).slice(0, 40);
  await dormant(ofOlt(2).slice(40, 70));
  await putInto('maintenance', ofOlt(2).slice(70, 85));
  await putInto('suspended', ofOlt(2).slice(85));
  await die(rest);
  await pass(5);
  const told = (await messages()).map(({ data }) => [
    data['group'],
    data['missing'],
    data['due'],
    data['members'],
  ]);
  expect(told).toEqual([[{ label: 'olt', value: 'olt-2' }, 40, 40, 40]]);
});

test('ten that fail of a large group are suspect when the rest of it has been gone for a month', async () => {
  // 2 % of all that are in service would be more than ten.
  const extra = Array.from({ length: 600 }, (_, n) => ({
    ...{ deviceId: 1000 + n, labels: { olt: 'olt-9' }, lastSeenAt: now, lane: 0 },
  }));
  await addTabledDevices(database.pool, extra);
  const ids = extra.map(({ deviceId }) => deviceId);
  await dormant(ids.slice(11));
  await die(ids.slice(0, 11));
  await pass(5);
  expect((await messages()).map(({ data }) => [data['group'], data['missing'], data['members']])).toEqual([
    [{ label: 'olt', value: 'olt-9' }, 11, 11],
  ]);
});

test('an alert that is acknowledged before it was told is told to nobody; one that was told is, when it ends', async () => {
  const silenceId = await addSilence(database.pool, {
    ...{ matchers: { sn: [`SN${deviceAt(0, 0, 0)}`] }, startsAt: now, endsAt: now + 86_400_000 },
    ...{ reason: '', madeBy: '' },
  });
  const [untold, told] = [deviceAt(0, 0, 0), deviceAt(1, 0, 0)];
  await die([untold, told]);
  await pass(12);
  for (const { alertId } of await alerts())
    await acknowledgeAlert(database.pool, { alertId, actor: 'anna', note: 'seen' });
  await endSilence(database.pool, silenceId);
  await pass(30);
  expect((await messages()).map(({ kind, data }) => [kind, data['sn']])).toEqual([
    ['alert.firing', `SN${told}`],
  ]);
  await comeBack([untold, told]);
  await pass(5);
  expect((await messages()).map(({ kind, data }) => [kind, data['sn']])).toEqual([
    ['alert.firing', `SN${told}`],
    ['alert.resolved', `SN${told}`],
  ]);
});

test('of an alert that is silenced after it was told, the end is told all the same', async () => {
  const deviceId = deviceAt(0, 0, 0);
  await die([deviceId]);
  await pass(12);
  await addSilence(database.pool, {
    ...{ matchers: { rule: ['business-offline'] }, startsAt: now, endsAt: now + 86_400_000 },
    ...{ reason: '', madeBy: '' },
  });
  await die([deviceAt(1, 0, 0)]);
  await pass(12);
  await comeBack([deviceId, deviceAt(1, 0, 0)]);
  await pass(5);
  expect((await messages()).map(({ kind, data }) => [kind, data['sn']])).toEqual([
    ['alert.firing', `SN${deviceId}`],
    ['alert.resolved', `SN${deviceId}`],
  ]);
});

test('a label of ten thousand values makes no alarm of each, and its devices are told of by what they have in common', async () => {
  const many = Array.from({ length: 10_000 }, (_, n) => ({
    ...{ deviceId: 1000 + n, lastSeenAt: now, lane: 0 },
    labels: { pon: `many/${n}`, olt: n < 5000 ? 'olt-8' : 'olt-9' },
  }));
  await addTabledDevices(database.pool, many);
  await die(many.slice(0, 5000).map(({ deviceId }) => deviceId));
  const began = performance.now();
  await pass(5);
  expect(performance.now() - began).toBeLessThan(60_000);
  expect((await messages()).map(({ data }) => [data['group'], data['missing'], data['due']])).toEqual([
    [{ label: 'olt', value: 'olt-8' }, 5000, 5000],
  ]);
}, 120_000);

test('a device in two groups that both fail is told of once, with either of them', async () => {
  // An OLT dies, and a firmware everywhere: its devices at that OLT are in both.
  const bad = everybody().filter((deviceId) => (deviceId - 1) % A_PON === 1);
  await die([...new Set([...ofOlt(2), ...bad])]);
  await pass(15);
  const groups = (await messages()).map(({ data }) => [data['group'], data['missing']]);
  expect(groups).toEqual([
    [{ label: 'olt', value: 'olt-2' }, 100],
    [{ label: 'model_firmware', value: 'EG8145V5 / V2' }, 16],
  ]);
  expect((await messages()).filter(({ data }) => data['sn'] !== undefined)).toEqual([]);
});
