import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection, SingleConnection } from '@cpemon/database';

/** How often a job is due: once in each span of `everyMinutes`, which begin `atMinute` past the hour (UTC). */
export interface JobSchedule {
  everyMinutes: number;
  atMinute: number;
}

/** The right to do a job now; each transaction of the job proves it by `transactUnderLease`. */
export interface JobLease {
  job: string;
  owner: string;
  epoch: number;
  leaseMs: number;
}

export interface JobEnd {
  /** skipped: somebody else is at it, or it cannot be done now. */
  outcome: 'done' | 'skipped' | 'failed';
  /** For an operator, one line. */
  detail: string;
}

/** The job is not ours any more: the lease ran out and another process took it, or may. */
export class JobLostError extends Error {
  override readonly name = 'JobLostError';
}

/** A job that failed or was skipped is due again after this. */
const RETRY_AFTER_SECONDS = 120;
/** What `lease_until` may lie ahead beyond the length of a lease; more, and the database's clock was set back. */
const CLOCK_TOLERANCE_MS = 1000;

const RUNNING = `(owner IS NOT NULL AND COALESCE(
  lease_until > SYSDATE(3) AND lease_until <= SYSDATE(3) + INTERVAL ? MICROSECOND, FALSE))`;

/**
 * Takes a job when it is due and nobody is at it, on the database's clock; null when not. Whoever was at it and
 * overstayed the lease is fenced off by the new epoch.
 * @param owner printable ASCII, at most 64 characters; `leaseMs` is longer than a step of the job takes
 */
export async function claimJob(
  connection: Connection,
  wanted: { job: string; owner: string; leaseMs: number; schedule: JobSchedule },
): Promise<JobLease | null> {
  const { job, owner, leaseMs } = wanted;
  const seen = (await readJob(connection, wanted)) ?? (await addJob(connection, wanted));
  if (seen === undefined || !seen.due) return null;
  const [claimed] = await connection.query<ResultSetHeader>(
    `
UPDATE job_leases
   SET owner = ?, epoch = epoch + 1, lease_until = SYSDATE(3) + INTERVAL ? MICROSECOND,
       started_at = SYSDATE(3), outcome = '', detail = ''
 WHERE job = ? AND epoch = ? AND NOT ${RUNNING}`,
    [owner, leaseMs * 1000, job, seen.epoch, (leaseMs + CLOCK_TOLERANCE_MS) * 1000],
  );
  return claimed.affectedRows === 1 ? { job, owner, leaseMs, epoch: seen.epoch + 1 } : null;
}

type Wanted = Parameters<typeof claimJob>[1];

/** A plain read, so that those who come when nothing is due wait for no lock. */
async function readJob(
  connection: Connection,
  { job, leaseMs, schedule }: Wanted,
): Promise<{ epoch: number; due: boolean } | undefined> {
  const spanOf = (time: string): string => `FLOOR((UNIX_TIMESTAMP(${time}) - ?) / ?)`;
  const place = [schedule.atMinute * 60, schedule.everyMinutes * 60];
  const [[row]] = await connection.query<RowDataPacket[]>(
    `
SELECT epoch,
       ${RUNNING} AS running,
       COALESCE(outcome = 'done'
         AND ${spanOf('started_at')} = ${spanOf('SYSDATE(3)')}, FALSE) AS done,
       COALESCE(outcome IN ('failed', 'skipped')
         AND finished_at BETWEEN SYSDATE(3) - INTERVAL ? SECOND AND SYSDATE(3), FALSE) AS pausing
  FROM job_leases
 WHERE job = ?`,
    [(leaseMs + CLOCK_TOLERANCE_MS) * 1000, ...place, ...place, RETRY_AFTER_SECONDS, job],
  );
  if (row === undefined) return undefined;
  const due = [row['running'], row['done'], row['pausing']].every((reason) => Number(reason) === 0);
  return { epoch: Number(row['epoch']), due };
}

async function addJob(connection: Connection, wanted: Wanted): ReturnType<typeof readJob> {
  await connection.query(
    'INSERT INTO job_leases (job) VALUES (?) ON DUPLICATE KEY UPDATE job = VALUES(job)',
    [wanted.job],
  );
  return readJob(connection, wanted);
}

const MINE = 'job = ? AND owner = ? AND epoch = ?';
const mine = ({ job, owner, epoch }: JobLease): (string | number)[] => [job, owner, epoch];

/** Renews the lease. @returns false when the job is not ours any more */
export async function renewJob(connection: Connection, lease: JobLease): Promise<boolean> {
  const [renewed] = await connection.query<ResultSetHeader>(
    `UPDATE job_leases SET lease_until = SYSDATE(3) + INTERVAL ? MICROSECOND WHERE ${MINE}`,
    [lease.leaseMs * 1000, ...mine(lease)],
  );
  return renewed.affectedRows === 1;
}

/**
 * One transaction of the job. Its first statement writes the row that a claim writes: a process that was stopped and
 * goes on commits nothing. @throws JobLostError when the job is not ours; whatever `work` throws. Rolled back then
 */
export async function transactUnderLease<T>(
  connection: SingleConnection,
  lease: JobLease,
  work: (transaction: SingleConnection) => Promise<T>,
): Promise<T> {
  await connection.query('START TRANSACTION');
  try {
    if (!(await renewJob(connection, lease))) throw new JobLostError(`${lease.job} is not ours any more`);
    const result = await work(connection);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that is gone rolls back by itself.
    await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Gives the job back and notes how it went; nothing when it is not ours any more. */
export async function endJob(
  connection: Connection,
  lease: JobLease,
  { outcome, detail }: JobEnd,
): Promise<void> {
  await connection.query(
    `
UPDATE job_leases
   SET owner = NULL, lease_until = NULL, finished_at = SYSDATE(3), outcome = ?, detail = LEFT(?, 255),
       succeeded_at = IF(? = 'done', SYSDATE(3), succeeded_at)
 WHERE ${MINE}`,
    [outcome, detail, outcome, ...mine(lease)],
  );
}

/** Gives back a job that has no end; nothing when it is not ours any more. */
export async function releaseJob(connection: Connection, lease: JobLease): Promise<void> {
  await connection.query(`UPDATE job_leases SET owner = NULL, lease_until = NULL WHERE ${MINE}`, mine(lease));
}

/** When each job last went well by the database's clock, epoch ms; null when it never has. */
export async function readJobSuccesses(connection: Connection): Promise<Map<string, number | null>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT job, CAST(UNIX_TIMESTAMP(succeeded_at) * 1000 AS UNSIGNED) AS succeeded FROM job_leases',
  );
  return new Map(
    rows.map((row) => [row['job'] as string, row['succeeded'] === null ? null : Number(row['succeeded'])]),
  );
}
