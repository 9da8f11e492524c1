import { DISK_FREE_RATIO } from '../thresholds.js';
import { alertRule, type AlertFacts, type RuleGroup } from './rule.js';

const database = (facts: Omit<AlertFacts, 'layer' | 'page'>) =>
  alertRule({ ...facts, layer: 'database', page: 'alerts-database' });

/** Intake stops at 5 % free (MIN_FREE_DISK_PERCENT). */
const INTAKE_STOPS_RATIO = 0.05;

/** How late work may be before somebody should look; its own period several times over. */
const LATE_JOBS: readonly { alert: string; jobs: string; hours: number }[] = [
  {
    alert: 'CpemonUpkeepLate',
    jobs: 'log-partitions|log-retention|departed-processes|history-pack|history-retention',
    hours: 6,
  },
  { alert: 'CpemonDailyUpkeepLate', jobs: 'old-records', hours: 50 },
];

export const databaseRules: RuleGroup[] = [
  {
    name: 'cpemon-database',
    rules: [
      database({
        alert: 'CpemonDurabilityWeak',
        expr: 'max by (setting) (cpemon_database_durability_weak) == 1',
        holds: '5m',
        severity: 'warning',
        summary: 'The database may lose what it has confirmed: {{ $labels.setting }}',
        description:
          'With this setting a crash of the database or its host loses events that were acknowledged.',
      }),
      database({
        alert: 'CpemonDatabasePoolWaits',
        expr: 'sum by (instance, pool) (cpemon_database_pool_connections{state="waiting"}) > 0',
        holds: '2m',
        severity: 'warning',
        summary: 'Callers wait for a connection of the pool {{ $labels.pool }}',
        description:
          'Reads of cpemon-api take longer than they come in: the database is slow, or very many watch.',
      }),
      database({
        alert: 'CpemonDiskFillsUp',
        expr:
          `min(predict_linear(cpemon_intake_disk_free_ratio[6h], 24 * 3600)) < ${INTAKE_STOPS_RATIO}` +
          ` and min(cpemon_intake_disk_free_ratio) < ${DISK_FREE_RATIO.warning}`,
        holds: '30m',
        severity: 'warning',
        summary: "The database's disk will be full within a day",
        description: `At the pace of the last six hours less than ${INTAKE_STOPS_RATIO * 100} % is free within a day; then intake stops.`,
      }),
      database({
        alert: 'CpemonDiskFillsUp',
        expr:
          `min(predict_linear(cpemon_intake_disk_free_ratio[1h], 4 * 3600)) < ${INTAKE_STOPS_RATIO}` +
          ` and min(cpemon_intake_disk_free_ratio) < ${DISK_FREE_RATIO.critical}`,
        holds: '5m',
        severity: 'critical',
        summary: "The database's disk will be full within four hours",
        description: `At the pace of the last hour less than ${INTAKE_STOPS_RATIO * 100} % is free within four hours; then intake stops.`,
      }),
      database({
        alert: 'CpemonFlushesFail',
        expr: 'sum(rate(cpemon_ingest_flush_failures_total[5m])) > 0.2',
        holds: '5m',
        severity: 'warning',
        summary: '{{ $value | humanize }} flushes a second fail',
        description:
          'Transactions that append get no answer or are refused. They are sent again; senders wait meanwhile.',
      }),
      database({
        alert: 'CpemonRetentionOverdue',
        expr: 'max(cpemon_log_retention_overdue_hours) > 6',
        holds: '1h',
        severity: 'warning',
        summary: 'The log is kept {{ $value }} hours longer than it should be',
        description:
          'A lane that is not applied, a replay, a rebuild or a dead letter still needs it; meanwhile the disk fills.',
      }),
      ...LATE_JOBS.map(({ alert, jobs, hours }) =>
        database({
          alert,
          // The label `job` of the metric makes way for that of the scrape.
          expr:
            `time() - max by (exported_job) (cpemon_writer_maintenance_last_success_timestamp_seconds{exported_job=~"${jobs}"} > 0)` +
            ` > ${hours * 3600}`,
          severity: 'warning',
          summary:
            'The scheduled work {{ $labels.exported_job }} has not been done for {{ $value | humanizeDuration }}',
          description: `It should be done at least once in ${hours} hours. Partitions of the log are made two days ahead: without them it goes on, slower and without an end.`,
        }),
      ),
    ],
  },
];
