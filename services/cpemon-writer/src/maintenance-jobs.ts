import type { Logger } from '@cpemon/service-kit';
import {
  applyLogRetention,
  makeLogPartitions,
  removeDepartedProcesses,
  removeOldIntakeGaps,
  removeOldRecords,
  type JobHands,
  type JobSchedule,
  type LogRetentionPolicy,
  type RetentionReport,
} from '@cpemon/store';
import type { MaintenanceJob } from './metrics.js';

/** How long things are kept. */
export interface RetentionSettings {
  log: LogRetentionPolicy;
  auditDays: number;
}

export interface MaintenanceTask {
  schedule: JobSchedule;
  work: (hands: JobHands) => Promise<{ outcome: 'done' | 'skipped'; detail: string }>;
}

/** Long enough that a log nobody keeps for two days has its partitions. */
const PARTITION_HOURS_AHEAD = 48;

/** The scheduled work. Minutes apart from each other, and from the hour itself, when a partition begins to fill. */
export function maintenanceTasks(
  retention: RetentionSettings,
  logger: Logger,
): Record<MaintenanceJob, MaintenanceTask> {
  return {
    'log-partitions': {
      schedule: { everyMinutes: 60, atMinute: 7 },
      async work({ connection }) {
        const { made, outcome } = await makeLogPartitions(connection, PARTITION_HOURS_AHEAD);
        if (made.length > 0)
          logger.info({ made: made.length, last: made.at(-1) }, 'Made partitions of the log');
        if (outcome === 'catch-all-too-large') {
          logger.error(
            'The catch-all partition of log_records holds too much to be divided while events come in: ' +
              'run REORGANIZE PARTITION p_rest when intake may stand still for a while',
          );
        }
        return {
          outcome: outcome === 'made' ? 'done' : 'skipped',
          detail: `${made.length} made, ${outcome}`,
        };
      },
    },
    'log-retention': {
      schedule: { everyMinutes: 10, atMinute: 3 },
      async work(hands) {
        const report = await applyLogRetention(hands, retention.log);
        tellRetention(report, logger);
        const detail = `${report.dropped.length} dropped, ${report.left.length} left, mark ${report.lowWaterHour}`;
        return { outcome: report.left.length > 0 ? 'skipped' : 'done', detail };
      },
    },
    'departed-processes': {
      schedule: { everyMinutes: 60, atMinute: 37 },
      async work({ transact }) {
        const { processes, gaps } = await transact(async (transaction) => ({
          processes: await removeDepartedProcesses(transaction),
          gaps: await removeOldIntakeGaps(transaction),
        }));
        if (processes + gaps > 0) logger.info({ processes, gaps }, 'Removed rows that nobody needs any more');
        return { outcome: 'done', detail: `${processes} processes, ${gaps} gaps` };
      },
    },
    'old-records': {
      schedule: { everyMinutes: 24 * 60, atMinute: 47 },
      async work(hands) {
        const rows = await removeOldRecords(hands, retention);
        if (rows > 0) logger.info({ rows }, 'Removed records of operation that are older than they are kept');
        return { outcome: 'done', detail: `${rows} rows` };
      },
    },
  };
}

function tellRetention(report: RetentionReport, logger: Logger): void {
  const { dropped, left, lostPlaces, heldBy, lowWaterHour, wantedHour } = report;
  if (dropped.length > 0)
    logger.info({ dropped: dropped.length, last: dropped.at(-1) }, 'Dropped partitions of the log');
  if (left.length > 0)
    logger.warn({ left }, 'Partitions that may go are in use or hold unapplied events; they are tried again');
  for (const place of lostPlaces) {
    logger.warn(place, 'A consumer group fell behind retention and lost its place');
  }
  if (heldBy !== '') {
    logger.warn(
      { heldBy, hours: wantedHour - lowWaterHour },
      'The log is kept longer than its retention, because something still needs it',
    );
  }
}
