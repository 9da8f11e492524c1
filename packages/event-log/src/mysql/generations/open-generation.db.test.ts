import { laneOf } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../../../tests/support/eventually.js';
import { startFaultProxy } from '../../../../../tests/support/fault-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { testEvent } from '../../contract/log-probe.js';
import type { LogAppender } from '../../event-log.js';
import { createMySqlAppender } from '../append/appender.js';
import { openGeneration, openGenerationAfterRestore } from './open-generation.js';

let database: TestDatabase;
const appenders: LogAppender[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(appenders.splice(0).map((appender) => appender.close()));
  await database.drop();
});

const appenderOf = async (options: Partial<Parameters<typeof createMySqlAppender>[0]> = {}) => {
  const appender = await createMySqlAppender({ address: database.address, producer: 'test', ...options });
  appenders.push(appender);
  return appender;
};
const open = (lanes: number) =>
  openGeneration(database.pool, { lanes, reason: 'more writers', actor: 'tester' });
const rows = async (sql: string): Promise<RowDataPacket[]> =>
  (await database.pool.query<RowDataPacket[]>(sql))[0];

interface Placed {
  generation: number;
  lane: number;
  sequence: number;
  device: string;
  n: number;
  receivedAt: string;
}

/** Every event in the log in the order of positions. */
async function readPlaced(): Promise<Placed[]> {
  const found = await rows(
    `SELECT generation, lane, sequence, device, id, CAST(received_at AS CHAR) AS received_at
     FROM v_event_log ORDER BY generation, lane, sequence`,
  );
  return found.map((row) => ({
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    sequence: Number(row['sequence']),
    device: row['device'] as string,
    n: Number((row['id'] as string).split('-').at(-1)),
    receivedAt: row['received_at'] as string,
  }));
}

/** Each device's events are there once, and in the order of their numbers whether by position or by sequence alone. */
function expectOnceInOrder(placed: readonly Placed[], devices: number, perDevice: number): void {
  expect(placed).toHaveLength(devices * perDevice);
  const numbers = Array.from({ length: perDevice }, (_, n) => n);
  for (const device of new Set(placed.map((event) => event.device))) {
    const events = placed.filter((event) => event.device === device);
    expect(events.map(({ n }) => n)).toEqual(numbers);
    const bySequence = [...events].sort((a, b) => a.sequence - b.sequence);
    expect(bySequence.map(({ n }) => n)).toEqual(numbers);
    const times = events.map(({ receivedAt }) => receivedAt);
    expect(times).toEqual([...times].sort());
  }
}

