import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createTestDatabase,
  MIGRATIONS_FOLDER,
  type TestDatabase,
} from '../../../tests/support/test-database.js';
import { dumpSchema } from './schema-dump.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

test('sql/schema.sql is what the migrations result in (else run: npm run dump:schema)', async () => {
  const [[{ version }]] = (await database.pool.query('SELECT VERSION() AS version')) as unknown as [
    [{ version: string }],
  ];
  // Servers print the same schema in different words; the file holds those of the one that the dump is made with.
  if (!/^10\.11\..*MariaDB/.test(version)) return;
  const recorded = readFileSync(join(MIGRATIONS_FOLDER, 'schema.sql'), 'utf8');
  const dumped = await dumpSchema(database.pool);
  expect(recorded.slice(recorded.indexOf('\n\n') + 2)).toBe(dumped);
});

test('a dump names no user, no counter and no schema', async () => {
  await database.pool.query("INSERT INTO fleet_counts (lane, reachability, devices) VALUES (0, 'online', 1)");
  const dumped = await dumpSchema(database.pool);
  expect(dumped).not.toMatch(/DEFINER=|AUTO_INCREMENT=/);
  expect(dumped).not.toContain(database.schema);
});
