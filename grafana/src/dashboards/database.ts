import { UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { noneIsRight, row, series, stat, table, worseAbove, worseBelow } from '../model/panels.js';
import { now, over, sql } from '../model/queries.js';
import { COLOURS, DISK_FREE_RATIO } from '../thresholds.js';
import { DEPLOYS, OPERATOR_ACTIONS } from './common.js';

export const database = () =>
  makeDashboard({
    uid: UIDS.database,
    title: 'CPEmon: database',
    description: 'The database as CPEmon sees it: room, durability, waiting, upkeep.',
    annotations: [DEPLOYS, OPERATOR_ACTIONS],
    panels: [
      row('Will it hold?'),
      stat({
        title: 'Disk that is free',
        description:
          'Intake stops before the disk is full. Give it room, or shorten the retention of the log.',
        unit: 'percentunit',
        decimals: 1,
        targets: [now('min(cpemon_intake_disk_free_ratio)')],
        steps: worseBelow(DISK_FREE_RATIO),
        noValue: 'not known',
      }),
      stat({
        title: 'Settings that may lose data',
        description:
          'Settings by which the server may lose what it has confirmed; the log of a service names them.',
        unit: 'short',
        targets: [now('sum(max by (setting) (cpemon_database_durability_weak))')],
        steps: noneIsRight(COLOURS.critical),
      }),
      stat({
        title: 'Waiting for a connection',
        description:
          'Callers in front of the pools of cpemon-api. More than none for long: the database is slow, or too many watch.',
        unit: 'short',
        targets: [now('sum(cpemon_database_pool_connections{state="waiting"})')],
        steps: noneIsRight(),
      }),
      stat({
        title: 'Backlog',
        description: 'Bytes of the log that no writer has applied. They cannot be dropped.',
        unit: 'bytes',
        targets: [now('max(cpemon_intake_backlog_bytes)')],
      }),
      stat({
        title: 'Kept too long',
        description:
          'Hours of the log that are older than its retention, because something still needs them.',
        unit: 'h',
        targets: [now('max(cpemon_log_retention_overdue_hours)')],
        steps: worseAbove({ warning: 1, critical: 6 }),
      }),
      stat({
        title: 'Holes in the log',
        description: 'Reads that found a hole after looking twice. There must be none: see the runbook.',
        unit: 'short',
        targets: [now('sum(increase(cpemon_writer_log_gaps_total[1h])) or vector(0)')],
        steps: noneIsRight(COLOURS.critical),
      }),
      row('Is it fast enough?'),
      series({
        title: 'Time of a flush',
        description:
          'One transaction that appends: the time of a durable commit. Milliseconds on an SSD of its own.',
        unit: 's',
        targets: [
          over(
            'histogram_quantile(0.99, sum by (le) (rate(cpemon_ingest_flush_seconds_bucket[$__rate_interval])))',
            '99 %',
          ),
          over(
            'histogram_quantile(0.5, sum by (le) (rate(cpemon_ingest_flush_seconds_bucket[$__rate_interval])))',
            'median',
          ),
        ],
      }),
      series({
        title: 'Events in a flush',
        description: 'Larger flushes are how it goes on when commits are slow.',
        unit: 'short',
        targets: [
          over(
            'sum(rate(cpemon_ingest_flush_events_sum[$__rate_interval])) / (sum(rate(cpemon_ingest_flush_events_count[$__rate_interval])) > 0)',
            'mean',
          ),
        ],
      }),
      series({
        title: 'Flushes that failed',
        description: 'A minute: no answer, or refused. They are sent again under their number.',
        unit: 'short',
        targets: [
          over('sum by (job) (rate(cpemon_ingest_flush_failures_total[$__rate_interval])) * 60', '{{job}}'),
        ],
      }),
      series({
        title: 'Connections of cpemon-api',
        description: 'By pool. All busy for long: reads take too long.',
        unit: 'short',
        targets: [over('sum by (pool, state) (cpemon_database_pool_connections)', '{{pool}} {{state}}')],
      }),
      table({
        title: 'The server',
        description:
          'Counters since its start. Row lock waits and temporary tables on disk that rise fast are worth a look.',
        targets: [
          sql(`SHOW GLOBAL STATUS WHERE Variable_name IN (
  'Uptime', 'Threads_connected', 'Threads_running', 'Max_used_connections', 'Aborted_clients', 'Slow_queries',
  'Innodb_row_lock_waits', 'Innodb_row_lock_time_avg', 'Innodb_buffer_pool_reads', 'Innodb_buffer_pool_wait_free',
  'Innodb_log_waits', 'Created_tmp_disk_tables', 'Innodb_os_log_written', 'Innodb_data_fsyncs')`),
        ],
      }),
      table({
        title: 'Scheduled work',
        description: 'When each job last went well. The partitions of the log reach two days ahead.',
        targets: [
          sql(`SELECT job, outcome, detail, succeeded_at, TIMESTAMPDIFF(SECOND, succeeded_at, UTC_TIMESTAMP()) AS ago, owner
FROM v_jobs
ORDER BY succeeded_at`),
        ],
        columns: { ago: { unit: 's' } },
      }),
      row('Do the processes have room?'),
      series({
        title: 'Delay of the event loop, 99 %',
        description:
          'A process that is late by more than 100 ms has too much to do, or too little processor.',
        unit: 's',
        targets: [over('max by (job) (cpemon_nodejs_eventloop_lag_p99_seconds)', '{{job}}')],
      }),
      series({
        title: 'Memory',
        description: 'Resident, by process.',
        unit: 'bytes',
        targets: [
          over('sum by (job, instance) (cpemon_process_resident_memory_bytes)', '{{job}} {{instance}}'),
        ],
      }),
      series({
        title: 'Processor',
        description:
          'Cores in use by process. A service runs on one; a writer at one core is at its limit: add another.',
        unit: 'short',
        targets: [
          over(
            'sum by (job, instance) (rate(cpemon_process_cpu_seconds_total[$__rate_interval]))',
            '{{job}} {{instance}}',
          ),
        ],
      }),
      series({
        title: 'Devices in the memory of writers',
        description: 'Below the size of the fleet: writers read devices again and again, which costs.',
        unit: 'short',
        targets: [over('sum(cpemon_writer_cached_devices)', 'devices')],
      }),
    ],
  });
