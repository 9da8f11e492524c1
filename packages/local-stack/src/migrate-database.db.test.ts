import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, DATABASE_ROLES, userName, type DatabaseRole } from '@cpemon/database';
import {
  createTestDatabase,
  MIGRATIONS_FOLDER,
  rolePassword,
  type TestDatabase,
} from '../../../tests/support/test-database.js';
import { migrateDatabase } from './migrate-database.js';
import { untilMigrated } from './schema-version.js';

const PASSWORDS = Object.fromEntries(DATABASE_ROLES.map((role) => [role, rolePassword(role)])) as Record<
  DatabaseRole,
  string
>;
const VERSION = readdirSync(MIGRATIONS_FOLDER).filter((name) => /^\d{4}_/.test(name)).length;

let database: TestDatabase;
let lines: string[];
beforeEach(async () => {
  database = await createTestDatabase({ migrations: null });
  lines = [];
});
afterEach(() => database.drop());

const options = (waitMs = 2000) => ({
  migrationsFolder: MIGRATIONS_FOLDER,
  waitMs,
  say: (line: string) => void lines.push(line),
});
const login = (role: DatabaseRole) => ({
  ...database.address,
  user: userName(role),
  password: PASSWORDS[role],
});

test('several at once bring the schema up to date and give each role its login', async () => {
  const given = { admin: database.address, passwords: PASSWORDS };
  await Promise.all([migrateDatabase(given, options(30_000)), migrateDatabase(given, options(30_000))]);
  for (const role of DATABASE_ROLES) await (await connect(login(role), {})).end();
  await migrateDatabase(given, options());
  expect(lines).toContain(`The schema is up to date (version ${VERSION}).`);
}, 60_000);

test('every service can wait for the schema with its own login, and goes on when it is there', async () => {
  await migrateDatabase({ admin: database.address, passwords: PASSWORDS }, options());
  for (const role of ['ingest', 'api', 'writer'] as const) await untilMigrated(login(role), options());
  expect(lines.filter((line) => line.includes(`this release needs ${VERSION}`))).toHaveLength(3);
});

test('a schema that does not come is a sentence with what is there', async () => {
  await expect(untilMigrated(database.address, options(0))).rejects.toThrow(
    new RegExp(`did not get to version ${VERSION} within 0 s: .*schema_migrations`),
  );
});

test('a schema newer than the release is left alone, and services may run on it', async () => {
  const older = mkdtempSync(join(tmpdir(), 'cpemon-older-'));
  cpSync(MIGRATIONS_FOLDER, older, { recursive: true });
  const [last = ''] = readdirSync(older)
    .filter((name) => /^\d{4}_/.test(name))
    .sort()
    .reverse();
  rmSync(join(older, last));
  const given = { admin: database.address };
  await migrateDatabase(given, options());
  await expect(migrateDatabase(given, { ...options(), migrationsFolder: older })).rejects.toThrow(
    /use a release that is at least as new as the schema/,
  );
  await untilMigrated(database.address, { ...options(), migrationsFolder: older });
  rmSync(older, { recursive: true });
});

test('a database that is not there is awaited, and then named; a refused login is told at once', async () => {
  const nowhere = { ...database.address, host: '127.0.0.1', port: 9 };
  const { socket: _socket, ...byNetwork } = nowhere;
  await expect(migrateDatabase({ admin: byNetwork }, options(0))).rejects.toThrow(
    /^No database at 127\.0\.0\.1:9 within 0 s \(ECONNREFUSED\)$/,
  );
  const wrong = { ...database.address, user: 'nobody_here', password: 'wrong' };
  await expect(migrateDatabase({ admin: wrong }, options(60_000))).rejects.toThrow(/refuses nobody_here/);
});
