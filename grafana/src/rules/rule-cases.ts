import { dump } from 'js-yaml';
import { RULE_FILES } from './all-rules.js';
import type { Severity } from './rule.js';

/** Series in promtool's notation, by their selectors; see `intervalOf`. */
type Series = Readonly<Record<string, string>>;

/** Seconds between two samples: long stories have fewer, as many as the windows of their rule need. */
const intervalOf = (at: string): string => (/^\d\dh$/.test(at) ? '10m' : /h$|^70m$/.test(at) ? '1m' : '15s');

/** What must make an alert fire, or must not. */
export interface RuleCase {
  alert: string;
  severity: Severity;
  fires: boolean;
  /** What happens. */
  story: string;
  series: Series;
  /** When it is looked, promtool's duration. */
  at: string;
  /** Labels of the alert that tell it from others of its name. */
  labels?: Readonly<Record<string, string>>;
}

const fires = (
  alert: string,
  severity: Severity,
  story: string,
  at: string,
  series: Series,
  labels = {},
): RuleCase => ({
  ...{ alert, severity, fires: true, story, at, series, labels },
});
const silent = (alert: string, severity: Severity, story: string, at: string, series: Series): RuleCase => ({
  ...{ alert, severity, fires: false, story, at, series },
});

const AGE = 'cpemon_pipeline_oldest_event_age_seconds';
const BACKLOG = 'cpemon_pipeline_backlog_events';
const ACCEPTED = 'cpemon_pipeline_accepted_events_total';
const APPLIED = 'cpemon_pipeline_applied_events_total';
const WRITERS = 'cpemon_pipeline_writers';
const UNOWNED = 'cpemon_pipeline_lanes{state="unowned"}';
const DEAD = 'cpemon_pipeline_set_aside_events{state="dead"}';
const PARKED = 'cpemon_pipeline_parked_devices';
const GAPS = 'cpemon_writer_log_gaps_total';
const DRIFT = 'cpemon_writer_fleet_drift_devices_total';
const QUEUED = 'cpemon_ingest_requests_total{path="heartbeat",code="queued"}';
const AWAY = 'cpemon_ingest_requests_total{path="heartbeat",code="log_unavailable"}';
const MALFORMED = 'cpemon_ingest_requests_total{path="heartbeat",code="invalid_json"}';
const EVENTS = 'cpemon_ingest_events_total{path="webhook"}';
const REFUSED = 'cpemon_ingest_refused_total{path="webhook",reason="invalid_json"}';
const GATE = 'cpemon_intake_gate_open{reason="disk"}';
const PATH = 'cpemon_intake_path_accepting{path="webhook"}';
const API_UP = 'up{job="cpemon-api",instance="a:1"}';
const ONLINE = 'cpemon_fleet_devices{status="online"}';
const OFFLINE = 'cpemon_fleet_devices{status="offline"}';
const GONE = 'cpemon_writer_transitions_total{to="offline"}';
const LOST = 'cpemon_ingest_lost_samples_total{path="bulkdata",reason="overloaded"}';
const WEAK = 'cpemon_database_durability_weak{setting="flush_log_at_commit"}';
const POOL = 'cpemon_database_pool_connections{instance="a:1",pool="read",state="waiting"}';
const FREE = 'cpemon_intake_disk_free_ratio';
const FLUSHES = 'cpemon_ingest_flush_failures_total';
const OVERDUE = 'cpemon_log_retention_overdue_hours';
const PARTITIONS = 'cpemon_writer_maintenance_last_success_timestamp_seconds{exported_job="log-partitions"}';
const RECORDS = 'cpemon_writer_maintenance_last_success_timestamp_seconds{exported_job="old-records"}';
const FAST = 'cpemon_writer_visible_seconds_bucket{le="0.1"}';
const ALL = 'cpemon_writer_visible_seconds_count';

