import type { RowDataPacket } from 'mysql2';
import { startFaultProxy } from '../../../../tests/support/fault-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createRecordingApplier, createRecordingTable } from '../contract/recording-applier.js';
import { eventually, readRecorded, readWholeLog, testEvent } from '../contract/log-probe.js';
import type { LogAppender, LogConsumer } from '../event-log.js';
import { createMySqlAppender } from './appender.js';
import { startMySqlConsumer, type ConsumerOptions } from './consumer.js';
import { readLogStats } from './log-stats.js';

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
const owners = async (): Promise<(string | null)[]> =>
  (await readLogStats(database.pool, 'state')).lanes.map(({ owner }) => owner);
const ownedBy = async (name: string): Promise<number> =>
  (await owners()).filter((owner) => owner === name).length;

/** Every event of the log was applied once, and each lane's in the order of its sequences. */
async function expectAppliedOnceInOrder(): Promise<void> {
  const log = await readWholeLog(database.pool);
  const recorded = await readRecorded(database.pool);
  for (let lane = 0; lane < 16; lane += 1) {
    const applied = recorded.filter((row) => row.lane === lane);
    expect(applied.map(({ id }) => id)).toEqual(
      log.filter((event) => event.lane === lane).map(({ id }) => id),
    );
    expect(applied.map(({ seq }) => seq)).toEqual(applied.map((_row, index) => index + 1));
  }
}

test('what was appended before and after the start is applied once and in order', async () => {
  await appendNumbered(20);
  await startConsumer('w1');
  await appendNumbered(20, 20);
  await eventually('the log is applied', async () => (await lag()) === 0);
  await expectAppliedOnceInOrder();
});

test('a backlog larger than a batch is applied lane by lane, once and in order', async () => {
  await appendNumbered(50);
  await startConsumer('w1', { limits: { events: 60 } });
  await eventually('the log is applied', async () => (await lag()) === 0);
  await expectAppliedOnceInOrder();
});

test('a batch of a backlog that fails while the next one is prepared takes that one with it, and both are applied once', async () => {
  await appendNumbered(150);
  let commits = 0;
  const { applier } = await startConsumer('w1', {
    limits: { events: 1000 },
    beforeCommit: () => {
      commits += 1;
      if (commits === 2) return Promise.reject(new Error('planted'));
      return Promise.resolve();
    },
  });
  await eventually('the log is applied', async () => (await lag()) === 0);
  expect(applier.closed.length).toBeGreaterThan(0);
  await expectAppliedOnceInOrder();
});

test('the watermark of a lane moves on while nothing arrives', async () => {
  await startConsumer('w1');
  const watermark = async () => (await readLogStats(database.pool, 'state')).lanes[0]?.watermark ?? 0;
  await eventually('there is a watermark', async () => (await watermark()) > 0);
  const first = await watermark();
  await eventually('the watermark moves', async () => (await watermark()) > first);
});

test('three members own floor or ceil of the lanes; one that stops hands its lanes over at once', async () => {
  const { consumer: first } = await startConsumer('w1');
  await eventually('one owns all', async () => (await ownedBy('w1')) === 16);
  await startConsumer('w2');
  await startConsumer('w3');
  await eventually('shares are fair', async () => {
    const shares = [await ownedBy('w1'), await ownedBy('w2'), await ownedBy('w3')];
    return shares.every((share) => share === 5 || share === 6);
  });
  await appendNumbered(10);
  const stoppedAt = performance.now();
  await first.stop();
  expect(performance.now() - stoppedAt).toBeLessThan(1000);
  await eventually('two share', async () => (await ownedBy('w2')) === 8 && (await ownedBy('w3')) === 8);
  await appendNumbered(10, 10);
  await eventually('the log is applied', async () => (await lag()) === 0);
  await expectAppliedOnceInOrder();
});

test('a writer whose lease ran out cannot commit a batch, and its lanes are applied by another', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let reached = false;
  const proxy = await startFaultProxy(database.address);
  await appendNumbered(2);
  await startConsumer('stuck', {
    address: proxy.address,
    leaseMs: 2000,
    beforeCommit: () => {
      reached = true;
      return held;
    },
  });
  await eventually('a transaction is open', () => reached);
  proxy.freeze();
  const frozenAt = performance.now();
  await startConsumer('other', { leaseMs: 2000 });
  await eventually('the other applied all', async () => (await lag()) === 0);
  expect(performance.now() - frozenAt).toBeLessThan(2000 + 2000 + 500);
  proxy.heal();
  release();
  await appendNumbered(2, 2);
  await eventually('the log is applied', async () => (await lag()) === 0);
  await expectAppliedOnceInOrder();
  const recorded = await readRecorded(database.pool);
  expect(recorded.filter(({ appliedBy }) => appliedBy === 'stuck').length).toBeLessThan(recorded.length);
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  await proxy.close();
});

test('a batch that waited past its lease before COMMIT is rolled back', async () => {
  let waits = 1;
  const { applier } = await startConsumer('w1', {
    leaseMs: 1200,
    beforeCommit: async () => {
      if (waits-- > 0) await new Promise((resolve) => setTimeout(resolve, 1300));
    },
  });
  await appendNumbered(1);
  await eventually('the log is applied', async () => (await lag()) === 0);
  await expectAppliedOnceInOrder();
  expect(applier.closed.length).toBeGreaterThan(0);
});

test('an answer to COMMIT that is lost doubles nothing', async () => {
  const proxy = await startFaultProxy(database.address);
  let loseNext = false;
  await startConsumer('w1', {
    address: proxy.address,
    leaseMs: 1200,
    beforeCommit: () => {
      if (loseNext) proxy.loseAnswers();
      loseNext = false;
      return Promise.resolve();
    },
  });
  await appendNumbered(2);
  await eventually('the log is applied', async () => (await lag()) === 0);
  loseNext = true;
  await appendNumbered(1, 2);
  await eventually('the answer is lost', () => !loseNext);
  proxy.heal();
  await appendNumbered(2, 3);
  await eventually('the log is applied', async () => (await lag()) === 0);
  await expectAppliedOnceInOrder();
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  await proxy.close();
});

test('an event that the applier refuses holds up its lane and no other', async () => {
  const { applier } = await startConsumer('w1');
  applier.refuse = (id) => id === 'D3-1';
  await appendNumbered(3);
  await eventually('the other lanes are applied', async () => {
    const { lanes } = await readLogStats(database.pool, 'state');
    return lanes.filter(({ lagEvents }) => lagEvents > 0).length === 1;
  });
  applier.refuse = undefined;
  await eventually('the lane goes on', async () => (await lag()) === 0);
  await expectAppliedOnceInOrder();
});

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
