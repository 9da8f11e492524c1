import { openPool, type DatabasePool } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { PoolConnection } from 'mysql2/promise';
import { insertDeadLetters } from '../../../../../tests/support/dead-letter-rows.js';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { formatPosition, parsePosition } from '../../position.js';
import type { DeadLetterFilter } from './dead-letter-filter.js';
import { askDeadLetter, askDeadLetters } from './dead-letter-wishes.js';
import { listDeadLetters, readDeadLetter } from './dead-letters.js';
import { listAudit } from '../operator-audit.js';

let database: TestDatabase;
let pool: DatabasePool;
let connection: PoolConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  connection = await pool.getConnection();
});
afterAll(async () => {
  connection.release();
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await database.pool.query('DELETE FROM log_dead_letters');
  await database.pool.query('DELETE FROM operator_audit');
});

const at = (sequence: number, lane = 3) => ({ generation: 1, lane, sequence });
const sequences = async (filter: DeadLetterFilter) =>
  (await listDeadLetters(connection, 'state', filter, { limit: 100 })).map(({ sequence }) => sequence);
const stateOf = async (sequence: number) => (await readDeadLetter(connection, 'state', at(sequence))).state;
const audit = () => listAudit(connection, {}, { limit: 100 });

describe('the list', () => {
  test('shows those that died last first, in pages that neither repeat nor leave out', async () => {
    // The same moment for all but one: the position decides.
    await insertDeadLetters(
      database.pool,
      [1, 2, 3, 4, 5].map((sequence) => ({ sequence, lane: sequence % 2, deadAgo: 100 })),
    );
    await database.pool.query("UPDATE log_dead_letters SET dead_at = '2026-11-21 11:00:00.123'");
    await insertDeadLetters(database.pool, [{ sequence: 9 }]);
    const seen: string[] = [];
    let after;
    for (let page = 0; page < 10; page += 1) {
      const letters = await listDeadLetters(
        connection,
        'state',
        {},
        { limit: 2, ...(after ? { after } : {}) },
      );
      if (letters.length === 0) break;
      seen.push(...letters.map(formatPosition));
      after = letters.at(-1);
    }
    expect(seen).toEqual(['1-3-9', '1-1-5', '1-1-3', '1-1-1', '1-0-4', '1-0-2']);
  });

  test('is narrowed by state, device, reason, type, part of the cause and time', async () => {
    await insertDeadLetters(database.pool, [
      { sequence: 1, device: 'B1' },
      { sequence: 2, reason: 'data_error', cause: "Out of range value for column 'uptime_seconds'" },
      { sequence: 3, type: 'cpemon.heartbeat.v1', deadAgo: 7200 },
      { sequence: 4, state: 'discarded' },
    ]);
    const hourAgo = Date.now() - 3_600_000;
    expect(await sequences({ device: 'B1' })).toEqual([1]);
    expect(await sequences({ reason: 'data_error' })).toEqual([2]);
    expect(await sequences({ cause: 'RANGE value' })).toEqual([2]);
    expect(await sequences({ cause: '%' })).toEqual([]);
    expect(await sequences({ type: 'cpemon.heartbeat.v1' })).toEqual([3]);
    expect(await sequences({ until: hourAgo })).toEqual([3]);
    expect(await sequences({ from: hourAgo, state: 'dead', type: 'cpemon.test.v1' })).toEqual([2, 1]);
    expect(await sequences({ state: 'discarded' })).toEqual([4]);
  });

  test('one is read with its event and where it came from', async () => {
    await insertDeadLetters(database.pool, [{ sequence: 7, cause: 'because' }]);
    expect(await readDeadLetter(connection, 'state', at(7))).toMatchObject({
      ...{ device: 'A1', source: '/telemetry', eventId: 'id-7', reason: 'refused', cause: 'because' },
      ...{ attempts: 5, state: 'dead', askedBy: null, settledAt: null, home: { generation: 1, lane: 3 } },
      event: expect.stringContaining('"correlationid":"c-7"'),
    });
    await expect(readDeadLetter(connection, 'state', at(8))).rejects.toMatchObject({
      ...{ code: 'unknown_dead_letter', status: 404 },
    });
  });
});

