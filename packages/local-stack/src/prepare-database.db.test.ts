import { resolve } from 'node:path';
import { connect, DATABASE_ROLES, type DatabaseRole } from '@cpemon/database';
import { createTestDatabase, rolePassword, type TestDatabase } from '../../../tests/support/test-database.js';
import { prepareDatabase } from './prepare-database.js';

const MIGRATIONS = resolve(__dirname, '../../../sql');
const PASSWORDS = Object.fromEntries(DATABASE_ROLES.map((role) => [role, rolePassword(role)])) as Record<
  DatabaseRole,
  string
>;

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase({ migrations: null });
});
afterEach(() => database.drop());

test('a schema that is missing is created, migrated, and gets a login for each role', async () => {
  const admin = { ...database.address, schema: `${database.schema}_new` };
  const prepared = await prepareDatabase(admin, MIGRATIONS, PASSWORDS);
  expect(prepared.hasOwnUsers).toBe(true);
  expect(prepared.migrations.applied.length).toBe(prepared.migrations.version);
  for (const role of DATABASE_ROLES) await (await connect(prepared.login(role), {})).end();
  await database.pool.query(`DROP DATABASE ${admin.schema}`);
});

test('a login that may not create users is used for every role', async () => {
  const user = `limited_${process.pid}`;
  await database.pool.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'Limited-1'`);
  await database.pool.query(`GRANT ALL PRIVILEGES ON ${database.schema}.* TO '${user}'@'%'`);
  const admin = { ...database.address, user, password: 'Limited-1' };
  const prepared = await prepareDatabase(admin, MIGRATIONS, PASSWORDS);
  expect(prepared.hasOwnUsers).toBe(false);
  expect(prepared.login('writer')).toEqual(admin);
  const elsewhere = prepareDatabase({ ...admin, schema: `${database.schema}_new` }, MIGRATIONS, PASSWORDS);
  await expect(elsewhere).rejects.toThrow(
    new RegExp(`There is no schema .*${user} may not create it|cannot be used as ${user}`),
  );
  await database.pool.query(`DROP USER '${user}'@'%'`);
});

test('a database that is not there is named', async () => {
  const nowhere = { user: 'x', password: 'y', host: '127.0.0.1', port: 1, schema: 'cpemon' };
  await expect(prepareDatabase(nowhere, MIGRATIONS, PASSWORDS)).rejects.toThrow(
    /The database at 127\.0\.0\.1:1 cannot be used as x: .*ECONNREFUSED/,
  );
});
