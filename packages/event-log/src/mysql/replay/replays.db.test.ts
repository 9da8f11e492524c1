import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { eventually } from '../../../../../tests/support/eventually.js';
import { writeLog } from '../../../../../tests/support/write-log.js';
import { readRecorded, testEvent } from '../../contract/log-probe.js';
import { createRecordingApplier, createRecordingTable } from '../../contract/recording-applier.js';
import type { LogConsumer } from '../../event-log.js';
import { startMySqlConsumer } from '../consume/consumer.js';
import { readLogStats } from '../log-stats.js';
import { openGeneration } from '../generations/open-generation.js';
import { askReplay, listReplays, readReplay, stopReplay } from './replays.js';

const HOUR = 3_600_000;
/** Some hours ago, on the hour. */
const START = Math.floor(Date.now() / HOUR) * HOUR - 5 * HOUR;

let database: TestDatabase;
let consumer: LogConsumer | undefined;

beforeEach(async () => {
  database = await createTestDatabase();
  await createRecordingTable(database.pool);
});
afterEach(async () => {
  await consumer?.stop();
  consumer = undefined;
  await database.drop();
});

/** Four hours of events: one of each of 20 devices a minute, numbered by it. */
const writeHours = () =>
  writeLog(
    database.pool,
    Array.from({ length: 240 }, (_, minute) =>
      Array.from({ length: 20 }, (_, device) => ({
        event: testEvent(`D${device}`, minute),
        receivedAt: START + minute * 60_000,
      })),
    ).flat(),
  );

async function applyAll(): Promise<void> {
  const applier = createRecordingApplier('w1');
  consumer = await startMySqlConsumer({
    ...{ address: database.address, group: 'state', member: 'w1', version: 'test', applier },
  });
  await eventually('the log is applied', async () =>
    (await readLogStats(database.pool, 'state')).lanes.every(({ lagEvents }) => lagEvents === 0),
  );
}

const at = (minutes: number): Date => new Date(START + minutes * 60_000);
const ask = (from: Date, until?: Date, group = 'state') =>
  askReplay(database.pool, {
    ...{ group, from, reason: 'a test', actor: 'tester' },
    ...(until === undefined ? {} : { until }),
  });
const settled = (id: number) =>
  eventually('the replay is over', async () => (await readReplay(database.pool, id)).state !== 'running');
const clear = () => database.pool.query('DELETE FROM recorded');
const lowWater = (hoursAfterStart: number) =>
  database.pool.query('UPDATE log_retention SET low_water_hour = ?', [START / HOUR + hoursAfterStart]);

test('a replay passes exactly the events received from its start on and before its end, each lane in order', async () => {
  await writeHours();
  await applyAll();
  await clear();
  const id = await ask(at(70), at(130));
  await settled(id);
  const recorded = await readRecorded(database.pool);
  expect(recorded).toHaveLength(60 * 20);
  for (let device = 0; device < 20; device += 1) {
    expect(recorded.filter((row) => row.device === `D${device}`).map((row) => row.id)).toEqual(
      Array.from({ length: 60 }, (_, n) => `D${device}-${n + 70}`),
    );
  }
  const replay = await readReplay(database.pool, id);
  expect(replay).toMatchObject({
    state: 'done',
    passed: 1200,
    leftOut: 0,
    failed: 0,
    waiting: 0,
    askedBy: 'tester',
  });
  expect(replay.lanes.every(({ state, settledAt }) => state === 'done' && settledAt !== null)).toBe(true);
  expect(await listReplays(database.pool, 'state')).toMatchObject([{ id, from: START + 70 * 60_000 }]);
});

test('only what is applied is replayed, and positions that are parked or dead letters are left out', async () => {
  await writeHours();
  await applyAll();
  await consumer!.stop();
  await clear();
  const [[first]] = (await database.pool.query(
    'SELECT generation, lane, MIN(last_seq) AS seq FROM log_records GROUP BY generation, lane LIMIT 1',
  )) as unknown as [[{ generation: number; lane: number; seq: number }]];
  for (const [offset, state] of ['dead', 'discarded', 'applied'].entries()) {
    await database.pool.query(
      `INSERT INTO log_dead_letters
         (grp, generation, lane, seq, home_generation, home_lane, subject, type, source, event_id, received_at, event,
          reason, cause, attempts, first_failed_at, dead_at, state)
       VALUES ('state', ?, ?, ?, ?, ?, 'D0', 't', 's', 'i', NOW(3), '{}', 'refused', '', 5, NOW(3), NOW(3), ?)`,
      [first.generation, first.lane, 1 + offset, first.generation, first.lane, state],
    );
  }
  await database.pool.query(
    `INSERT INTO log_parked (grp, generation, lane, seq, home_generation, home_lane, subject, received_at, event, parked_at)
     VALUES ('state', ?, ?, 9, ?, ?, 'D0', NOW(3), '{}', NOW(3))`,
    [first.generation, first.lane, first.generation, first.lane],
  );
  await writeLog(database.pool, [{ event: testEvent('D0', 999), receivedAt: START + 240 * 60_000 }]);
  const id = await ask(at(0));
  await applyAll();
  await settled(id);
  expect(await readReplay(database.pool, id)).toMatchObject({ state: 'done', passed: 4800, leftOut: 3 });
  const recorded = await readRecorded(database.pool);
  expect(recorded).toHaveLength(4800 - 3 + 1);
  expect(recorded.filter((row) => row.lane === first.lane && [1, 2, 9].includes(row.seq))).toEqual([]);
  expect(recorded.filter(({ id: event }) => event === 'D0-999')).toHaveLength(1);
});

