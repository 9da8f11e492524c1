import { linkTo, UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { heatmap, row, series, stat, table, worseAbove, worseBelow } from '../model/panels.js';
import { buckets, now, over, sql } from '../model/queries.js';
import { COLOURS, FAILED_OR_REFUSED_RATIO } from '../thresholds.js';
import { DEPLOYS, INTAKE_GAPS, OUR_FAILURE_CODES, SCENARIOS } from './common.js';

const OF_PATH = 'path=~"$path"';

export const ingest = () =>
  makeDashboard({
    uid: UIDS.ingest,
    title: 'CPEmon: ingest',
    description: 'What comes in, by which path, what is turned away, and who has fallen silent.',
    refresh: '10s',
    variables: [
      {
        ...{ type: 'custom', name: 'path', label: 'Path', hide: 0, multi: true, includeAll: true },
        description: 'The ways in.',
        query: 'heartbeat,telemetry,events,bulkdata,webhook,mirror,cwmp',
        current: { text: 'All', value: '$__all', selected: true },
        options: [],
      },
    ],
    annotations: [DEPLOYS, SCENARIOS, INTAKE_GAPS],
    panels: [
      row('Do events get in?'),
      stat({
        title: 'Failed by us',
        description:
          'Part of the requests of the last five minutes that we could not take: overloaded, log away, full. Senders repeat them.',
        unit: 'percentunit',
        decimals: 2,
        targets: [
          now(
            `sum(rate(cpemon_ingest_requests_total{code=~"${OUR_FAILURE_CODES}"}[5m])) / (sum(rate(cpemon_ingest_requests_total[5m])) > 0)`,
          ),
        ],
        steps: worseAbove(FAILED_OR_REFUSED_RATIO),
        noValue: 'no requests',
      }),
      stat({
        title: 'Refused',
        description:
          'Part of the events of the last five minutes refused for what they say. The sender has to mend them.',
        unit: 'percentunit',
        decimals: 2,
        targets: [
          now(
            'sum(rate(cpemon_ingest_refused_total[5m])) / (sum(rate(cpemon_ingest_refused_total[5m])) + sum(rate(cpemon_ingest_events_total[5m])) > 0)',
          ),
        ],
        steps: worseAbove(FAILED_OR_REFUSED_RATIO),
        noValue: 'no events',
      }),
      stat({
        title: 'Accepted',
        description: 'Events a second that were acknowledged.',
        unit: 'ops',
        targets: [over('sum(rate(cpemon_ingest_events_total[$__rate_interval]))', 'events')],
      }),
      stat({
        title: '95 % are answered within',
        description: 'From handing events to the log to their commit.',
        unit: 's',
        targets: [
          over(
            'histogram_quantile(0.95, sum by (le) (rate(cpemon_ingest_append_seconds_bucket[$__rate_interval])))',
            '95 %',
          ),
        ],
      }),
      stat({
        title: 'Intake is open',
        description: 'No: senders are told to come back later, because the backlog or the disk is full.',
        unit: 'bool_yes_no',
        targets: [now('min(cpemon_intake_gate_open)')],
        steps: worseBelow({ warning: 1, critical: 1 }),
        links: [linkTo('database', 'Database')],
      }),
      stat({
        title: 'Paths without a process',
        description:
          'Paths that were open before and that no process accepts on. Their devices become unknown, not offline.',
        unit: 'short',
        targets: [now('count(min by (path) (cpemon_intake_path_accepting) == 0) or vector(0)')],
        steps: worseAbove({ warning: 1, critical: 1 }),
      }),
      row('By which path?'),
      series({
        title: 'Events by path',
        description: 'A path that falls while the others stand has lost a source.',
        unit: 'ops',
        stacked: true,
        targets: [
          over(`sum by (path) (rate(cpemon_ingest_events_total{${OF_PATH}}[$__rate_interval]))`, '{{path}}'),
        ],
      }),
      series({
        title: 'Requests by how they ended',
        description:
          'Queued is right; empty is a CWMP request without an event. All others are refusals or failures.',
        unit: 'reqps',
        targets: [
          over(
            `sum by (code) (rate(cpemon_ingest_requests_total{${OF_PATH}}[$__rate_interval])) > 0`,
            '{{code}}',
          ),
        ],
      }),
      table({
        title: 'Paths',
        description: 'When each last had a process that accepts.',
        targets: [
          sql(`SELECT path, accepted_at, TIMESTAMPDIFF(MICROSECOND, accepted_at, UTC_TIMESTAMP(3)) / 1000000 AS ago
FROM v_intake_paths
ORDER BY accepted_at`),
        ],
        columns: { ago: { unit: 's', steps: worseAbove({ warning: 5, critical: 30 }) } },
      }),
      table({
        title: 'Silent sources and models',
        description:
          'What delivers nothing, or far less than usual, while others deliver: its devices are unknown, not offline.',
        targets: [
          sql(`SELECT kind, name, started_at, ended_at, usual_per_minute, device_count
FROM v_source_silences
WHERE ended_at IS NULL OR $__timeFilter(ended_at)
ORDER BY started_at DESC
LIMIT 50`),
        ],
        noValue: 'None',
      }),
      row('What is turned away?'),
      series({
        title: 'Refusals by reason',
        description:
          'Per minute. The refused bodies themselves can be kept and looked at (docs/refused-bodies.md).',
        unit: 'short',
        targets: [
          over(
            `sum by (path, reason) (rate(cpemon_ingest_refused_total{${OF_PATH}}[$__rate_interval])) * 60 > 0 or label_replace(vector(0), "reason", "none", "", "")`,
            '{{path}} {{reason}}',
          ),
        ],
      }),
      series({
        title: 'Values left out of accepted events',
        description: 'Per minute, by reason. Out of range or of the wrong type: a mapping may be wrong.',
        unit: 'short',
        targets: [
          over(
            'sum by (reason) (rate(cpemon_ingest_dropped_values_total[$__rate_interval])) * 60 > 0 or label_replace(vector(0), "reason", "none", "", "")',
            '{{reason}}',
          ),
        ],
      }),
      row('How fast?'),
      heatmap({
        title: 'Time of an append',
        description: 'Of a request, from handing its events to the log to their commit.',
        unit: 's',
        targets: [
          buckets(
            `sum by (le) (increase(cpemon_ingest_append_seconds_bucket{${OF_PATH}}[$__rate_interval]))`,
          ),
        ],
      }),
      series({
        title: 'Waiting for a commit',
        description:
          'Events in front of the log, by process. At the limit (60,000) senders are told to come back.',
        unit: 'short',
        targets: [over('sum by (instance) (cpemon_ingest_buffered_events)', '{{instance}}')],
      }),
      series({
        title: 'CWMP sessions',
        description: 'Started and finished a minute. Started without an end: CPEs that hang up.',
        unit: 'short',
        targets: [
          over('sum by (state) (rate(cpemon_cwmp_sessions_total[$__rate_interval])) * 60', '{{state}}'),
        ],
        colours: { started: COLOURS.neutral, finished: COLOURS.good },
      }),
      series({
        title: 'Questions for health parameters',
        description:
          'A minute: asked, answered, and answered with a fault. Faults: the CPE has no such parameter.',
        unit: 'short',
        targets: [
          over('sum by (outcome) (rate(cpemon_cwmp_asks_total[$__rate_interval])) * 60', '{{outcome}}'),
        ],
      }),
    ],
  });
