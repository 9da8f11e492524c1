import type { RowDataPacket } from 'mysql2';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { reopenLog } from './reopen-log.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a restored log goes on in a new generation with as many lanes, and the audit says who asked', async () => {
  const generation = await reopenLog(database.address);
  const [generations] = await database.pool.query<RowDataPacket[]>(
    'SELECT generation, lanes, sealed_at FROM log_generations ORDER BY generation',
  );
  expect(generations).toMatchObject([{ lanes: 16 }, { generation, lanes: 16, sealed_at: null }]);
  expect(generations[0]?.['sealed_at']).not.toBeNull();
  const [audit] = await database.pool.query<RowDataPacket[]>('SELECT action, outcome FROM operator_audit');
  expect(audit).toEqual([{ action: 'log.restored', outcome: 'done' }]);
});