test('one event that its table does not take is found and listed; the rest of its slice is applied', async () => {
  await writeHours();
  await applyAll();
  await clear();
  await database.pool.query(
    `CREATE TRIGGER poison BEFORE INSERT ON recorded FOR EACH ROW
     IF NEW.id = 'D3-77' THEN SIGNAL SQLSTATE '22001' SET MESSAGE_TEXT = 'too long for its column'; END IF`,
  );
  const id = await ask(at(60), at(120));
  await settled(id);
  const replay = await readReplay(database.pool, id);
  expect(replay).toMatchObject({ state: 'done', passed: 1200, failed: 1 });
  expect(replay.failures).toMatchObject([{ subject: 'D3', cause: 'too long for its column' }]);
  const recorded = await readRecorded(database.pool);
  expect(recorded).toHaveLength(1199);
  expect(new Set(recorded.map(({ id: event }) => event)).size).toBe(1199);
});

test('a lane whose log has a hole stops with the place; a hole that was skipped is passed', async () => {
  await writeHours();
  await applyAll();
  await clear();
  await database.pool.query(
    'DELETE FROM log_records WHERE last_seq BETWEEN 50 AND 60 ORDER BY lane, last_seq',
  );
  const stopped = await ask(at(0));
  await settled(stopped);
  const { state, lanes } = await readReplay(database.pool, stopped);
  expect(state).toBe('stopped');
  const holed = lanes.filter((one) => one.state === 'stopped');
  expect(holed.length).toBeGreaterThan(0);
  for (const { detail, doneSequence } of holed)
    expect(detail).toBe(`the log has a hole after sequence ${doneSequence}`);
  for (const { generation, lane, doneSequence } of holed) {
    const [[next]] = (await database.pool.query(
      'SELECT MIN(last_seq - event_count) AS seq FROM log_records WHERE generation = ? AND lane = ? AND last_seq > ?',
      [generation, lane, doneSequence],
    )) as unknown as [[{ seq: number }]];
    await database.pool.query(
      `INSERT INTO log_skips (grp, generation, lane, from_seq, to_seq, state, reason, asked_by, asked_at)
       VALUES ('state', ?, ?, ?, ?, 'done', 'lost', 'tester', NOW(3))`,
      [generation, lane, doneSequence + 1, next.seq],
    );
  }
  const again = await ask(at(0));
  await settled(again);
  expect(await readReplay(database.pool, again)).toMatchObject({ state: 'done', passed: 4800 });
  expect((await readReplay(database.pool, again)).leftOut).toBeGreaterThan(0);
});

test('a replay that retention has overtaken is refused where it stands', async () => {
  await writeHours();
  await applyAll();
  await consumer!.stop();
  const id = await ask(at(60));
  await lowWater(2);
  await applyAll();
  await settled(id);
  const { state, lanes } = await readReplay(database.pool, id);
  expect(state).toBe('refused');
  expect(lanes.filter((lane) => lane.state === 'refused')[0]!.detail).toMatch(/retention has moved past/);
});

test('an operator stops a replay; what is over cannot be stopped', async () => {
  await writeHours();
  await applyAll();
  await consumer!.stop();
  const id = await ask(at(0));
  await stopReplay(database.pool, id, 'tester');
  expect((await readReplay(database.pool, id)).lanes.find(({ state }) => state === 'stopped')).toMatchObject({
    detail: 'stopped by tester',
  });
  await expect(stopReplay(database.pool, id, 'tester')).rejects.toMatchObject({
    status: 409,
    code: 'already_settled',
  });
  await expect(readReplay(database.pool, 999)).rejects.toMatchObject({ status: 404, code: 'unknown_replay' });
});

test('wishes that make no sense are refused with what is wrong', async () => {
  await writeHours();
  await expect(ask(at(0))).rejects.toMatchObject({ status: 409, code: 'not_ready' });
  await applyAll();
  const soon = new Date(Date.now() + 60_000);
  await expect(ask(soon)).rejects.toMatchObject({
    status: 400,
    code: 'invalid_range',
    message: /in the future/,
  });
  await expect(ask(at(9), at(8))).rejects.toMatchObject({ code: 'invalid_range', message: /after its end/ });
  await expect(ask(new Date(NaN))).rejects.toMatchObject({ code: 'invalid_range' });
  await expect(ask(at(0), undefined, 'nobody')).rejects.toMatchObject({ status: 404, code: 'unknown_group' });
  await lowWater(1);
  await expect(ask(at(59))).rejects.toMatchObject({
    status: 409,
    code: 'not_retained',
    message: /is kept from/,
  });
  await settled(await ask(at(60), at(61)));
});

test('a replay does not reach into an older generation, and says how far it reaches', async () => {
  await writeHours();
  await applyAll();
  const { generation } = await openGeneration(database.pool, { lanes: 8, reason: 'a test', actor: 'tester' });
  await eventually('the new generation is applied', async () =>
    (await readLogStats(database.pool, 'state')).lanes.some(
      (lane) => lane.generation === generation && lane.owner !== null,
    ),
  );
  await expect(ask(at(0))).rejects.toMatchObject({
    status: 409,
    code: 'older_generation',
    message: /reaches back to/,
  });
});
