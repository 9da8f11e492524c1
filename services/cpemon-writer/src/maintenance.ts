import { setTimeout as sleep } from 'node:timers/promises';
import { createTask } from 'node-cron';
import { connect, type DatabaseAddress, type SingleConnection } from '@cpemon/database';
import type { Logger } from '@cpemon/service-kit';
import { readJobSuccesses, readLowWaterMark, runJob } from '@cpemon/store';
import { maintenanceTasks, type RetentionSettings } from './maintenance-jobs.js';
import { MAINTENANCE_JOBS, type MaintenanceJob, type WriterMetrics } from './metrics.js';

export interface MaintenanceOptions {
  /** Login that may change the partitions of the log and remove rows of what is over. */
  address: DatabaseAddress;
  /** Name of this process among those that do scheduled work. */
  owner: string;
  retention: RetentionSettings;
  metrics: Pick<WriterMetrics, 'maintenance' | 'maintenanceSeen'>;
  logger: Logger;
}

/** Every process looks once a minute; which job is due, and whose it is, the database says. */
const EVERY_MINUTE = '* * * * *';
/** So that many processes do not look in the same moment. */
const SPREAD_MS = 20_000;
const FIRST_SPREAD_MS = 1500;
/** A process that is stopped in the middle of a job's transaction holds its locks no longer than this. */
const SESSION_SECONDS = 5;

/** Does the scheduled work that is due and nobody else is at, under leases; at the start and then every minute. */
export function startMaintenance(options: MaintenanceOptions): { stop(): Promise<void> } {
  const { address, owner, metrics, logger } = options;
  const tasks = maintenanceTasks(options.retention, logger);
  const stopping = new AbortController();
  const open = (): Promise<SingleConnection> =>
    connect(address, { lockWaitSeconds: 2, abandonedAfterSeconds: SESSION_SECONDS });

  const run = async (job: MaintenanceJob): Promise<void> => {
    try {
      const end = await runJob({ ...tasks[job], job, owner, connect: open });
      if (end !== null) metrics.maintenance(job, end.outcome);
    } catch (error) {
      metrics.maintenance(job, 'failed');
      logger.warn({ err: error, job }, 'Scheduled work failed; it is tried again');
    }
  };
  const look = async (): Promise<void> => {
    for (const job of MAINTENANCE_JOBS) {
      if (stopping.signal.aborted) return;
      await run(job);
    }
    await tellMetrics(open, metrics).catch(() => undefined);
  };

  let underWay: Promise<void> | undefined;
  const lookOnce = (): Promise<void> => (underWay ??= look().finally(() => (underWay = undefined)));
  const ticking = createTask(EVERY_MINUTE, lookOnce, {
    ...{ name: 'scheduled work', timezone: 'UTC', noOverlap: true, maxRandomDelay: SPREAD_MS },
  });
  void ticking.start();
  const first = sleep(Math.random() * FIRST_SPREAD_MS, undefined, { signal: stopping.signal })
    .then(lookOnce)
    .catch(() => undefined);

  return {
    async stop() {
      stopping.abort();
      await ticking.destroy();
      await Promise.all([first, underWay]);
    },
  };
}

/** What the database says of the jobs, whoever did them: every process that may look shows the same. */
async function tellMetrics(
  open: () => Promise<SingleConnection>,
  metrics: MaintenanceOptions['metrics'],
): Promise<void> {
  const connection = await open();
  try {
    metrics.maintenanceSeen(await readJobSuccesses(connection), await readLowWaterMark(connection));
  } finally {
    connection.destroy();
  }
}
