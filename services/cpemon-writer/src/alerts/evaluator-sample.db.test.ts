import { readAlertSettings } from '@cpemon/alerts';
import { connect, type SingleConnection } from '@cpemon/database';
import { listAlerts } from '@cpemon/store';
import { addTabledDevices, lanesApplied, turnDevices } from '../../../../tests/support/alert-fleet.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createEvaluator, type Evaluator } from './evaluator.js';

const MINUTE = 60_000;
/** More than are counted one by one: 60 OLTs of 400 devices, in three regions. */
const OLTS = 60;
const AN_OLT = 400;

let database: TestDatabase;
let connection: SingleConnection;
let evaluator: Evaluator;
let now: number;

beforeEach(async () => {
  database = await createTestDatabase();
  connection = await connect(await database.login('writer'), {});
  now = Date.now();
  await lanesApplied(database.pool);
  await addTabledDevices(
    database.pool,
    Array.from({ length: OLTS * AN_OLT }, (_, n) => {
      const olt = Math.floor(n / AN_OLT);
      const labels = { olt: `olt-${olt}`, region: `region-${olt % 3}` };
      return { deviceId: n + 1, labels, lastSeenAt: now - MINUTE, firmware: n % 100 === 7 ? 'V2' : 'V1' };
    }),
  );
  const settings = readAlertSettings({
    receivers: [{ name: 'noc', type: 'webhook', url: 'http://127.0.0.1:1/' }],
  });
  evaluator = await createEvaluator({
    connection,
    async transact(work) {
      await connection.query('START TRANSACTION');
      const result = await work(connection);
      await connection.query('COMMIT');
      return result;
    },
    settings: () => settings,
    clock: () => now,
  });
}, 60_000);
afterEach(async () => {
  await connection.end();
  await database.drop();
});

async function die(deviceIds: number[]): Promise<void> {
  const diedAt = now;
  now += 15 * MINUTE;
  await database.pool.query('UPDATE device_state SET last_seen_at = ?', [new Date(now - MINUTE)]);
  await turnDevices(database.pool, deviceIds, 'offline', { at: now, lastSeenAt: diedAt - MINUTE });
}
async function pass(minutes: number): Promise<void> {
  for (const until = now + minutes * MINUTE; now < until;) {
    now += 30_000;
    while (await evaluator.step());
  }
}
const everybody = () => Array.from({ length: OLTS * AN_OLT }, (_, n) => n + 1);
const alarms = async () =>
  (await listAlerts(database.pool, { state: 'firing' }, { limit: 20 })).map(
    ({ groupLabel, groupValue, missing, due }) => ({ group: `${groupLabel} ${groupValue}`, missing, due }),
  );

test('an OLT in a large fleet is counted device by device', async () => {
  await die(everybody().filter((deviceId) => Math.floor((deviceId - 1) / AN_OLT) === 17));
  await pass(4);
  expect(await alarms()).toEqual([{ group: 'olt olt-17', missing: AN_OLT, due: AN_OLT }]);
}, 60_000);

test('a large fleet that dies is one alarm, with figures of a sample', async () => {
  await die(everybody());
  await pass(4);
  const [alarm, ...others] = await alarms();
  expect(others).toEqual([]);
  expect(alarm).toMatchObject({ group: 'fleet all' });
  expect(alarm!.missing).toBe(alarm!.due);
  expect(alarm!.due).toBeGreaterThan(OLTS * AN_OLT * 0.95);
}, 60_000);

test('a firmware on one device in a hundred is found in a large fleet', async () => {
  await die(everybody().filter((deviceId) => (deviceId - 1) % 100 === 7));
  await pass(4);
  const [alarm, ...others] = await alarms();
  expect(others).toEqual([]);
  expect(alarm!.group).toBe('model_firmware EG8145V5 / V2');
  expect(alarm!.missing).toBe(alarm!.due);
  expect(Math.abs(alarm!.due - 240)).toBeLessThan(100);
}, 60_000);
