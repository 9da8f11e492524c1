import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { readRecentSerialNumbers } from './recent-serial-numbers.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the newest events of the log name the devices seen last', async () => {
  const record = async (lane: number, lastSequence: number, subjects: string[]) => {
    const events = JSON.stringify(
      subjects.map((subject) => ({ id: 'x', subject, data: { extra: { é: 1 } } })),
    );
    await database.pool.query(
      `INSERT INTO log_records (generation, lane, last_seq, received_hour, event_count, received_at, events)
       SELECT MAX(generation), ?, ?, 1, ?, UTC_TIMESTAMP(3), ? FROM log_generations`,
      [lane, lastSequence, subjects.length, Buffer.from(events)],
    );
  };
  expect(await readRecentSerialNumbers(database.pool)).toEqual([]);
  await record(0, 1, ['OLD']);
  for (let sequence = 2; sequence <= 5; sequence += 1)
    await record(0, sequence, [`A${sequence}`, 'quo"ted\\']);
  await record(
    3,
    200,
    Array.from({ length: 200 }, (_, n) => `B${n}`),
  );
  const found = await readRecentSerialNumbers(database.pool);
  expect(found).toEqual(expect.arrayContaining(['A5', 'A2', 'quo"ted\\', 'B199', 'B150']));
  expect(found).not.toContain('OLD');
  expect(found).not.toContain('B0');
});
