import { openPool, type DatabasePool } from '@cpemon/database';
import type { PoolConnection } from 'mysql2/promise';
import { insertParkedEvents } from '../../../../../tests/support/dead-letter-rows.js';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { listAudit } from '../operator-audit.js';
import { listParked, readParked } from './parked-devices.js';
import { askSkip, listSkips } from './skips.js';

let database: TestDatabase;
let pool: DatabasePool;
let connection: PoolConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 2 });
  connection = await pool.getConnection();
});
afterAll(async () => {
  connection.release();
  await pool.end();
  await database.drop();
});

describe('parked devices', () => {
  beforeAll(() =>
    insertParkedEvents(database.pool, [
      { sequence: 1, device: 'A1', cause: 'it is poison', failingFor: 10 },
      { sequence: 2, device: 'A1' },
      { sequence: 5, device: 'A1' },
      { sequence: 3, device: 'B1', cause: 'so is this', failingFor: 500 },
      { sequence: 4, device: 'C1', cause: 'and this', failingFor: 500, lane: 7 },
    ]),
  );

  test('are listed once each with their cause and what waits behind, longest failing first', async () => {
    const [first, second, third, ...others] = await listParked(connection, 'state', {}, { limit: 10 });
    expect(others).toEqual([]);
    expect([first?.device, second?.device].sort()).toEqual(['B1', 'C1']);
    expect(third).toMatchObject({
      ...{ device: 'A1', generation: 1, lane: 3, sequence: 1, reason: 'refused', cause: 'it is poison' },
      ...{ attempts: 3, behind: 2, home: { generation: 1, lane: 3 } },
    });
    expect(third!.nextAttemptAt! - third!.firstFailedAt).toBeGreaterThan(15_000);
  });

  test('come in pages that neither repeat nor leave out', async () => {
    await database.pool.query(
      "UPDATE log_parked SET first_failed_at = '2026-11-21 11:00:00.123' WHERE first_failed_at IS NOT NULL",
    );
    const seen: string[] = [];
    let after;
    for (let page = 0; page < 5; page += 1) {
      const [one] = await listParked(connection, 'state', {}, { limit: 1, ...(after ? { after } : {}) });
      if (one === undefined) break;
      seen.push(one.device);
      after = one;
    }
    expect(seen).toEqual(['A1', 'B1', 'C1']);
    expect(await listParked(connection, 'state', { reason: 'unknown_type' }, { limit: 10 })).toEqual([]);
  });

  test('one is read with the oldest of its events', async () => {
    const { device, events } = await readParked(connection, 'state', 'A1', 2);
    expect(device).toMatchObject({ sequence: 1, behind: 2 });
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(events[0]?.event).toContain('"id":"id-1"');
    await expect(readParked(connection, 'state', 'D1', 2)).rejects.toMatchObject({
      code: 'unknown_parked_device',
    });
  });
});

describe('a skip', () => {
  const ask = (more: object = {}) =>
    askSkip(connection, { group: 'state', lane: 2, to: 15, reason: 'a hole', actor: 'eva', ...more });

  beforeAll(async () => {
    await database.pool.query(
      `INSERT INTO log_lanes (generation, lane, head_seq, last_received_at)
       VALUES (1, 2, 20, SYSDATE(3)), (2, 2, 30, SYSDATE(3))
       ON DUPLICATE KEY UPDATE head_seq = VALUES(head_seq)`,
    );
    await database.pool.query(
      `INSERT INTO log_offsets (grp, generation, lane, applied_seq) VALUES ('state', 1, 2, 10)
       ON DUPLICATE KEY UPDATE applied_seq = 10`,
    );
  });

  test('is asked for in the generation that is being applied, once', async () => {
    expect(await ask()).toEqual({ generation: 1 });
    await expect(ask()).rejects.toMatchObject({ code: 'already_asked', status: 409 });
    expect(await listSkips(connection, 10)).toMatchObject([
      {
        group: 'state',
        generation: 1,
        lane: 2,
        from: null,
        to: 15,
        state: 'asked',
        reason: 'a hole',
        askedBy: 'eva',
      },
    ]);
    expect(await listAudit(connection, { action: 'log.skip' }, { limit: 9 })).toMatchObject([
      { outcome: 'refused', detail: { code: 'already_asked' } },
      { outcome: 'done', target: 'lane 2 to 15', detail: { generation: 1, reason: 'a hole' } },
    ]);
  });

  test('that the owner refused may be asked for again', async () => {
    await database.pool.query(
      "UPDATE log_skips SET state = 'refused', detail = 'no hole', settled_at = SYSDATE(3)",
    );
    await ask({ reason: 'once more' });
    expect(await listSkips(connection, 10)).toMatchObject([
      { state: 'asked', reason: 'once more', detail: '' },
    ]);
  });

  test('of what is applied, is not there yet, or of an unknown lane or group is refused', async () => {
    await expect(ask({ to: 10 })).rejects.toMatchObject({ code: 'invalid_position', status: 400 });
    await expect(ask({ to: 21 })).rejects.toThrow(/from 11 to 20/);
    await expect(ask({ lane: 99 })).rejects.toMatchObject({ code: 'unknown_lane', status: 404 });
    await expect(ask({ generation: 9 })).rejects.toMatchObject({ code: 'unknown_lane' });
    await expect(ask({ group: 'nobody' })).rejects.toMatchObject({ code: 'unknown_group' });
  });
});