/** Take-over of a writer that died: 20 s without anybody, on Kubernetes' lease of 15 s. */
const TAKE_OVER = '0 0 15 20 0x40';
const LANES_TAKEN_OVER = '0 0 16 16 0x40';
const WRITERS_TAKEN_OVER = '1 1 0 0 1x40';
/** The writer is scaled to zero and comes back after three minutes. */
const THREE_MINUTES_AWAY = '0 0 15+15x11 0x40';

export const RULE_CASES: readonly RuleCase[] = [
  fires('CpemonEventsLate', 'warning', 'the oldest event is 40 s old for three minutes', '4m', {
    [AGE]: '0 0 40x20',
  }),
  silent('CpemonEventsLate', 'warning', 'a lease is taken over', '3m', { [AGE]: TAKE_OVER }),
  silent('CpemonEventsLate', 'warning', 'a short peak', '3m', { [AGE]: '0 0 60x4 0x20' }),
  fires('CpemonEventsLate', 'critical', 'nothing is applied for ten minutes', '10m', {
    [AGE]: '0 0 15+15x50',
  }),
  silent('CpemonEventsLate', 'critical', 'the writer is at zero for three minutes', '6m', {
    [AGE]: THREE_MINUTES_AWAY,
  }),
  fires('CpemonEventsLateStrict', 'warning', 'the oldest event is 3 s old for a minute', '1m', {
    [AGE]: '3x20',
  }),
  silent('CpemonEventsLateStrict', 'warning', 'all is visible within a second', '2m', { [AGE]: '1x20' }),
  fires('CpemonEventsLateStrict', 'critical', 'the oldest event is 6 s old for a minute', '1m', {
    [AGE]: '6x20',
  }),
  silent('CpemonEventsLateStrict', 'critical', 'the oldest event is 3 s old', '2m', { [AGE]: '3x20' }),
  fires('CpemonNoWriter', 'critical', 'the writer is scaled to zero', '3m', { [WRITERS]: '1 1 0x20' }),
  silent('CpemonNoWriter', 'critical', 'a writer dies and another takes over', '3m', {
    [WRITERS]: WRITERS_TAKEN_OVER,
  }),
  fires('CpemonPipelineStalled', 'critical', 'events come in and none is applied', '8m', {
    [BACKLOG]: '0+100x40',
    [APPLIED]: '500x40',
  }),
  silent('CpemonPipelineStalled', 'critical', 'it is slow, and works', '8m', {
    [BACKLOG]: '1000+100x40',
    [APPLIED]: '500+10x40',
  }),
  silent('CpemonPipelineStalled', 'critical', 'nothing comes in', '8m', {
    [BACKLOG]: '0x40',
    [APPLIED]: '500x40',
  }),
  fires('CpemonLanesWithoutOwner', 'warning', 'lanes stay without an owner', '3m', { [UNOWNED]: '0 0 4x20' }),
  silent('CpemonLanesWithoutOwner', 'warning', 'a lease is taken over', '3m', {
    [UNOWNED]: LANES_TAKEN_OVER,
  }),
  fires('CpemonPipelineUnseen', 'critical', 'the figures stop', '8m', { [BACKLOG]: '0 0 0 stale _x40' }),
  silent('CpemonPipelineUnseen', 'critical', 'the writer is at zero', '8m', { [BACKLOG]: '0+100x40' }),
  fires('CpemonDeadLetters', 'warning', 'an event is given up', '7m', { [DEAD]: '0 0 1x40' }),
  silent('CpemonDeadLetters', 'warning', 'an operator requeues it within minutes', '7m', {
    [DEAD]: '0 0 1x10 0x40',
  }),
  fires('CpemonDeadLettersGrowing', 'critical', 'event after event is given up', '10m', { [DEAD]: '0+2x40' }),
  silent('CpemonDeadLettersGrowing', 'critical', 'old ones lie there', '10m', { [DEAD]: '5000x40' }),
  fires('CpemonDevicesParked', 'warning', 'a device waits for half an hour', '20m', { [PARKED]: '1x120' }),
  silent('CpemonDevicesParked', 'warning', 'its event is applied on the next attempt', '20m', {
    [PARKED]: '1x8 0x120',
  }),
  fires('CpemonLogGap', 'critical', 'a hole is found', '3m', { [GAPS]: '0 0 1x40' }),
  silent('CpemonLogGap', 'critical', 'there is none', '3m', { [GAPS]: '0x40' }),
  fires('CpemonFleetCountsOff', 'warning', 'a recount finds 3 devices too many', '5m', {
    [DRIFT]: '0 0 3x40',
  }),
  silent('CpemonFleetCountsOff', 'warning', 'recounts find nothing', '5m', { [DRIFT]: '7x40' }),
  fires('CpemonIngestFailing', 'warning', '0.7 % of the requests find the log away', '15m', {
    [QUEUED]: '0+993x80',
    [AWAY]: '0+7x80',
  }),
  silent('CpemonIngestFailing', 'warning', '0.3 % do', '15m', { [QUEUED]: '0+997x80', [AWAY]: '0+3x80' }),
  silent('CpemonIngestFailing', 'warning', 'senders send nonsense, which is their failure', '15m', {
    [QUEUED]: '0+500x80',
    [MALFORMED]: '0+500x80',
    [AWAY]: '0x80',
  }),
  fires('CpemonIngestFailing', 'critical', '2 % do', '15m', { [QUEUED]: '0+980x80', [AWAY]: '0+20x80' }),
  silent('CpemonIngestFailing', 'critical', '0.7 % do', '15m', { [QUEUED]: '0+993x80', [AWAY]: '0+7x80' }),
  fires('CpemonEventsRefused', 'warning', '0.7 % of the events are refused', '15m', {
    [EVENTS]: '0+993x80',
    [REFUSED]: '0+7x80',
  }),
  silent('CpemonEventsRefused', 'warning', '0.3 % are', '15m', { [EVENTS]: '0+997x80', [REFUSED]: '0+3x80' }),
  fires('CpemonEventsRefused', 'critical', 'everything is', '15m', {
    [EVENTS]: '0x80',
    [REFUSED]: '0+10x80',
  }),
  silent('CpemonEventsRefused', 'critical', '0.7 % are', '15m', {
    [EVENTS]: '0+993x80',
    [REFUSED]: '0+7x80',
  }),
  fires('CpemonIntakeClosed', 'critical', 'the disk is full', '2m', { [GATE]: '1 0x20' }),
  silent('CpemonIntakeClosed', 'critical', 'it is closed for a moment', '2m', { [GATE]: '1 0 0 1x20' }),
  fires('CpemonPathDown', 'critical', 'the last acs-ingest is away', '2m', { [PATH]: '1 0x20' }),
  silent('CpemonPathDown', 'critical', 'it restarts', '2m', { [PATH]: '1 0 0 1x20' }),
  fires('CpemonServiceDown', 'warning', 'a process is away', '4m', { [API_UP]: '1 0x20' }),
  silent('CpemonServiceDown', 'warning', 'it restarts', '4m', { [API_UP]: '1 0 0 1x20' }),
  fires('CpemonNoReports', 'critical', 'the line of the data centre is cut', '12m', {
    [ACCEPTED]: '0+10x10 100x60',
    [ONLINE]: '100x70',
    [OFFLINE]: '0x70',
  }),
  silent('CpemonNoReports', 'critical', 'an installation without devices', '12m', {
    [ACCEPTED]: '0x70',
    [ONLINE]: '0x70',
  }),
  fires('CpemonSourceSilent', 'warning', 'the ACS calls its webhook no more', '40m', {
    [EVENTS]: '0+10x100 1000x80',
  }),
  silent('CpemonSourceSilent', 'warning', 'a path that nobody uses', '40m', { [EVENTS]: '0x180' }),
  fires('CpemonSamplesLost', 'warning', 'bulk data is turned away', '15m', { [LOST]: '0+1x80' }),
  silent('CpemonSamplesLost', 'warning', 'none is', '15m', { [LOST]: '0x80' }),
  fires('CpemonDurabilityWeak', 'warning', 'commits are not flushed', '7m', { [WEAK]: '1x40' }),
  silent('CpemonDurabilityWeak', 'warning', 'they are', '7m', { [WEAK]: '0x40' }),
  fires('CpemonDatabasePoolWaits', 'warning', 'reads pile up', '4m', { [POOL]: '3x40' }),
  silent('CpemonDatabasePoolWaits', 'warning', 'a short crowd', '4m', { [POOL]: '3 3 0x40' }),
  fires('CpemonDiskFillsUp', 'warning', '15 % are left, and 1 % goes in an hour', '2h', {
    [FREE]: '0.17-0.0002x125',
  }),
  silent('CpemonDiskFillsUp', 'warning', '15 % are left, and stay', '2h', { [FREE]: '0.15x500' }),
  silent('CpemonDiskFillsUp', 'warning', 'a large import on an empty disk', '2h', {
    [FREE]: '0.9-0.002x125',
  }),
  fires('CpemonDiskFillsUp', 'critical', '9 % are left, and 2 % go in an hour', '1h', {
    [FREE]: '0.1-0.0004x75',
  }),
  silent('CpemonDiskFillsUp', 'critical', '9 % are left, and stay', '1h', { [FREE]: '0.09x300' }),
  fires('CpemonFlushesFail', 'warning', 'a flush in two seconds fails', '12m', { [FLUSHES]: '0+8x60' }),
  silent('CpemonFlushesFail', 'warning', 'one fails', '12m', { [FLUSHES]: '0x10 1x60' }),
  fires('CpemonRetentionOverdue', 'warning', 'a lane stands still for days', '2h', { [OVERDUE]: '8x500' }),
  silent('CpemonRetentionOverdue', 'warning', 'it is an hour over', '2h', { [OVERDUE]: '1x500' }),
  fires('CpemonUpkeepLate', 'warning', 'no partition was made for seven hours', '7h', {
    [PARTITIONS]: '60x430',
  }),
  silent('CpemonUpkeepLate', 'warning', 'they are made every hour', '7h', { [PARTITIONS]: '60+60x430' }),
  fires('CpemonDailyUpkeepLate', 'warning', 'old records stay for days', '51h', { [RECORDS]: '60x310' }),
  silent('CpemonDailyUpkeepLate', 'warning', 'they were removed yesterday', '51h', {
    [RECORDS]: '60x144 86400x164',
  }),
  silent('CpemonUpkeepLate', 'warning', 'a writer that has no right to it, and never did it', '7h', {
    [PARTITIONS]: '0x430',
  }),
  fires('CpemonMassOffline', 'warning', '50 of 1,000 devices go offline within minutes', '6m', {
    [GONE]: '0 0 10+10x4 50x40',
    [ONLINE]: '950x50',
    [OFFLINE]: '50x50',
  }),
  silent('CpemonMassOffline', 'warning', '5 of 100 devices do', '6m', {
    [GONE]: '0 0 5x40',
    [ONLINE]: '95x50',
    [OFFLINE]: '5x50',
  }),
  fires('CpemonMassOffline', 'critical', 'a fifth of the fleet does', '6m', {
    [GONE]: '0 0 200x40',
    [ONLINE]: '800x50',
    [OFFLINE]: '200x50',
  }),
  silent('CpemonMassOffline', 'critical', '1 % a day', '6m', {
    [GONE]: '0 1 1x40',
    [ONLINE]: '9990x50',
    [OFFLINE]: '10x50',
  }),
  fires(
    'CpemonAcceptedBudgetBurns',
    'critical',
    'an hour in which 3 % fail',
    '70m',
    {
      [QUEUED]: '0+970x300',
      [AWAY]: '0+30x300',
    },
    { window: '1h' },
  ),
  fires(
    'CpemonAcceptedBudgetBurns',
    'critical',
    '1 % fails for six hours',
    '6h',
    {
      [QUEUED]: '0+990x1500',
      [AWAY]: '0+10x1500',
    },
    { window: '6h' },
  ),
  silent('CpemonAcceptedBudgetBurns', 'critical', 'it failed, and is over for half an hour', '2h', {
    [QUEUED]: '0+1000x150',
    [AWAY]: '0+5x60 300x90',
  }),
  fires(
    'CpemonAcceptedBudgetBurns',
    'warning',
    '0.2 % fail for days',
    '72h',
    {
      [QUEUED]: '0+998x440',
      [AWAY]: '0+2x440',
    },
    { window: '3d' },
  ),
  silent('CpemonAcceptedBudgetBurns', 'warning', 'one in ten thousand fails', '72h', {
    [QUEUED]: '0+9999x440',
    [AWAY]: '0+1x440',
  }),
  fires(
    'CpemonVisibleBudgetBurns',
    'critical',
    'for an hour all events are slow',
    '70m',
    {
      [FAST]: '0x300',
      [ALL]: '0+100x300',
    },
    { window: '1h' },
  ),
  fires(
    'CpemonVisibleBudgetBurns',
    'critical',
    'for six hours half of them are slow',
    '6h',
    {
      [FAST]: '0+50x1500',
      [ALL]: '0+100x1500',
    },
    { window: '6h' },
  ),
  silent('CpemonVisibleBudgetBurns', 'critical', 'two in a hundred are slow', '6h', {
    [FAST]: '0+98x1500',
    [ALL]: '0+100x1500',
  }),
  fires(
    'CpemonVisibleBudgetBurns',
    'warning',
    'for days one in ten is slow',
    '72h',
    {
      [FAST]: '0+90x440',
      [ALL]: '0+100x440',
    },
    { window: '3d' },
  ),
  silent('CpemonVisibleBudgetBurns', 'warning', 'the writer is at zero', '70m', {
    [FAST]: '95x80',
    [ALL]: '100x80',
  }),
  fires('CpemonWatchdog', 'none', 'always', '1m', {}),
];

