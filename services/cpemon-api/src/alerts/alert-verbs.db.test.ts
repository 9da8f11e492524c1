import { tmpdir } from 'node:os';
import { openPool, type DatabasePool } from '@cpemon/database';
import { runVerb } from '../../../../packages/local-stack/src/cli.js';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import { createDatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
let database: TestDatabase;
let pool: DatabasePool;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  const read = createDatabaseReader(pool, 5000);
  const operators = [{ name: 'eva', token: 'operator' }];
  url = await probe.serve(
    createCpemonApi({
      ...{ ...probe, ingest: 'none' as const, readTokens: 'none' as const, reads: createFleetReads(read) },
      operating: { operators, viewerTokens: ['viewer'], read, act: read },
    }),
  );
  await database.pool.query(
    `INSERT INTO alerts (alert_id, open_key, rule, kind, severity, state, device_id, serial_number, labels, summary,
       started_at, pending_at, fired_at, evidence, notification)
     VALUES (7, 'k', 'business-offline', 'device', 'critical', 'firing', 1, 'SN1', '{}', 'SN1 is offline', '2026-11-21 12:00:00',
       '2026-11-21 12:00:00', '2026-11-21 12:10:00', '{}', 'sent')`,
  );
});
afterAll(async () => {
  await probe.close();
  await pool.end();
  await database.drop();
});

/** Runs `npm run cpemon -- …` in this process. */
async function cpemon(...args: string[]) {
  const run = { code: 0, out: '', err: '' };
  run.code = await runVerb(args, {
    repository: tmpdir(),
    environment: { CPEMON_URL: url, CPEMON_TOKEN: 'operator' },
    out: (text) => (run.out += text),
    err: (text) => (run.err += text),
  });
  return run;
}

test('alerts are listed, acknowledged and silenced', async () => {
  expect((await cpemon('alerts', 'list')).out).toMatch(
    /^ALERT .*\n7 +critical +firing +2026-11-21T12:00:00.000Z .* SN1 is offline\n$/,
  );
  expect((await cpemon('alerts', 'list', '--severity', 'warning')).out).toBe('There is no such alert.\n');
  expect((await cpemon('alerts', 'ack', '7', '--note', 'on my way')).out).toBe('Acknowledged: 7\n');
  expect((await cpemon('alerts', 'show', '7')).out).toContain('on my way');
  const silenced = await cpemon('alerts', 'silence', '7', '--for', '4h', '--reason', 'known');
  expect(silenced.out).toMatch(/^Silence 1 of rule=business-offline sn=SN1 until /);
  const match = ['--match', 'olt=olt-3', '--match', 'olt=olt-4'];
  expect((await cpemon('alerts', 'silence', ...match, '--for', '30m', '--reason', 'r')).out).toContain(
    'olt=olt-3|olt-4',
  );
  expect((await cpemon('alerts', 'silences')).out).toMatch(/2 +olt=olt-3\|olt-4/);
  expect((await cpemon('alerts', 'unsilence', '2', '--reason', 'r')).out).toBe('Ended: silence 2\n');
  expect((await cpemon('alerts', 'receivers')).out).toBe('Nobody was told anything yet.\n');
});

test('windows are planned, listed and ended', async () => {
  const weekly = ['--weekly', 'sun,wed 02:00 240', '--time-zone', 'Europe/Berlin'];
  const added = await cpemon('windows', 'add', '--match', 'region=north', ...weekly, '--reason', 'upgrades');
  expect(added.out).toBe('Window 1 of region=north: sun, wed 02:00 for 240 min (Europe/Berlin)\n');
  expect((await cpemon('windows', 'list')).out).toMatch(
    /1 +(on|off) +region=north +sun, wed 02:00 for 240 min/,
  );
  expect((await cpemon('windows', 'end', '1', '--reason', 'done')).out).toBe('Ended: window 1\n');
  const refused = await cpemon(
    'windows',
    'add',
    '--match',
    'olt=a',
    '--until',
    '2020-01-01T00:00:00Z',
    '--reason',
    'r',
  );
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('invalid_window')]);
});

test('what cannot be meant is said before anything is asked', async () => {
  expect((await cpemon('alerts', 'silence', '7', '--for', 'ever', '--reason', 'r')).code).toBe(2);
  expect((await cpemon('alerts', 'silence', '--match', 'olt', '--for', '1h', '--reason', 'r')).code).toBe(2);
  expect((await cpemon('alerts', 'silence', '--for', '1h', '--reason', 'r')).code).toBe(1);
});