test('appending across changes of generation loses nothing, doubles nothing and keeps the order of every device', async () => {
  const both = [await appenderOf({ producer: 'one' }), await appenderOf({ producer: 'two' })];
  let opened = 0;
  const calls: Promise<void>[] = [];
  for (let n = 0; n < 90; n += 1) {
    for (const [index, appender] of both.entries()) {
      const events = Array.from({ length: 12 }, (_, device) => testEvent(`P${index}-D${device}`, n));
      calls.push(appender.append(events, 'heartbeat'));
    }
    if (n === 30 || n === 60) {
      void open(n === 30 ? 5 : 24).then(() => (opened += 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(calls);
  expect(opened).toBe(2);

  const placed = await readPlaced();
  expectOnceInOrder(placed, 24, 90);
  const generations = await rows('SELECT generation, lanes FROM log_generations ORDER BY generation');
  expect(generations.map((row) => row['lanes'] as number)).toEqual([16, 5, 24]);
  for (const { generation, lanes } of generations as unknown as { generation: number; lanes: number }[]) {
    const inIt = placed.filter((event) => event.generation === generation);
    expect(inIt.length).toBeGreaterThan(0);
    for (const { device, lane } of inIt) expect(lane).toBe(laneOf(device, lanes));
  }
  for (const head of await rows(
    'SELECT generation, lane, base_seq, head_seq, head_bytes, sealed FROM log_lanes',
  )) {
    const sequences = placed
      .filter((event) => event.generation === head['generation'] && event.lane === head['lane'])
      .map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => Number(head['base_seq']) + index + 1));
    expect(Number(head['head_seq']) - Number(head['base_seq'])).toBe(sequences.length);
    expect(Boolean(head['sealed'])).toBe(head['generation'] !== generations[2]?.['generation']);
  }
});

test('the bytes of a lane are those of its records', async () => {
  const appender = await appenderOf();
  await appender.append([testEvent('A', 1), testEvent('A', 2), testEvent('é', 1)], 'heartbeat');
  await appender.append([testEvent('A', 3)], 'heartbeat');
  await open(4);
  await appender.append([testEvent('A', 4)], 'heartbeat');
  const wrong = await rows(
    `SELECT l.generation, l.lane FROM log_lanes AS l
     WHERE l.head_bytes <> (
       SELECT COALESCE(SUM(LENGTH(r.events)), 0) FROM log_records AS r
       WHERE r.generation = l.generation AND r.lane = l.lane)`,
  );
  expect(wrong).toEqual([]);
});

test('a flush that was committed just before the seal, its answer lost, is not sent to the new generation', async () => {
  const proxy = await startFaultProxy(database.address);
  const appender = await appenderOf({ address: proxy.address, leaseMs: 1000 });
  await appender.append([testEvent('A', 0)], 'heartbeat');
  proxy.loseAnswers();
  const doubtful = appender.append([testEvent('A', 1)], 'heartbeat');
  await eventually('the flush is committed', async () => (await readPlaced()).length === 2);
  await open(7);
  proxy.heal();
  await doubtful;
  await appender.append([testEvent('A', 2)], 'heartbeat');
  const placed = await readPlaced();
  expectOnceInOrder(placed, 1, 3);
  expect(placed.map(({ generation }) => generation === placed[0]?.generation)).toEqual([true, true, false]);
  await proxy.close();
});

test('a flush that meets the seal, the answer that says so lost, is in the new generation once', async () => {
  const proxy = await startFaultProxy(database.address);
  const appender = await appenderOf({ address: proxy.address, leaseMs: 1000 });
  await appender.append([testEvent('A', 0)], 'heartbeat');
  await open(7);
  proxy.loseAnswers();
  const calls = [appender.append([testEvent('A', 1)], 'heartbeat')];
  await new Promise((resolve) => setTimeout(resolve, 100));
  calls.push(appender.append([testEvent('A', 2)], 'heartbeat'));
  proxy.heal();
  await Promise.all(calls);
  expectOnceInOrder(await readPlaced(), 1, 3);
  await proxy.close();
});

test('a seal waits for the flush that holds a head, and the flush behind it goes to the new generation', async () => {
  const appender = await appenderOf();
  const holder = await database.pool.getConnection();
  await holder.query('START TRANSACTION');
  await holder.query('SELECT * FROM log_lanes WHERE lane = ? FOR UPDATE', [laneOf('A', 16)]);
  const sealing = open(3);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const waiting = appender.append([testEvent('A', 0)], 'heartbeat');
  await holder.query('COMMIT');
  holder.release();
  const { generation, sealed } = await sealing;
  await waiting;
  const [event] = await readPlaced();
  expect([generation, sealed]).toContain(event?.generation);
  await appender.append([testEvent('A', 1)], 'heartbeat');
  expect((await readPlaced()).at(-1)?.generation).toBe(generation);
});

test('two generations opened at once are opened one after the other, or one is refused', async () => {
  const both = await Promise.allSettled([open(4), open(5)]);
  const done = both.filter(({ status }) => status === 'fulfilled').length;
  expect(done).toBeGreaterThanOrEqual(1);
  const unsealed = await rows('SELECT generation FROM log_generations WHERE sealed_at IS NULL');
  expect(unsealed).toHaveLength(1);
  expect(await rows('SELECT generation FROM log_generations')).toHaveLength(1 + done);
});

test('a restored log opens a generation with as many lanes and a number that was never given', async () => {
  const [first] = await rows('SELECT generation FROM log_generations');
  const opened = await openGenerationAfterRestore(database.pool, { reason: 'restore', actor: 'tester' });
  const [clock] = await rows('SELECT UNIX_TIMESTAMP() AS now');
  expect(opened.lanes).toBe(16);
  expect(opened.generation).toBeGreaterThan(first?.['generation'] as number);
  expect(Math.abs(opened.generation - Number(clock?.['now']))).toBeLessThanOrEqual(2);
});

test('an ingest process that outlived a restore appends to the generation that is there now', async () => {
  const appender = await appenderOf();
  await open(9);
  await appender.append([testEvent('A', 0)], 'heartbeat');
  // As a backup from before that generation has it.
  await database.pool.query('DELETE FROM log_records');
  await database.pool.query(
    'DELETE FROM log_lanes WHERE generation = (SELECT MAX(generation) FROM log_generations)',
  );
  await database.pool.query('DELETE FROM log_generations WHERE sealed_at IS NULL');
  await database.pool.query('DELETE FROM log_producers');
  await database.pool.query('UPDATE log_generations SET sealed_at = NULL');
  await database.pool.query('UPDATE log_lanes SET sealed = FALSE');
  const { generation } = await openGenerationAfterRestore(database.pool, { reason: 'restore', actor: 'x' });
  await appender.append([testEvent('A', 1)], 'heartbeat');
  expect((await readPlaced()).map((event) => [event.generation, event.n])).toEqual([[generation, 1]]);
});

test('a new generation is refused without a reason, with a wrong number of lanes or with the lanes it has', async () => {
  const request = { reason: 'why', actor: 'tester', lanes: 4 };
  const codeOf = (change: object) =>
    openGeneration(database.pool, { ...request, ...change }).then(
      () => 'opened',
      (error: { code: string }) => error.code,
    );
  expect(await codeOf({ lanes: 0 })).toBe('invalid_lanes');
  expect(await codeOf({ lanes: 1025 })).toBe('invalid_lanes');
  expect(await codeOf({ lanes: 16 })).toBe('same_lanes');
  expect(await codeOf({ reason: ' ' })).toBe('invalid_reason');
  expect(await rows('SELECT audit_id FROM operator_audit')).toEqual([]);
  expect(await codeOf({})).toBe('opened');
  expect(await rows('SELECT actor, action, outcome, detail FROM operator_audit')).toMatchObject([
    { actor: 'tester', action: 'log.generation', outcome: 'done' },
  ]);
});
