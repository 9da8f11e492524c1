import type { SingleConnection } from '@cpemon/database';
import {
  claimJob,
  endJob,
  renewJob,
  transactUnderLease,
  type JobEnd,
  type JobSchedule,
} from './job-lease.js';

/** What a job works with. */
export interface JobHands {
  /** Its own connection, outside any transaction: reads, and DDL that may be done twice. */
  connection: SingleConnection;
  /** @throws JobLostError when another process has taken the job */
  transact: <T>(work: (transaction: SingleConnection) => Promise<T>) => Promise<T>;
}

export interface JobOptions {
  job: string;
  owner: string;
  schedule: JobSchedule;
  /** A connection of its own for each call; the caller of `connect` ends it. */
  connect: () => Promise<SingleConnection>;
  work: (hands: JobHands) => Promise<Omit<JobEnd, 'outcome'> & { outcome: 'done' | 'skipped' }>;
  /** 30 s */
  leaseMs?: number;
  /** After this its connection is cut: a half-open link never answers. 15 min */
  deadlineMs?: number;
}

/**
 * Does a job under its lease when it is due and nobody else is at it; the lease is renewed while it runs.
 * @returns how it ended, or null when there was nothing to do
 * @throws whatever the job threw, after it was noted as failed
 */
export async function runJob(options: JobOptions): Promise<JobEnd | null> {
  const { leaseMs = 30_000, deadlineMs = 15 * 60_000, connect, work } = options;
  const connection = await connect();
  const deadline = setTimeout(() => connection.destroy(), deadlineMs);
  try {
    const lease = await claimJob(connection, { ...options, leaseMs });
    if (lease === null) return null;
    const stopRenewing = keepRenewing(connect, lease);
    try {
      const end = await work({
        connection,
        transact: (change) => transactUnderLease(connection, lease, change),
      });
      await endJob(connection, lease, end);
      return end;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      await endJob(connection, lease, { outcome: 'failed', detail }).catch(() => undefined);
      throw error;
    } finally {
      await stopRenewing();
    }
  } finally {
    clearTimeout(deadline);
    await hangUp(connection);
  }
}

/** In order if the server answers, else by force. */
async function hangUp(connection: SingleConnection): Promise<void> {
  const byForce = setTimeout(() => connection.destroy(), 1000);
  await Promise.race([
    connection.end().catch(() => connection.destroy()),
    new Promise((resolve) => setTimeout(resolve, 1100).unref()),
  ]);
  clearTimeout(byForce);
}

/**
 * Renews on a connection of its own, made when first needed: the job's may be busy with one long statement. A renewal
 * that fails leaves the lease to run out, and the job's next transaction will see that.
 */
function keepRenewing(
  connect: () => Promise<SingleConnection>,
  lease: Parameters<typeof renewJob>[1],
): () => Promise<void> {
  let connection: SingleConnection | undefined;
  let underWay: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    try {
      connection ??= await connect();
      await renewJob(connection, lease);
    } catch {
      connection?.destroy();
      connection = undefined;
    }
  };
  const timer = setInterval(() => {
    underWay ??= renew().finally(() => (underWay = undefined));
  }, lease.leaseMs / 3);
  return async () => {
    clearInterval(timer);
    await underWay;
    if (connection !== undefined) await hangUp(connection);
  };
}
