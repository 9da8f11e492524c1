import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool, type DatabasePool } from '@cpemon/database';
import { runVerb } from '../../../../packages/local-stack/src/cli.js';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import { createDatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
const folder = mkdtempSync(join(tmpdir(), 'cpemon-erase-'));
let database: TestDatabase;
let pool: DatabasePool;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  const read = createDatabaseReader(pool, 5000);
  url = await probe.serve(
    createCpemonApi({
      ...{ ...probe, ingest: 'none' as const, readTokens: 'none' as const, reads: createFleetReads(read) },
      operating: {
        operators: [{ name: 'eva', token: 'operator' }],
        viewerTokens: ['viewer'],
        read,
        act: read,
      },
    }),
  );
});
afterAll(async () => {
  await probe.close();
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true });
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

test('a device is erased once that is confirmed, and followed by the id of the erasure', async () => {
  await database.pool.query(
    `INSERT INTO devices (serial_number, source, generation, lane, first_seen_at)
     VALUES ('A1', '/heartbeat', 1, 1, '2026-11-01')`,
  );
  const unconfirmed = await cpemon('erase', 'A1', '--reason', 'asked for');
  expect([unconfirmed.code, unconfirmed.err]).toEqual([1, 'Nobody is there to confirm it: add --yes.\n']);
  const erased = await cpemon('erase', 'A1', '--reason', 'asked for', '--yes');
  expect([erased.code, erased.err]).toEqual([0, '']);
  const id = /^erasure (\S+): asked/.exec(erased.out)?.[1] ?? '';
  expect((await cpemon('erasures', 'show', id)).out).toMatch(/state +asked/);
  expect((await cpemon('erasures', 'list')).out).toContain(id);
  expect((await cpemon('erase', 'NOBODY', '--reason', 'x', '--yes')).err).toMatch(/^unknown_device: /);
});

test('tombstones are written into a file that only its owner reads, and brought back from it', async () => {
  const file = join(folder, 'tombstones.json');
  expect((await cpemon('erasures', 'export', file)).out).toBe(`Written: ${file}, 0 tombstones\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ items: [] });
  expect((await cpemon('erasures', 'import', file)).out).toMatch(
    /^0 tombstones brought back; 0 serial numbers /,
  );
  writeFileSync(file, 'no tombstones');
  expect(await cpemon('erasures', 'import', file)).toMatchObject({
    code: 1,
    err: `${file} holds no tombstones.\n`,
  });
});
