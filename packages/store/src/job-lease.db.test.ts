import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2/promise';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { claimJob, endJob, readJobSuccesses, transactUnderLease, JobLostError } from './job-lease.js';
import { runJob, type JobOptions } from './run-job.js';

let database: TestDatabase;
let connection: SingleConnection;

beforeEach(async () => {
  database = await createTestDatabase();
  connection = await open();
});
afterEach(async () => {
  connection.destroy();
  await database.drop();
});

const open = async () =>
  connect(await database.login('maintenance'), { abandonedAfterSeconds: 5, lockWaitSeconds: 2 });
const HOURLY = { everyMinutes: 60, atMinute: 7 };
const claim = (owner: string, leaseMs = 30_000, on = connection) =>
  claimJob(on, { job: 'sweep', owner, leaseMs, schedule: HOURLY });
const row = async (): Promise<RowDataPacket> => {
  const [[found]] = await database.pool.query<RowDataPacket[]>(
    "SELECT owner, epoch, outcome, detail FROM job_leases WHERE job = 'sweep'",
  );
  return found!;
};
const note = (text: string) => (transaction: SingleConnection) =>
  transaction.query('UPDATE log_retention SET held_by = CONCAT(held_by, ?) WHERE id = 1', [text]);
const noted = async () => {
  const [[found]] = await database.pool.query<RowDataPacket[]>('SELECT held_by FROM log_retention');
  return found?.['held_by'] as string;
};

test('of ten processes that come at once one gets the job, and when it is done nobody does it again in its span', async () => {
  const others = await Promise.all(Array.from({ length: 10 }, open));
  const claims = await Promise.all(others.map((each, n) => claim(`w${n}`, 30_000, each)));
  const [lease, ...more] = claims.filter((each) => each !== null);
  expect(more).toEqual([]);
  expect(await claim('late')).toBeNull();
  await endJob(connection, lease!, { outcome: 'done', detail: 'all of it' });
  expect(await row()).toMatchObject({ owner: null, outcome: 'done', detail: 'all of it' });
  expect(await claim('late')).toBeNull();
  for (const each of others) each.destroy();
});

test('a job is due again in the next span, and after the clock was set back', async () => {
  for (const shift of ['- INTERVAL 61 MINUTE', '+ INTERVAL 61 MINUTE']) {
    const lease = await claim('w');
    await endJob(connection, lease!, { outcome: 'done', detail: '' });
    await connection.query(`UPDATE job_leases SET started_at = started_at ${shift}`);
  }
  expect(await claim('w')).toMatchObject({ epoch: 3 });
});

test('a job that failed is due again after a pause, not at once', async () => {
  const lease = await claim('w');
  await endJob(connection, lease!, { outcome: 'failed', detail: 'no' });
  expect(await claim('w')).toBeNull();
  await connection.query('UPDATE job_leases SET finished_at = finished_at - INTERVAL 3 MINUTE');
  expect(await claim('w')).not.toBeNull();
});

test('a job whose owner was killed is taken over when its lease is out; the old owner commits nothing more', async () => {
  const old = await claim('killed', 300);
  await transactUnderLease(connection, old!, note('first '));
  expect(await claim('heir', 300)).toBeNull();
  await sleep(400);
  const other = await open();
  const taken = await claim('heir', 30_000, other);
  expect(taken).toMatchObject({ epoch: 2 });
  await expect(transactUnderLease(connection, old!, note('stale '))).rejects.toThrow(JobLostError);
  await transactUnderLease(other, taken!, note('second'));
  expect(await noted()).toBe('first second');
  await endJob(connection, old!, { outcome: 'done', detail: 'stale' });
  expect(await row()).toMatchObject({ owner: 'heir', outcome: '' });
  other.destroy();
});

test('a lease that ends further ahead than it is long is over', async () => {
  await claim('w');
  await connection.query('UPDATE job_leases SET lease_until = lease_until + INTERVAL 1 HOUR');
  expect(await claim('heir')).not.toBeNull();
});

test('what a job wrote in a transaction that fails is not there', async () => {
  const lease = await claim('w');
  const failing = transactUnderLease(connection, lease!, async (transaction) => {
    await note('half')(transaction);
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(await noted()).toBe('');
});

describe('running a job', () => {
  const run = (options: Partial<JobOptions>) =>
    runJob({
      ...{ job: 'sweep', owner: 'w', schedule: HOURLY, connect: open },
      work: () => Promise.resolve({ outcome: 'done', detail: 'swept' }),
      ...options,
    });

  test('notes the success, and says that there was nothing to do the second time', async () => {
    expect(await run({})).toEqual({ outcome: 'done', detail: 'swept' });
    expect(await run({})).toBeNull();
    expect((await readJobSuccesses(connection)).get('sweep')).toBeGreaterThan(Date.now() - 60_000);
  });

  test('keeps the lease while one statement takes longer than it', async () => {
    const running = run({
      leaseMs: 600,
      work: async (hands) => {
        await hands.connection.query('SELECT SLEEP(1.5)');
        await hands.transact(note('done'));
        return { outcome: 'done', detail: '' };
      },
    });
    await sleep(1200);
    expect(await claim('thief', 600)).toBeNull();
    await running;
    expect(await noted()).toBe('done');
  });

  test('notes a failure with its cause and passes it on', async () => {
    await expect(run({ work: () => Promise.reject(new Error('out of paper')) })).rejects.toThrow('paper');
    expect(await row()).toMatchObject({ owner: null, outcome: 'failed', detail: 'out of paper' });
    expect((await readJobSuccesses(connection)).get('sweep')).toBeNull();
  });
});