describe('asking', () => {
  test('for one is written down with who and when, and a second time is refused', async () => {
    await insertDeadLetters(database.pool, [{ sequence: 1 }]);
    await askDeadLetter(connection, 'state', at(1), 'requeue', 'eva');
    const letter = await readDeadLetter(connection, 'state', at(1));
    expect(letter).toMatchObject({ state: 'requeue', askedBy: 'eva' });
    expect(Math.abs(letter.askedAt! - Date.now())).toBeLessThan(60_000);
    await expect(askDeadLetter(connection, 'state', at(1), 'discard', 'tom')).rejects.toMatchObject({
      ...{ code: 'not_dead', status: 409 },
    });
    expect(await readDeadLetter(connection, 'state', at(1))).toMatchObject({
      state: 'requeue',
      askedBy: 'eva',
    });
    expect(await audit()).toMatchObject([
      {
        actor: 'tom',
        action: 'dead_letters.discard',
        target: '1-3-1',
        outcome: 'refused',
        detail: { code: 'not_dead' },
      },
      { actor: 'eva', action: 'dead_letters.requeue', target: '1-3-1', outcome: 'done' },
    ]);
  });

  test('at the same moment is done for one of those who ask', async () => {
    await insertDeadLetters(database.pool, [{ sequence: 1 }]);
    const outcomes = await Promise.allSettled(
      ['eva', 'tom', 'ann'].map(async (actor) => {
        const own = await pool.getConnection();
        try {
          await askDeadLetter(own, 'state', at(1), 'requeue', actor);
        } finally {
          own.release();
        }
      }),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await audit()).map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused', 'refused']);
  });

  test('for a letter or group that is not there is refused and written down', async () => {
    await expect(askDeadLetter(connection, 'state', at(1), 'requeue', 'eva')).rejects.toMatchObject({
      code: 'unknown_dead_letter',
    });
    await expect(
      askDeadLetters(connection, 'nobody', { filter: {} }, 'requeue', 'eva'),
    ).rejects.toMatchObject({
      ...{ code: 'unknown_group', status: 404 },
    });
    expect((await audit()).map(({ outcome, detail }) => [outcome, detail['code']])).toEqual([
      ['refused', 'unknown_group'],
      ['refused', 'unknown_dead_letter'],
    ]);
  });

  test('for many passes over what is not dead', async () => {
    await insertDeadLetters(database.pool, [
      { sequence: 1 },
      { sequence: 2, state: 'applied' },
      { sequence: 3 },
    ]);
    const positions = [at(1), at(2), at(99)];
    expect(await askDeadLetters(connection, 'state', { positions }, 'discard', 'eva')).toBe(1);
    expect([await stateOf(1), await stateOf(2), await stateOf(3)]).toEqual(['discard', 'applied', 'dead']);
  });

  test('for all that match, or for all, asks for no other and for none twice', async () => {
    await insertDeadLetters(database.pool, [
      { sequence: 1, cause: 'column full' },
      { sequence: 2, cause: 'column full', state: 'discard' },
      { sequence: 3 },
    ]);
    const filter = { cause: 'full' };
    expect(await askDeadLetters(connection, 'state', { filter }, 'requeue', 'eva')).toBe(1);
    expect([await stateOf(1), await stateOf(2), await stateOf(3)]).toEqual(['requeue', 'discard', 'dead']);
    expect(await askDeadLetters(connection, 'state', { filter: {} }, 'requeue', 'eva')).toBe(1);
    expect(await askDeadLetters(connection, 'state', { filter: {} }, 'requeue', 'eva')).toBe(0);
    expect((await audit()).map(({ detail }) => detail['asked'])).toEqual([0, 1, 1]);
    expect((await audit())[2]?.detail).toMatchObject({ filter, positions: ['1-3-1'] });
    await expect(
      askDeadLetters(connection, 'state', { filter: { state: 'applied' } }, 'requeue', 'eva'),
    ).rejects.toMatchObject({ code: 'invalid_filter' });
  });

  test('for more than a chunk asks for every one once', async () => {
    await insertDeadLetters(database.pool, [{ sequence: 1 }]);
    const [columns] = await database.pool.query<RowDataPacket[]>(
      "SELECT GROUP_CONCAT(column_name) AS names FROM information_schema.columns WHERE table_schema = ? AND table_name = 'log_dead_letters' AND column_name <> 'seq'",
      [database.schema],
    );
    const names = String(columns[0]?.['names']);
    await database.pool.query(
      `INSERT INTO log_dead_letters (seq, ${names})
       WITH RECURSIVE numbers AS (SELECT 2 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
       SELECT n, ${names} FROM numbers, log_dead_letters UNION ALL SELECT n + 1000, ${names} FROM numbers, log_dead_letters`,
    );
    const [[count]] = await database.pool.query<RowDataPacket[]>(
      'SELECT COUNT(*) AS n FROM log_dead_letters',
    );
    expect(await askDeadLetters(connection, 'state', { filter: {} }, 'requeue', 'eva')).toBe(count?.['n']);
    const entries = await audit();
    expect(entries.map(({ detail }) => [detail['part'], detail['asked']])).toEqual([
      [2, Number(count?.['n']) - 1000],
      [1, 1000],
    ]);
  });
});

test.each(['1-2', '1-2-x', '-1-2-3', '1-2-3-4', '99999999999-1-1', '1-70000-1', '1-1-99999999999999999', ''])(
  '%p is no position',
  (text) => {
    expect(() => parsePosition(text)).toThrow(
      expect.objectContaining({ code: 'invalid_position', status: 400 }),
    );
  },
);
