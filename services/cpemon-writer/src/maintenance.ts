import { createTask, type ScheduledTask } from 'node-cron';
import { connect, type DatabaseAddress, type SingleConnection } from '@cpemon/database';
import type { Logger } from '@cpemon/service-kit';
import { makeLogPartitions, removeDepartedProcesses, removeOldIntakeGaps } from '@cpemon/store';
import type { MaintenanceJob, WriterMetrics } from './metrics.js';

export interface MaintenanceOptions {
  /** Login that may change the partitions of the log and remove rows of processes that are gone. */
  address: DatabaseAddress;
  metrics: Pick<WriterMetrics, 'maintenance'>;
  logger: Logger;
}

/** Long enough that a log nobody keeps for two days has its partitions. */
const PARTITION_HOURS_AHEAD = 48;

/** Minutes past the hour: apart from each other, and from the hour itself, when a partition begins to fill. */
const SCHEDULES: Record<MaintenanceJob, string> = {
  'log-partitions': '7 * * * *',
  'departed-processes': '37 * * * *',
};

/** Runs the scheduled work once at the start and then every hour, by UTC. */
export function startMaintenance(options: MaintenanceOptions): { stop(): Promise<void> } {
  const jobs: Record<MaintenanceJob, (connection: SingleConnection) => Promise<'done' | 'skipped'>> = {
    async 'log-partitions'(connection) {
      const { made, outcome } = await makeLogPartitions(connection, PARTITION_HOURS_AHEAD);
      if (made.length > 0)
        options.logger.info({ made: made.length, last: made.at(-1) }, 'Made partitions of the log');
      if (outcome === 'catch-all-too-large') {
        options.logger.error(
          'The catch-all partition of log_records holds too much to be divided while events come in: ' +
            'run REORGANIZE PARTITION p_rest when intake may stand still for a while',
        );
      }
      return outcome === 'made' ? 'done' : 'skipped';
    },
    async 'departed-processes'(connection) {
      const processes = await removeDepartedProcesses(connection);
      const gaps = await removeOldIntakeGaps(connection);
      if (processes + gaps > 0)
        options.logger.info({ processes, gaps }, 'Removed rows that nobody needs any more');
      return 'done';
    },
  };

  const running = new Set<Promise<void>>();
  const run = async (job: MaintenanceJob): Promise<void> => {
    try {
      const connection = await connect(options.address, { lockWaitSeconds: 2 });
      try {
        options.metrics.maintenance(job, await jobs[job](connection));
      } finally {
        await connection.end().catch(() => connection.destroy());
      }
    } catch (error) {
      options.metrics.maintenance(job, 'failed');
      options.logger.warn({ err: error, job }, 'Scheduled work failed; it is tried again at its next time');
    }
  };
  const tracked = (job: MaintenanceJob): Promise<void> => {
    const done = run(job).finally(() => running.delete(done));
    running.add(done);
    return done;
  };

  const names = Object.keys(SCHEDULES) as MaintenanceJob[];
  const tasks: ScheduledTask[] = names.map((job) =>
    createTask(SCHEDULES[job], () => tracked(job), { name: job, timezone: 'UTC', noOverlap: true }),
  );
  for (const task of tasks) void task.start();
  void tracked('log-partitions').then(() => tracked('departed-processes'));

  return {
    async stop() {
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
    },
  };
}
