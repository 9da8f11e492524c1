import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { examineDatabase, judgeSchema } from './database.js';

let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.drop());

const examine = (schema = database.schema) =>
  examineDatabase({ ...database.address, schema }, 3, () => Date.now());

test('tells which server it is, whether it keeps what it confirms, its clock and its schema', async () => {
  const findings = await examine();
  expect(findings.map(({ about }) => about)).toEqual(
    expect.arrayContaining(['database', 'durability', 'clock', 'schema']),
  );
  expect(findings.find(({ about }) => about === 'clock')).toMatchObject({ state: 'good' });
  expect(findings.find(({ about }) => about === 'schema')!.says).toMatch(/newer than this release/);
});

test('a schema that is missing is told with what to do, a refused login with the reason', async () => {
  expect(await examine(`${database.schema}_none`)).toEqual([
    expect.objectContaining({ state: 'warning', says: expect.stringContaining('cpemon -- migrate') }),
  ]);
  const stranger = { ...database.address, user: 'nobody_here', password: 'wrong' };
  expect(await examineDatabase(stranger, 3, () => Date.now())).toEqual([
    expect.objectContaining({ state: 'bad', says: expect.stringContaining('nobody_here') }),
  ]);
});

test('an older schema is to be migrated, a newer one is left alone', () => {
  expect(judgeSchema(2, 3).says).toMatch(/version 2, this release 3/);
  expect(judgeSchema(3, 3).state).toBe('good');
  expect(judgeSchema(4, 3).says).toMatch(/migrate refuses/);
});
