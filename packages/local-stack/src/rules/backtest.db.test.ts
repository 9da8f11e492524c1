import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readHealthRulesText } from '@cpemon/contracts';
import { packSamples, type Sample } from '@cpemon/history';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { runVerb } from '../cli.js';
import { backtest } from './backtest.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const SLICE = 3 * HOUR;
const RULES = JSON.stringify({
  rules: [
    {
      ...{ name: 'low', metric: 'rx_power_dbm', below: -27, for: '1h', severity: 'critical', text: 'low' },
      clear: { above: -26, for: '1h' },
    },
    {
      ...{ name: 'fallen', metric: 'rx_power_dbm', compare: 'own_median', at_most: -2, for: '2h' },
      ...{ severity: 'warning', text: 'fallen' },
    },
    {
      ...{ name: 'business', metric: 'rx_power_dbm', below: -19, for: '1h', severity: 'critical', text: 'x' },
      scope: { model: 'EG8*', labels: { tier: 'business' } },
    },
  ],
});

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** A device with a reading an hour in the ten days before noon. */
async function device(id: number, rxDbm: (hoursAgo: number) => number | null): Promise<void> {
  await database.pool.query(
    `INSERT INTO devices (device_id, serial_number, model, source, generation, lane, first_seen_at)
     VALUES (?, ?, 'EG8145', 's', 1, 0, SYSDATE(3))`,
    [id, `SN${id}`],
  );
  await database.pool.query(
    `INSERT INTO device_state (device_id, generation, lane, last_seq, last_seen_at, source, interval_seconds, reachability,
       reachability_reason, reachability_since, applied_events, duplicate_events, late_events, memory)
     VALUES (?, 1, 0, 1, SYSDATE(3), 's', 3600, 'online', '', SYSDATE(3), 1, 0, 0, '{}')`,
    [id],
  );
  const slices = new Map<number, Sample[]>();
  for (let hoursAgo = 240; hoursAgo >= 0; hoursAgo -= 1) {
    const value = rxDbm(hoursAgo);
    if (value === null) continue;
    const at = NOON - hoursAgo * HOUR;
    const slice = Math.floor(at / SLICE);
    const samples = slices.get(slice) ?? [];
    slices.set(slice, [
      ...samples,
      { at, source: '/heartbeat', profile: '', metrics: { rx_power_dbm: value } },
    ]);
  }
  await database.pool.query('INSERT INTO history_samples (slice, device_id, payload) VALUES ?', [
    [...slices].map(([slice, samples]) => [slice, id, packSamples(samples)]),
  ]);
}

test('the history that is kept tells what rules would have opened, by rule and day', async () => {
  await device(1, () => -20);
  await device(2, (hoursAgo) => (hoursAgo < 30 && hoursAgo > 24 ? -28 : -20));
  await device(300, (hoursAgo) => (hoursAgo < 10 ? -23 : -20));
  await database.pool.query("INSERT INTO label_sets VALUES (7, 'x')");
  await database.pool.query("INSERT INTO label_set_values VALUES (7, 'tier', 'business')");
  await database.pool.query("INSERT INTO device_inventory VALUES (1, 'in_service', 7, 1)");
  const connection = await database.pool.getConnection();
  const report = await backtest(connection, readHealthRulesText(RULES), { days: 2, now: NOON });
  connection.release();
  expect(report).toMatchObject({ devices: 3, devices_with_history: 3 });
  expect(report.rules).toEqual([
    {
      ...{ name: 'low', severity: 'critical', opened: 1, devices: 1, still_open: 0 },
      by_day: { '2026-11-20': 1 },
    },
    {
      ...{ name: 'fallen', severity: 'warning', opened: 2, devices: 2, still_open: 1 },
      by_day: { '2026-11-20': 1, '2026-11-21': 1 },
    },
    // Open since before the days that are asked for.
    { name: 'business', severity: 'critical', opened: 0, devices: 0, still_open: 0, by_day: {} },
  ]);
  expect(report.notifications_by_day).toEqual({ '2026-11-20': 1 });
});

test('the command line tells it as a table, and of a file that cannot be used every problem', async () => {
  await device(1, (hoursAgo) => (hoursAgo < 5 ? null : -20));
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-backtest-'));
  writeFileSync(join(folder, 'rules.json'), RULES);
  writeFileSync(join(folder, 'bad.yaml'), 'rules:\n  - { name: a, colour: red }\n');
  let out = '';
  let err = '';
  const context = {
    repository: folder,
    environment: { DATABASE_URL: database.url },
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
  };
  expect(await runVerb(['rules', 'backtest', join(folder, 'rules.json'), '--days', '3'], context)).toBe(0);
  expect(out).toMatch(/RULE +SEVERITY +OPENED[^]*low +critical +0/);
  expect(await runVerb(['rules', 'check', join(folder, 'bad.yaml')], context)).toBe(1);
  expect(err).toMatch(/there is no field "colour"[^]*\(no_bound\)/);
  rmSync(folder, { recursive: true });
});
