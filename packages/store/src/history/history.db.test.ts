import type { RowDataPacket } from 'mysql2/promise';
import { connect, type SingleConnection } from '@cpemon/database';
import { laneOf } from '@cpemon/domain';
import { DAY_MS, createSampleChunk, deviceIdBytes, rollUpHours, type Sample } from '@cpemon/history';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { clearHistoryOfDevices, clearUnpackedHistory } from './clear-history.js';
import { closeRunGroup, findRunGroups } from './close-slices.js';
import { addFreshChunks } from './fresh-chunks.js';
import { applyHistoryRetention } from './history-retention.js';
import { findFreshLanes, packFreshLane } from './pack-fresh.js';
import { packHistory } from './pack-history.js';
import { SLICE_MS, sliceOf } from './slices.js';
import { readHistory } from './read-history.js';

const LANES = 16;
const lane = { generation: 1, lane: 0 };
let database: TestDatabase;
let connection: SingleConnection;
let devices: { deviceId: number; serialNumber: string }[];

beforeEach(async () => {
  database = await createTestDatabase();
  connection = await connect(await database.login('maintenance'), {});
  devices = [];
  await database.pool.query(
    'INSERT INTO log_generations (generation, lanes, opened_at) VALUES (1, ?, SYSDATE(3))',
    [LANES],
  );
  for (let n = 0; devices.length < 3; n += 1) {
    const serialNumber = `SN${n}`;
    // Lanes are reckoned from serial numbers.
    if (laneOf(serialNumber, LANES) !== lane.lane) continue;
    const deviceId = devices.length + 1;
    await database.pool.query(
      `INSERT INTO devices (device_id, serial_number, source, generation, lane, first_seen_at)
       VALUES (?, ?, '/heartbeat', 1, 0, '2026-11-21 12:00:00')`,
      [deviceId, serialNumber],
    );
    devices.push({ deviceId, serialNumber });
  }
});
afterEach(async () => {
  connection.destroy();
  await database.drop();
});

/** A day that is over. */
const START = (Math.floor(Date.now() / DAY_MS) - 1) * DAY_MS;

const sample = (
  minute: number,
  metrics: Sample['metrics'] = { rx_power_dbm: -20 - minute / 10 },
): Sample => ({
  ...{ at: START + minute * 60_000, source: '/heartbeat', profile: '', metrics },
});

async function addChunk(samples: readonly [deviceId: number, sample: Sample][]): Promise<void> {
  const chunk = createSampleChunk();
  for (const [, { at, source, profile, metrics }] of samples) chunk.add(at, source, profile, metrics);
  const deviceIds = deviceIdBytes(samples.map(([deviceId]) => deviceId));
  await addFreshChunks(database.pool, [{ ...lane, deviceIds, payload: chunk.bytes() }]);
}

async function transact<T>(work: (transaction: SingleConnection) => Promise<T>): Promise<T> {
  await connection.query('START TRANSACTION');
  const result = await work(connection);
  await connection.query('COMMIT');
  return result;
}

const packAll = () =>
  packHistory({ connection, transact }, { afterSeconds: 0, graceSeconds: 0, budgetMs: 10_000 });

