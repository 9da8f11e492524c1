import type { RowDataPacket } from 'mysql2/promise';
import type { IntakeGap } from '@cpemon/domain';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { startIntakeBeats, writeBeat, type IntakeBeats } from './intake-beats.js';
import { readIntakeHistory } from './intake-history.js';

let database: TestDatabase;
const SILENT = { warn: () => undefined, info: () => undefined };

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const beat = (process = 'p1') =>
  writeBeat(database.pool, {
    process,
    service: 'cpemon-api',
    paths: ['heartbeat'],
    accepting: ['heartbeat'],
  });
/** As if the last beat had been that long ago. */
const ageBy = (seconds: number) =>
  database.pool.query('UPDATE intake_paths SET accepted_at = accepted_at - INTERVAL ? SECOND', [seconds]);
const history = async () => {
  const { acceptedAt, gaps } = (await readIntakeHistory(database.pool, 0)).heartbeat;
  return { acceptedAt, gaps: gaps.filter(({ startedAt }) => startedAt > 0) };
};

test('the time before the first beat of a path is a gap without a beginning, for whoever comes first', async () => {
  await Promise.all(Array.from({ length: 6 }, (_, n) => beat(`p${n}`)));
  await beat();
  const { heartbeat, webhook } = await readIntakeHistory(database.pool, 0);
  expect(heartbeat.gaps).toHaveLength(1);
  const [{ startedAt, endedAt }] = heartbeat.gaps as [IntakeGap];
  expect(startedAt).toBe(0);
  expect(heartbeat.acceptedAt! - endedAt).toBeGreaterThanOrEqual(0);
  expect(heartbeat.acceptedAt! - endedAt).toBeLessThan(1000);
  expect(webhook.gaps).toEqual([]);
});

test('beats on time leave no gap', async () => {
  await beat();
  await ageBy(2);
  await beat();
  expect((await history()).gaps).toEqual([]);
});

test('a path that was served by nobody for longer than 2.5 s has a gap from the last beat to the next', async () => {
  await beat();
  await ageBy(60);
  const { acceptedAt: before } = await history();
  await beat('another process');
  const { acceptedAt, gaps } = await history();
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.startedAt).toBe(before);
  expect(acceptedAt! - gaps[0]!.endedAt).toBeGreaterThanOrEqual(0);
  expect(acceptedAt! - gaps[0]!.endedAt).toBeLessThan(1000);
});

test('a process that died between writing the gap and the end of it leaves one gap, which the next beat ends', async () => {
  await beat();
  await ageBy(60);
  const { acceptedAt: before } = await history();
  await database.pool.query(
    "INSERT INTO intake_gaps VALUES ('heartbeat', ?, UTC_TIMESTAMP(3) - INTERVAL 30 SECOND)",
    [new Date(before!)],
  );
  await beat();
  const { acceptedAt, gaps } = await history();
  expect(gaps).toHaveLength(1);
  expect(acceptedAt! - gaps[0]!.endedAt).toBeLessThan(1000);
});

test('processes that beat at the same moment after a gap write it once', async () => {
  await beat();
  await ageBy(60);
  await Promise.all(Array.from({ length: 6 }, (_, n) => beat(`p${n}`)));
  const { gaps } = await history();
  expect(gaps).toHaveLength(1);
});

test('a path that nobody has ever served is not known to have been accepting', async () => {
  await beat();
  const { webhook } = await readIntakeHistory(database.pool, 0);
  expect(webhook).toEqual({ acceptedAt: null, gaps: [] });
});

describe('a process that beats', () => {
  let beats: IntakeBeats;
  let accepting: boolean;

  const start = async () => {
    accepting = true;
    beats = await startIntakeBeats({
      pool: database.pool,
      process: 'api-1',
      service: 'cpemon-api',
      paths: ['heartbeat', 'telemetry'],
      accepting: () => accepting,
      logger: SILENT,
      everyMs: 20,
    });
  };
  const processes = async () => {
    const [rows] = await database.pool.query<RowDataPacket[]>(
      'SELECT path, accepting FROM intake_processes ORDER BY path',
    );
    return rows.map(({ path, accepting: taken }) => `${path}:${taken}`);
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 150));

  test('has beaten before it is started, and says so when it stops', async () => {
    await start();
    expect(await processes()).toEqual(['heartbeat:1', 'telemetry:1']);
    await beats.stop();
    expect(await processes()).toEqual(['heartbeat:0', 'telemetry:0']);
  });

  test('does not serve a path that it does not accept on', async () => {
    await start();
    accepting = false;
    await settle();
    const { acceptedAt } = await history();
    await settle();
    expect((await history()).acceptedAt).toBe(acceptedAt);
    expect(await processes()).toEqual(['heartbeat:0', 'telemetry:0']);
    await beats.stop();
  });

  test('goes on beating after the database refused', async () => {
    await start();
    await database.pool.query('RENAME TABLE intake_processes TO away');
    await settle();
    await database.pool.query('RENAME TABLE away TO intake_processes');
    await database.pool.query('DELETE FROM intake_processes');
    await settle();
    expect(await processes()).toEqual(['heartbeat:1', 'telemetry:1']);
    await beats.stop();
  });
});
