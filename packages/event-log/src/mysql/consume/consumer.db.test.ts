import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/test-database.js';
import { createRecordingApplier, createRecordingTable } from '../../contract/recording-applier.js';
import { testEvent } from '../../contract/log-probe.js';
import type { LogAppender, LogConsumer } from '../../event-log.js';
import { createMySqlAppender } from '../append/appender.js';
import { startMySqlConsumer, type ConsumerOptions } from './consumer.js';
import { readLogStats } from '../log-stats.js';

let database: TestDatabase;
let appender: LogAppender;
const consumers: LogConsumer[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  await createRecordingTable(database.pool);
  appender = await createMySqlAppender({ address: database.address, producer: 'test' });
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  await appender.close();
  await database.drop();
});

async function startConsumer(name: string, options: Partial<ConsumerOptions> = {}) {
  const applier = createRecordingApplier(name);
  const consumer = await startMySqlConsumer({
    address: database.address,
    group: 'state',
    member: name,
    version: 'test',
    applier,
    ...options,
  });
  consumers.push(consumer);
  return { applier, consumer };
}

/** `perDevice` numbered events of each of 40 devices, one call a number. */
async function appendNumbered(perDevice: number, from = 0): Promise<void> {
  for (let n = from; n < from + perDevice; n += 1) {
    await appender.append(
      Array.from({ length: 40 }, (_, device) => testEvent(`D${device}`, n)),
      'heartbeat',
    );
  }
}

const lag = async (): Promise<number> =>
  (await readLogStats(database.pool, 'state')).lanes.reduce((sum, lane) => sum + lane.lagEvents, 0);

test('a lane whose log has a gap waits, and the others go on', async () => {
  await appendNumbered(3);
  const [[hole]] = await database.pool.query<RowDataPacket[]>(
    'SELECT lane, last_seq FROM log_records WHERE last_seq > event_count LIMIT 1',
  );
  await database.pool.query('DELETE FROM log_records WHERE lane = ? AND last_seq = ?', [
    hole?.['lane'],
    hole?.['last_seq'],
  ]);
  const gaps: number[] = [];
  await startConsumer('w1', { observer: { gapSeen: (lane) => gaps.push(lane) } });
  await eventually('the gap is seen', () => gaps.includes(hole?.['lane'] as number));
  await eventually('only that lane waits', async () => {
    const { lanes } = await readLogStats(database.pool, 'state');
    return (
      String(lanes.filter(({ lagEvents }) => lagEvents > 0).map(({ lane }) => lane)) === `${hole?.['lane']}`
    );
  });
});

test('events that were received while the clock of the database was years ahead are applied', async () => {
  await database.pool.query("UPDATE log_lanes SET last_received_at = '2031-01-01 00:00:00.500'");
  await startConsumer('w1');
  await appendNumbered(2);
  await eventually('all of it is applied', async () => (await lag()) === 0);
  const [[recorded]] = await database.pool.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM recorded');
  expect(Number(recorded?.['n'])).toBe(80);
});

test('an operator skips the hole, and the lane goes on behind it', async () => {
  await appendNumbered(3);
  const [[hole]] = await database.pool.query<RowDataPacket[]>(
    'SELECT lane, last_seq, event_count FROM log_records WHERE last_seq > event_count LIMIT 1',
  );
  const {
    lane,
    last_seq: last,
    event_count: events,
  } = hole as { lane: number; last_seq: number; event_count: number };
  await database.pool.query('DELETE FROM log_records WHERE lane = ? AND last_seq = ?', [lane, last]);
  const ask = (to: number) =>
    database.pool.query(
      `INSERT INTO log_skips (grp, generation, lane, to_seq, reason, asked_by, asked_at)
       SELECT 'state', generation, ?, ?, 'lost', 'test', SYSDATE(3) FROM log_generations`,
      [lane, to],
    );
  await ask(last + 1);
  await ask(last);
  await startConsumer('w1');
  await eventually('everything else is applied', async () => (await lag()) === 0, 15_000);
  const [skips] = await database.pool.query<RowDataPacket[]>(
    'SELECT to_seq, from_seq, state, detail FROM log_skips ORDER BY to_seq',
  );
  expect(skips[0]).toMatchObject({ from_seq: last - events + 1, state: 'done' });
  expect(skips[1]).toMatchObject({ from_seq: null, state: 'refused' });
  const { lanes } = await readLogStats(database.pool, 'state');
  expect(lanes.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(events);
});

test('every event shows as queued, then as applied, in v_event_log', async () => {
  await appendNumbered(1);
  const states = async () => {
    const [rows] = await database.pool.query<RowDataPacket[]>('SELECT DISTINCT state FROM v_event_log');
    return rows.map((row) => row['state'] as string);
  };
  expect(await states()).toEqual(['queued']);
  await startConsumer('w1');
  await eventually('the log is applied', async () => (await lag()) === 0);
  expect(await states()).toEqual(['applied']);
});
