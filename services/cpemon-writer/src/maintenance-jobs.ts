import type { Logger } from '@cpemon/service-kit';
import {
  applyHistoryRetention,
  applyLogRetention,
  makeLogPartitions,
  packHistory,
  pruneChangeFeed,
  removeDepartedProcesses,
  removeErasedRemains,
  removeOldIntakeGaps,
  removeOldRecords,
  type HistoryRetention,
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
  /** Absent: no history is kept. */
  history?: HistorySettings;
}

export interface HistorySettings {
  retention: HistoryRetention;
  /** Samples wait so long before they are packed. */
  packAfterSeconds: number;
}

export interface MaintenanceTask {
  schedule: JobSchedule;
  work: (hands: JobHands) => Promise<{ outcome: 'done' | 'skipped'; detail: string }>;
}

/** A slice of three hours is closed so long after its end: by then what came in them is packed. */
const SLICE_GRACE_SECONDS = 20 * 60;
/** Packing gives way to other scheduled work, and goes on a minute later. */
const PACKING_BUDGET_MS = 30_000;
/** What is left of erased devices gives way to other scheduled work as well. */
const ERASURE_BUDGET_MS = 20_000;
/** Who follows the feed and was away for a day has lost its place; a fleet that flaps fills no disk. */
const CHANGE_FEED_KEPT = { hours: 24, rowsALane: 2_000_000 };
/** Long enough that a log nobody keeps for two days has its partitions. */
const PARTITION_HOURS_AHEAD = 48;

/** The scheduled work. Minutes apart from each other, and from the hour itself, when a partition begins to fill. */
export function maintenanceTasks(
  retention: RetentionSettings,
  logger: Logger,
): Record<MaintenanceJob, MaintenanceTask> {
  const { history } = retention;
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
    'history-pack': {
      schedule: { everyMinutes: 1, atMinute: 0 },
      async work(hands) {
        if (history === undefined) return { outcome: 'done', detail: 'no history is kept' };
        const { lanes, samples, groups } = await packHistory(hands, {
          ...{ afterSeconds: history.packAfterSeconds, graceSeconds: SLICE_GRACE_SECONDS },
          budgetMs: PACKING_BUDGET_MS,
        });
        return { outcome: 'done', detail: `${samples} samples of ${lanes} lanes, ${groups} groups closed` };
      },
    },
    'history-retention': {
      schedule: { everyMinutes: 60, atMinute: 17 },
      async work(hands) {
        if (history === undefined) return { outcome: 'done', detail: 'no history is kept' };
        const { made, dropped, left } = await applyHistoryRetention(hands, history.retention);
        if (dropped.length > 0) logger.info({ dropped }, 'Dropped partitions of history');
        if (left.length > 0) logger.warn({ left }, 'Partitions of history are in use; they are tried again');
        const detail = `${made.length} made, ${dropped.length} dropped, ${left.length} left`;
        return { outcome: left.length > 0 ? 'skipped' : 'done', detail };
      },
    },
    erasure: {
      schedule: { everyMinutes: 1, atMinute: 0 },
      async work(hands) {
        const { settled, rows } = await removeErasedRemains(hands, { budgetMs: ERASURE_BUDGET_MS });
        if (settled > 0) logger.info({ erasures: settled, rows }, 'Nothing is left of erased devices');
        return { outcome: 'done', detail: `${settled} erasures done, ${rows} rows` };
      },
    },
    'change-feed': {
      schedule: { everyMinutes: 10, atMinute: 5 },
      async work(hands) {
        const rows = await pruneChangeFeed(hands, CHANGE_FEED_KEPT);
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