const MADE =
  '# Made by `npm run write:observability` from grafana/src/rules/rule-cases.ts. Run: promtool test rules prometheus/tests/*.yml\n';

/**
 * Files for `promtool test rules`, one for each file of rules and interval. They ask for the series ALERTS, so that no
 * case has to repeat all words of a rule.
 */
export function ruleTestFiles(): Record<string, string> {
  const files: Record<string, RuleCase[]> = {};
  for (const each of RULE_CASES) {
    const rules = Object.keys(RULE_FILES).find((file) =>
      (RULE_FILES[file] ?? []).some((group) =>
        group.rules.some((rule) => 'alert' in rule && rule.alert === each.alert),
      ),
    );
    if (rules === undefined) throw new Error(`There is no alert ${each.alert}`);
    const interval = intervalOf(each.at);
    (files[`${rules} ${interval}`] ??= []).push(each);
  }
  return Object.fromEntries(
    Object.entries(files).map(([key, cases]) => {
      const [rules = '', interval = ''] = key.split(' ');
      const name = rules.replace(/^.*\/|\.yml$/g, '');
      return [
        `prometheus/tests/${name}${interval === '15s' ? '' : `-${interval}`}.yml`,
        testFile(rules, interval, cases),
      ];
    }),
  );
}

function testFile(rules: string, interval: string, cases: readonly RuleCase[]): string {
  const tests = cases.map(({ alert, severity, fires: does, story, series, at, labels = {} }) => {
    const more = Object.entries(labels).map(([name, value]) => `,${name}="${value}"`);
    const selector = `alertname="${alert}",alertstate="firing",severity="${severity}"${more.join('')}`;
    return {
      name: `${alert}, ${severity}, ${does ? 'fires' : 'is silent'}: ${story}`,
      interval,
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: [
        {
          expr: `count(ALERTS{${selector}}) > 0`,
          eval_time: at,
          exp_samples: does ? [{ labels: '{}', value: 1 }] : [],
        },
      ],
    };
  });
  const file = { rule_files: [`../${rules}`], evaluation_interval: interval, tests };
  return MADE + dump(file, { lineWidth: -1, noRefs: true, quotingType: "'" });
}
