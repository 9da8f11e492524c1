import type { RowDataPacket } from 'mysql2/promise';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { recountFleet } from './recount-fleet.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  for (const [id, lane, reachability] of [
    ...[
      [1, 3, 'online'],
      [2, 3, 'online'],
      [3, 3, 'offline'],
      [4, 5, 'online'],
    ],
  ]) {
    await database.pool.query(
      `INSERT INTO devices (device_id, serial_number, source, generation, lane, first_seen_at)
       VALUES (?, ?, 's', 1, ?, SYSDATE(3))`,
      [id, `sn${id}`, lane],
    );
    await database.pool.query(
      `INSERT INTO device_state (device_id, generation, lane, last_seq, last_seen_at, source, reachability,
         reachability_reason, reachability_since, applied_events, duplicate_events, late_events, memory)
       VALUES (?, 1, ?, 1, SYSDATE(3), 's', ?, '', SYSDATE(3), 1, 0, 0, '{}')`,
      [id, lane, reachability],
    );
  }
});
afterEach(() => database.drop());

const keep = (lane: number, reachability: string, devices: number) =>
  database.pool.query('INSERT INTO fleet_counts VALUES (?, ?, ?)', [lane, reachability, devices]);
const counts = async (lane: number): Promise<Record<string, unknown>> => {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT reachability, devices FROM fleet_counts WHERE lane = ? ORDER BY reachability',
    [lane],
  );
  return Object.fromEntries(
    rows.map((row): [string, unknown] => [row['reachability'] as string, row['devices']]),
  );
};

test('counts that are right are left alone', async () => {
  await keep(3, 'online', 2);
  await keep(3, 'offline', 1);
  await keep(3, 'stale', 0);
  expect(await recountFleet(database.pool, 3)).toEqual([]);
});

test('counts that drifted, are missing or count what is not there are put right in their lane only', async () => {
  await keep(3, 'online', 7);
  await keep(3, 'stale', 4);
  await keep(5, 'online', 99);
  expect(await recountFleet(database.pool, 3)).toEqual([
    { lane: 3, reachability: 'offline', devices: 1 },
    { lane: 3, reachability: 'online', devices: -5 },
    { lane: 3, reachability: 'stale', devices: -4 },
  ]);
  expect(await counts(3)).toEqual({ online: 2, stale: 0, offline: 1 });
  expect(await counts(5)).toEqual({ online: 99 });
  expect(await recountFleet(database.pool, 3)).toEqual([]);
});
