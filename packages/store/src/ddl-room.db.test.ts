import { hasRoomForDdl } from './ddl-room.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('there is room where the server can write, again and again, and nothing is left behind', async () => {
  for (let time = 0; time < 3; time += 1) expect(await hasRoomForDdl(database.pool)).toBe(true);
  const [rows] = await database.pool.query('SELECT COUNT(*) AS kept FROM ddl_room');
  expect(rows).toEqual([{ kept: 0 }]);
});

test('a table that a full disk has taken is made again', async () => {
  await database.pool.query('DROP TABLE ddl_room');
  expect(await hasRoomForDdl(database.pool)).toBe(true);
});

test('an error of the server is no room, but one about rights or the way to it is an error', async () => {
  const failing = (error: object) => ({
    query: () => Promise.reject(Object.assign(new Error('of the server'), error)),
  });
  const full = failing({ errno: 1114, sqlState: 'HY000' });
  expect(await hasRoomForDdl(full)).toBe(false);
  await expect(hasRoomForDdl(failing({ errno: 1142, sqlState: '42000' }))).rejects.toThrow('of the server');
  await expect(hasRoomForDdl(failing({ errno: 1927, fatal: true }))).rejects.toThrow('of the server');
  await expect(hasRoomForDdl(failing({}))).rejects.toThrow('of the server');
});
