import { readHealthRules, type HealthRule } from '@cpemon/domain';
import type { Logger } from '@cpemon/service-kit';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createHealthSurroundings } from './health-surroundings.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;
const RULE = { for: '10m', severity: 'warning', text: 'x' };

let database: TestDatabase;
let now: number;
let warnings: number;
const logger = { warn: () => (warnings += 1) } as unknown as Logger;

beforeEach(async () => {
  database = await createTestDatabase();
  now = NOON;
  warnings = 0;
});
afterEach(() => database.drop());

const rulesOf = (rules: object[]): HealthRule[] => readHealthRules({ rules }).set!.rules;
const surroundings = () =>
  createHealthSurroundings({
    run: (work) => database.pool.getConnection().then((one) => work(one).finally(() => one.release())),
    ...{ logger, now: () => now },
  });

test('labels are known up to the newest set that was read, and read again after a while', async () => {
  const watch = surroundings();
  const scope = { labels: { tier: 'business' } };
  const { labelsOf } = watch.ofRules(
    rulesOf([{ ...RULE, name: 'a', metric: 'rx_power_dbm', below: -27, scope }]),
  );
  expect(labelsOf(1)).toBeUndefined();
  await database.pool.query("INSERT INTO label_sets VALUES (1, 'a'), (2, 'b')");
  await database.pool.query("INSERT INTO label_set_values VALUES (1, 'tier', 'business'), (2, 'pon', 'p2')");
  await watch.refresh();
  expect([labelsOf(1)?.get('tier'), labelsOf(2)?.size, labelsOf(3)]).toEqual(['business', 0, undefined]);
  await database.pool.query("INSERT INTO label_sets VALUES (3, 'c')");
  await watch.refresh();
  expect(labelsOf(3)).toBeUndefined();
  now += 10_000;
  await watch.refresh();
  expect(labelsOf(3)?.size).toBe(0);
  expect(warnings).toBe(0);
});

test('a firmware is compared with the others of its model, by the newest day before', async () => {
  const rows = [
    [NOON - 2 * DAY, '1.0', 100, 40],
    [NOON - DAY, '1.0', 30, 44],
    [NOON - DAY, '1.1', 10, 48],
    [NOON - DAY, '2.0', 50, 60],
    [NOON, '1.0', 100, 90],
  ] as const;
  await database.pool.query(
    'INSERT INTO health_references (day, metric, model, firmware, devices, mean) VALUES ?',
    [rows.map(([at, ...rest]) => [Math.floor(at / DAY), 'temperature_celsius', 'M1', ...rest])],
  );
  const watch = surroundings();
  const { otherFirmwares } = watch.ofRules(
    rulesOf([{ ...RULE, name: 'a', metric: 'temperature_celsius', compare: 'other_firmware', above: 15 }]),
  );
  expect(otherFirmwares('temperature_celsius', 'M1', '2.0', NOON)).toBeNull();
  await watch.refresh();
  expect(otherFirmwares('temperature_celsius', 'M1', '2.0', NOON)).toBe(45);
  expect(otherFirmwares('temperature_celsius', 'M1', '1.0', NOON - DAY)).toBeNull();
  expect(otherFirmwares('temperature_celsius', 'M1', '2.0', NOON - DAY)).toBe(40);
  expect(otherFirmwares('temperature_celsius', 'M2', '2.0', NOON)).toBeNull();
  expect(otherFirmwares('temperature_celsius', 'M1', '2.0', NOON + 20 * DAY)).toBeNull();
});

test('a database that does not answer leaves what is known', async () => {
  const watch = createHealthSurroundings({
    run: () => Promise.reject(new Error('away')),
    ...{ logger, now: () => now },
  });
  const { labelsOf } = watch.ofRules(
    rulesOf([{ ...RULE, name: 'a', metric: 'hosts', above: 9, scope: { labels: { tier: 'x' } } }]),
  );
  await watch.refresh();
  expect([labelsOf(1), warnings]).toEqual([undefined, 1]);
});
