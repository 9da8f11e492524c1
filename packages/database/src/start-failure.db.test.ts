import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { connect, type DatabaseAddress } from './connection.js';
import { describeStartFailure } from './start-failure.js';

let empty: TestDatabase;
beforeAll(async () => {
  empty = await createTestDatabase({ migrations: null });
});
afterAll(() => empty.drop());

async function failure(address: DatabaseAddress, sql = 'SELECT 1'): Promise<string> {
  try {
    const connection = await connect(address, {});
    try {
      await connection.query(sql);
    } finally {
      connection.destroy();
    }
    return 'none';
  } catch (error) {
    return describeStartFailure(error);
  }
}
const overTcp = ({ socket: _socket, ...address }: DatabaseAddress): DatabaseAddress => ({
  ...address,
  host: '127.0.0.1',
});

test('a server that is not there is told by the code of the network', async () => {
  expect(await failure({ ...overTcp(empty.address), port: 1 })).toBe(
    'The database cannot be reached (ECONNREFUSED)',
  );
});

test('a wrong password is told as a refused login, without the password', async () => {
  const said = await failure({ ...empty.address, password: 'mistyped-secret' });
  expect(said).toMatch(/^The database refuses this login: Access denied for user 'cpemon_admin'/);
  expect(said).not.toContain('mistyped-secret');
});

test('a schema that is not there, one that is empty, and one that lacks a column say that migrations come first', async () => {
  expect(await failure({ ...empty.address, schema: 'cpemon_not_there' })).toMatch(/migrations come first/);
  for (const sql of [
    'SELECT 1 FROM log_producers',
    'CALL append_flush()',
    'SELECT not_there FROM information_schema.tables',
  ])
    expect(await failure(empty.address, sql)).toMatch(/^The schema is older than this release, or empty/);
});

test('a login without a right on a table is told where rights come from', async () => {
  await empty.pool.query('CREATE TABLE kept_away (x INT)');
  await empty.pool.query('CREATE TABLE shown (x INT)');
  const login = await empty.login('ingest');
  await empty.pool.query(`GRANT SELECT ON \`${empty.schema}\`.shown TO '${login.user}'@'%'`);
  expect(await failure(login, 'SELECT 1 FROM kept_away')).toMatch(/^A right is missing: run the migrations/);
});
