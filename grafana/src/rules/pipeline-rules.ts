import { DEAD_LETTERS_GROWTH, OLDEST_EVENT_SECONDS, OLDEST_EVENT_SECONDS_STRICT } from '../thresholds.js';
import { alertRule, type AlertFacts, type RuleGroup } from './rule.js';

const pipeline = (facts: Omit<AlertFacts, 'layer' | 'page'>) =>
  alertRule({ ...facts, layer: 'pipeline', page: 'alerts-pipeline' });

const OLDEST = 'max(cpemon_pipeline_oldest_event_age_seconds)';
const BACKLOG = 'max(cpemon_pipeline_backlog_events)';

const late = (severity: 'warning' | 'critical', seconds: number, holds: string, alert: string) =>
  pipeline({
    alert,
    expr: `${OLDEST} > ${seconds}`,
    holds,
    severity,
    summary: 'Events wait for {{ $value | humanizeDuration }}',
    description: `The oldest event that is not applied is {{ $value | humanizeDuration }} old (limit ${seconds} s). What pages show is as old. Nothing is lost.`,
  });

/**
 * Gauges come from the database by way of cpemon-api, so that they are there when no writer is. Where they are missing
 * altogether, CpemonPipelineUnseen says so.
 */
export const pipelineRules: RuleGroup[] = [
  {
    name: 'cpemon-pipeline-recorded',
    rules: [
      {
        record: 'cpemon:pipeline_accepted_events:rate1m',
        expr: 'max(rate(cpemon_pipeline_accepted_events_total[1m]))',
      },
      {
        record: 'cpemon:pipeline_applied_events:rate1m',
        expr: 'max(rate(cpemon_pipeline_applied_events_total[1m]))',
      },
      {
        record: 'cpemon:pipeline_drain_eta:seconds',
        // What waits for less than two seconds is on its way.
        expr:
          `0 * (${OLDEST} < 2) or (${BACKLOG} / ` +
          '((cpemon:pipeline_applied_events:rate1m - cpemon:pipeline_accepted_events:rate1m) > 0))',
      },
    ],
  },
  {
    name: 'cpemon-pipeline',
    rules: [
      late('warning', OLDEST_EVENT_SECONDS.warning, '2m', 'CpemonEventsLate'),
      late('critical', OLDEST_EVENT_SECONDS.critical, '5m', 'CpemonEventsLate'),
      pipeline({
        alert: 'CpemonNoWriter',
        expr: 'max(cpemon_pipeline_writers) == 0',
        holds: '2m',
        severity: 'critical',
        summary: 'No writer is running',
        description:
          'No cpemon-writer holds a lease. Events are accepted and wait; no device is called offline for it.',
      }),
      pipeline({
        alert: 'CpemonPipelineStalled',
        expr: `${BACKLOG} > 0 and max(increase(cpemon_pipeline_applied_events_total[2m])) == 0`,
        holds: '3m',
        severity: 'critical',
        summary: '{{ $value }} events wait and none is applied',
        description: 'There are events in the log, and for five minutes nothing was applied.',
      }),
      pipeline({
        alert: 'CpemonLanesWithoutOwner',
        expr: 'max(cpemon_pipeline_lanes{state="unowned"}) > 0',
        holds: '2m',
        severity: 'warning',
        summary: '{{ $value }} lanes belong to no writer',
        description:
          'A lane that no writer owns is not applied. Take-over needs the length of a lease, which is over.',
      }),
      pipeline({
        alert: 'CpemonPipelineUnseen',
        expr: 'absent(cpemon_pipeline_backlog_events)',
        holds: '2m',
        severity: 'critical',
        summary: 'Nobody can say how the pipeline is',
        description:
          'No cpemon-api reads the figures of the log: none runs, or the database does not answer.',
      }),
      pipeline({
        alert: 'CpemonDeadLetters',
        expr: 'max(cpemon_pipeline_set_aside_events{state="dead"}) > 0',
        holds: '5m',
        severity: 'warning',
        summary: '{{ $value }} events were given up',
        description: 'Events that could not be applied after their last attempt wait for an operator.',
      }),
      pipeline({
        alert: 'CpemonDeadLettersGrowing',
        expr: `max(delta(cpemon_pipeline_set_aside_events{state="dead"}[15m])) > ${DEAD_LETTERS_GROWTH}`,
        severity: 'critical',
        summary: '{{ $value | humanize }} events were given up in 15 minutes',
        description:
          'Something that comes in cannot be applied, again and again: a new sender, a new release, or a bug.',
      }),
      pipeline({
        alert: 'CpemonDevicesParked',
        expr: 'max(cpemon_pipeline_parked_devices) > 0',
        holds: '15m',
        severity: 'warning',
        summary: 'Events of {{ $value }} devices wait',
        description:
          'An event of each could not be applied and is tried again; what came after it waits with it.',
      }),
      pipeline({
        alert: 'CpemonLogGap',
        expr: 'sum(increase(cpemon_writer_log_gaps_total[15m])) > 0',
        severity: 'critical',
        summary: 'The log has a hole',
        description:
          'A writer found sequences missing in a lane, and waits there. Somebody changed the log, or the database lost what it had confirmed.',
      }),
      pipeline({
        alert: 'CpemonFleetCountsOff',
        expr: 'sum(increase(cpemon_writer_fleet_drift_devices_total[1h])) > 0',
        severity: 'warning',
        summary: 'Kept counts of the fleet were off by {{ $value | humanize }} devices',
        description:
          'They were put right. It must not happen: keep the log of the writers for whoever looks for the cause.',
      }),
    ],
  },
];

/** For installations that act within seconds; beside the others, and not on by default. */
export const strictRules: RuleGroup[] = [
  {
    name: 'cpemon-latency-sensitive',
    interval: '1s',
    rules: [
      late('warning', OLDEST_EVENT_SECONDS_STRICT.warning, '10s', 'CpemonEventsLateStrict'),
      late('critical', OLDEST_EVENT_SECONDS_STRICT.critical, '30s', 'CpemonEventsLateStrict'),
    ],
  },
];
