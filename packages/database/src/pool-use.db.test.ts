import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { openPool } from './connection.js';
import { readPoolUse } from './pool-use.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a pool tells what is at work, idle and waited for', async () => {
  const pool = openPool(await database.login('api'), { connections: 2 });
  expect(readPoolUse(pool)).toEqual({ busy: 0, idle: 0, waiting: 0 });
  const [first, second] = [await pool.getConnection(), await pool.getConnection()];
  const third = pool.getConnection();
  expect(readPoolUse(pool)).toEqual({ busy: 2, idle: 0, waiting: 1 });
  first.release();
  (await third).release();
  second.release();
  expect(readPoolUse(pool)).toEqual({ busy: 0, idle: 2, waiting: 0 });
  await pool.end();
});