const counts = async (): Promise<Record<string, number>> => {
  const tables = ['fresh', 'runs', 'samples', 'hours', 'days', 'due'].map((name) => `history_${name}`);
  const found: Record<string, number> = {};
  for (const table of tables) {
    const [[row]] = await database.pool.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM ${table}`);
    found[table] = Number(row?.['n']);
  }
  return found;
};

const line = async (n = 0, wish: Partial<Parameters<typeof readHistory>[2]> = {}) => {
  const { tier, points } = await readHistory(connection, devices[n]!, {
    ...{ metrics: ['rx_power_dbm'], from: START, to: START + SLICE_MS, points: 400 },
    ...wish,
  });
  return { tier, points: points.get('rx_power_dbm')! };
};

test('a line is the same while samples are fresh, while they are in runs, and at rest', async () => {
  for (let minute = 0; minute < 90; minute += 3)
    await addChunk(devices.map(({ deviceId }) => [deviceId, sample(minute + deviceId)]));
  const fresh = await line();
  expect(fresh.points).toHaveLength(30);
  expect(await findFreshLanes(connection, 0)).toEqual([lane]);
  await transact((transaction) => packFreshLane(transaction, lane));
  expect(await counts()).toMatchObject({ history_fresh: 0, history_runs: 1 });
  expect(await line()).toEqual(fresh);
  const hoursBefore = await line(0, { points: 3 });
  const [group] = await findRunGroups(connection, sliceOf(Date.now()), 10);
  await transact((transaction) => closeRunGroup(transaction, group!));
  expect(await counts()).toMatchObject({
    history_runs: 0,
    history_samples: 3,
    history_hours: 0,
    history_due: 1,
  });
  expect(await line()).toEqual(fresh);
  expect(await line(0, { points: 3 })).toEqual(hoursBefore);
  await packAll();
  expect(await counts()).toMatchObject({ history_due: 0, history_hours: 3, history_days: 3 });
  expect(hoursBefore.tier).toBe('hours');
  expect(await line(0, { points: 3 })).toEqual(hoursBefore);
  expect(hoursBefore.points.reduce((sum, { count }) => sum + count, 0)).toBe(30);
});

test('a sample that comes again adds nothing, wherever the first one lies', async () => {
  const samples: [number, Sample][] = [0, 1, 2].map((minute) => [1, sample(minute)]);
  await addChunk(samples);
  await addChunk(samples);
  expect((await line()).points).toHaveLength(3);
  await transact((transaction) => packFreshLane(transaction, lane));
  await addChunk(samples);
  expect((await line()).points).toHaveLength(3);
  await packAll();
  await addChunk(samples);
  expect((await line()).points).toHaveLength(3);
  const before = await line(0, { points: 3 });
  await packAll();
  expect((await line()).points).toHaveLength(3);
  expect(await line(0, { points: 3 })).toEqual(before);
  expect(before.points[0]!.count).toBe(3);
});

test('two profiles with the same time stay two samples', async () => {
  await addChunk([
    [1, sample(0)],
    [1, { ...sample(0, { rx_power_dbm: -9 }), profile: 'optics' }],
  ]);
  await packAll();
  expect((await line()).points.map(({ last }) => last).sort()).toEqual([-20, -9].sort());
});

test('a sample that comes after its slice was closed changes the line and the roll-ups', async () => {
  await addChunk([[1, sample(0)]]);
  await packAll();
  await addChunk([[1, sample(5, { rx_power_dbm: -30 })]]);
  const waiting = await line(0, { points: 3 });
  await packAll();
  expect(await line(0, { points: 3 })).toEqual(waiting);
  expect(waiting.points[0]).toMatchObject({ min: -30, max: -20, last: -30, count: 2 });
  const days = await line(0, { from: START - 40 * 86_400_000, to: START + 86_400_000, points: 10 });
  expect(days).toMatchObject({ tier: 'days', points: [{ min: -30, max: -20, count: 2 }] });
});

test('packing that is broken off before it commits leaves everything as it was', async () => {
  await addChunk([[1, sample(0)]]);
  const before = await line();
  const rows = await counts();
  await connection.query('START TRANSACTION');
  await packFreshLane(connection, lane);
  await connection.query('ROLLBACK');
  expect(await counts()).toEqual(rows);
  await transact((transaction) => packFreshLane(transaction, lane));
  const [group] = await findRunGroups(connection, sliceOf(Date.now()), 10);
  await connection.query('START TRANSACTION');
  await closeRunGroup(connection, group!);
  await connection.query('ROLLBACK');
  expect(await counts()).toMatchObject({ history_runs: 1, history_samples: 0 });
  expect(await line()).toEqual(before);
});

test('hours say least, mean, most, newest and how many', async () => {
  const own = [0, 10, 20].map((minute) => sample(minute, { rx_power_dbm: [-20, -26, -23][minute / 10]! }));
  await addChunk(own.map((each) => [1, each]));
  await packAll();
  const { points } = await line(0, { points: 3 });
  expect(points).toEqual([{ t: START, min: -26, mean: -23, max: -20, last: -23, count: 3 }]);
  expect(rollUpHours([])).toEqual([]);
});

test('what is cleared of a lane and its devices is gone, packed or not', async () => {
  await addChunk([[1, sample(0)]]);
  await packAll();
  await addChunk([[1, sample(1)]]);
  await transact((transaction) => packFreshLane(transaction, lane));
  await addChunk([[1, sample(2)]]);
  const transaction = connection;
  await connection.query('START TRANSACTION');
  expect(await clearUnpackedHistory(transaction, lane, 100)).toBe(2);
  expect(await clearUnpackedHistory(transaction, lane, 100)).toBe(0);
  await clearHistoryOfDevices(transaction, [1]);
  await connection.query('COMMIT');
  expect(Object.values(await counts())).toEqual([0, 0, 0, 0, 0, 0]);
});

test('of a device that is gone nothing is packed', async () => {
  await addChunk([
    [1, sample(0)],
    [2, sample(0)],
  ]);
  await database.pool.query('DELETE FROM devices WHERE device_id = 1');
  await packAll();
  const [rows] = await database.pool.query<RowDataPacket[]>('SELECT device_id FROM history_samples');
  expect(rows.map((row) => Number(row['device_id']))).toEqual([2]);
});

test('old days are dropped with their partition, and the mark says so before', async () => {
  const retention = { samplesDays: 7, hoursDays: 90, daysDays: 760 };
  const first = await applyHistoryRetention({ connection, transact }, retention);
  expect(first.made.filter((name) => name.startsWith('samples.')).length).toBeGreaterThan(7);
  await addChunk([[1, sample(0)]]);
  await packAll();
  const again = await applyHistoryRetention({ connection, transact }, retention);
  expect(again).toEqual({ made: [], dropped: [], left: [] });
  expect((await line()).points).toHaveLength(1);
  const day = Math.floor(Date.now() / 86_400_000);
  const shorter = await applyHistoryRetention({ connection, transact }, { ...retention, samplesDays: 1 });
  expect(shorter.dropped.every((name) => name.startsWith('samples.'))).toBe(true);
  expect(shorter.dropped).toContain(`samples.p_${(day - 2) * 8}`);
  const [[mark]] = await database.pool.query<RowDataPacket[]>(
    "SELECT low_water FROM history_marks WHERE tier = 'samples'",
  );
  expect(mark?.['low_water']).toBe((day - 1) * 8);
});
