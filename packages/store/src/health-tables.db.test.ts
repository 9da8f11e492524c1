import type { RowDataPacket } from 'mysql2/promise';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { makeHealthReferences, readHealthReferences } from './health-references.js';
import { recordRuleSet } from './health-rule-sets.js';
import { readLabelSetsNaming } from './label-sets-naming.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const DAY = Math.floor(NOON / 86_400_000);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function devices(count: number, from: number, firmware: string, celsius: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, n) => from + n);
  await database.pool.query(
    'INSERT INTO devices (device_id, serial_number, model, source, generation, lane, first_seen_at) VALUES ?',
    [ids.map((id) => [id, `SN${id}`, 'M1', 's', 1, 0, new Date()])],
  );
  await database.pool.query(
    `INSERT INTO device_state (device_id, generation, lane, last_seq, last_seen_at, source, reachability,
       reachability_reason, reachability_since, sw_version, temperature_celsius, applied_events, duplicate_events,
       late_events, memory) VALUES ?`,
    [
      ids.map((id) => [
        ...[
          id,
          1,
          0,
          1,
          new Date(),
          's',
          'online',
          '',
          new Date(),
          firmware,
          celsius + (id % 2),
          1,
          0,
          0,
          '{}',
        ],
      ]),
    ],
  );
}

test('what each firmware of a model reads is written down once a day, of firmwares with enough devices', async () => {
  await devices(20, 1, '1.0', 40);
  await devices(30, 100, '2.0', 60);
  await devices(19, 200, '3.0', 90);
  expect(await makeHealthReferences(database.pool, ['temperature_celsius', 'hosts'], NOON)).toBe(2);
  await database.pool.query('UPDATE device_state SET temperature_celsius = 0');
  expect(await makeHealthReferences(database.pool, ['temperature_celsius'], NOON)).toBe(0);
  const of = { day: DAY, metric: 'temperature_celsius', model: 'M1' };
  expect(await readHealthReferences(database.pool, DAY)).toEqual([
    { ...of, firmware: '1.0', devices: 20, mean: 40.5 },
    { ...of, firmware: '2.0', devices: 30, mean: 60.5 },
  ]);
  expect(await readHealthReferences(database.pool, DAY + 1)).toEqual([]);
});

test('a set of rules is written down once, with when it was loaded last', async () => {
  const set = { version: '0123456789abcdef', rules: 3, content: 'rules: []' };
  await recordRuleSet(database.pool, set);
  await recordRuleSet(database.pool, { ...set, content: 'not again' });
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT version, rules, content, last_loaded_at >= first_loaded_at AS later FROM health_rule_sets',
  );
  expect(rows).toEqual([{ version: set.version, rules: 3, content: 'rules: []', later: 1 }]);
});

test('label sets are found by the labels that they name', async () => {
  await database.pool.query("INSERT INTO label_sets VALUES (1, 'a'), (2, 'b')");
  await database.pool.query(
    "INSERT INTO label_set_values VALUES (1, 'tier', 'business'), (1, 'pon', 'p1'), (2, 'pon', 'p2')",
  );
  const { sets, upTo } = await readLabelSetsNaming(database.pool, ['tier']);
  expect(upTo).toBe(2);
  expect(sets).toEqual(new Map([[1, new Map([['tier', 'business']])]]));
  expect((await readLabelSetsNaming(database.pool, [])).sets.size).toBe(0);
});
