import { linkTo, toDevice, UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { heatmap, noneIsRight, row, series, stat, table, worseAbove, worseBelow } from '../model/panels.js';
import { buckets, now, over, sql } from '../model/queries.js';
import { COLOURS, OLDEST_EVENT_SECONDS, VISIBLE_WITHIN_SECONDS } from '../thresholds.js';
import {
  ACCEPT_RATE,
  APPLY_RATE,
  BACKLOG,
  DEPLOYS,
  INTAKE_GAPS,
  OLDEST_AGE,
  OPERATOR_ACTIONS,
  SCALING,
  SCENARIOS,
} from './common.js';

export const pipeline = () =>
  makeDashboard({
    uid: UIDS.pipeline,
    title: 'CPEmon: pipeline',
    description: 'From accepted to visible: does it keep up, and what does not get through?',
    refresh: '10s',
    annotations: [DEPLOYS, SCALING, SCENARIOS, INTAKE_GAPS, OPERATOR_ACTIONS],
    panels: [
      row('Does it keep up?'),
      stat({
        title: 'Oldest event that waits',
        description:
          'How far behind the fleet the page is. Nothing is lost while it grows; see whether a writer runs.',
        unit: 's',
        width: 5,
        targets: [now(OLDEST_AGE)],
        steps: worseAbove(OLDEST_EVENT_SECONDS),
      }),
      stat({
        title: 'Backlog',
        description: 'Events in the log that no writer has applied.',
        unit: 'short',
        targets: [now(BACKLOG)],
      }),
      stat({
        title: 'Caught up in',
        description:
          'At the rates of the last minutes. 0: nothing waits for longer than 2 s. No value: the backlog does not shrink.',
        unit: 's',
        targets: [now('cpemon:pipeline_drain_eta:seconds')],
        noValue: 'not shrinking',
      }),
      stat({
        title: 'Accepted',
        description: 'Events a second that the log takes.',
        unit: 'ops',
        targets: [over(ACCEPT_RATE, 'accepted')],
      }),
      stat({
        title: 'Applied',
        description: 'Events a second that become visible. Above accepted: it catches up.',
        unit: 'ops',
        targets: [over(APPLY_RATE, 'applied')],
      }),
      stat({
        title: 'Writers',
        description: 'Writers whose lease holds. None: nothing is applied until one runs.',
        unit: 'short',
        width: 3,
        targets: [now('max(cpemon_pipeline_writers)')],
        steps: worseBelow({ warning: 1, critical: 1 }),
      }),
      series({
        title: 'Accepted and applied',
        description:
          'Both at the same height: it keeps up. Applied at zero: no writer, or one that cannot apply.',
        unit: 'ops',
        targets: [over(ACCEPT_RATE, 'accepted'), over(APPLY_RATE, 'applied')],
        colours: { accepted: COLOURS.neutral, applied: COLOURS.good },
      }),
      series({
        title: 'Backlog over time',
        description:
          'A saw tooth is a writer that was away. A slope that never ends is a writer that is too slow.',
        unit: 'short',
        targets: [over(BACKLOG, 'events')],
      }),
      series({
        title: 'Age of the oldest event',
        description: 'With the limits of the alerts.',
        unit: 's',
        targets: [over(OLDEST_AGE, 'age')],
        steps: worseAbove(OLDEST_EVENT_SECONDS),
      }),
      heatmap({
        title: 'From receipt to visible',
        description: `Events by the time they took; the objective is ${VISIBLE_WITHIN_SECONDS * 1000} ms for 95 %. A second band is a lane in trouble.`,
        unit: 's',
        targets: [buckets('sum by (le) (increase(cpemon_writer_visible_seconds_bucket[$__rate_interval]))')],
      }),
      row('Which lanes, which writers?'),
      series({
        title: 'Backlog by lane',
        description:
          'The ten worst. All alike: not enough writers. One alone: a device that sends too much, or an event in its way.',
        unit: 'short',
        targets: [over('topk(10, max by (lane) (cpemon_pipeline_lane_backlog_events))', 'lane {{lane}}')],
      }),
      series({
        title: 'Lanes by owner',
        description:
          'Unowned lanes are taken over within the length of a lease; if not, their writers cannot work.',
        unit: 'short',
        stacked: true,
        targets: [over('max by (state) (cpemon_pipeline_lanes)', '{{state}}')],
        colours: { owned: COLOURS.good, unowned: COLOURS.critical },
      }),
      table({
        title: 'Lanes',
        description: 'The watermark is the time up to which a lane is applied.',
        targets: [
          sql(`SELECT generation, lane, lag_events, watermark, parked_events, dead_letters, owner, epoch
FROM v_lanes
ORDER BY lag_events DESC, generation DESC, lane
LIMIT 64`),
        ],
      }),
      table({
        title: 'Who applies',
        description: 'Who applies, how many lanes each, and how long its lease still holds.',
        targets: [
          sql(`SELECT member, host, version, lanes, started_at,
  TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), lease_until) / 1000000 AS lease_seconds
FROM v_writers
WHERE lease_until > UTC_TIMESTAMP(3)
ORDER BY member`),
        ],
        columns: { lease_seconds: { unit: 's' } },
        noValue: 'No writer',
      }),
      row('What does not get through?'),
      stat({
        title: 'Devices that wait',
        description: 'One of their events could not be applied and is tried again; the ones behind it wait.',
        unit: 'short',
        targets: [now('max(cpemon_pipeline_parked_devices)')],
        steps: noneIsRight(),
      }),
      stat({
        title: 'Dead letters',
        description: 'Events given up after their last attempt: an operator requeues or discards them.',
        unit: 'short',
        targets: [now('max(cpemon_pipeline_set_aside_events{state="dead"})')],
        steps: noneIsRight(),
      }),
      series({
        title: 'Set aside',
        description: 'Events that were passed without being applied, by what became of them.',
        unit: 'short',
        width: 16,
        targets: [over('max by (state) (cpemon_pipeline_set_aside_events)', '{{state}}')],
      }),
      table({
        title: 'Dead letters by cause',
        description:
          'One cause with many letters is a bug or a sender; requeue them by cause when it is mended.',
        targets: [
          sql(`SELECT reason, cause, COUNT(*) AS events, MAX(dead_at) AS newest
FROM v_dead_letters
WHERE state IN ('dead', 'requeue_failed')
GROUP BY reason, cause
ORDER BY events DESC
LIMIT 20`),
        ],
        noValue: 'None',
      }),
      table({
        title: 'Devices that wait, longest first',
        description: 'With the next attempt. See the runbook of parked devices.',
        targets: [
          sql(`SELECT serial_number, reason, cause, attempts, first_failed_at, next_attempt_at
FROM v_parked_devices
ORDER BY first_failed_at
LIMIT 50`),
        ],
        columns: { serial_number: { links: [toDevice] } },
        noValue: 'None',
      }),
      row('How does a writer work?'),
      series({
        title: 'Time of a batch',
        description: 'From reading to commit. Rising with the size of batches is normal while it catches up.',
        unit: 's',
        targets: [
          over(
            'histogram_quantile(0.95, sum by (le) (rate(cpemon_writer_batch_duration_seconds_bucket[$__rate_interval])))',
            '95 %',
          ),
          over(
            'histogram_quantile(0.5, sum by (le) (rate(cpemon_writer_batch_duration_seconds_bucket[$__rate_interval])))',
            'median',
          ),
        ],
      }),
      series({
        title: 'Applied by kind',
        description:
          'Repeats and late events are right; many of them say that senders repeat a lot, or that clocks are off.',
        unit: 'ops',
        targets: [
          over('sum(rate(cpemon_writer_duplicate_events_total[$__rate_interval]))', 'repeats'),
          over('sum(rate(cpemon_writer_late_events_total[$__rate_interval]))', 'late'),
          over('sum(rate(cpemon_writer_quarantined_events_total[$__rate_interval]))', 'not admitted'),
          over('sum(rate(cpemon_writer_failed_batches_total[$__rate_interval]))', 'batches that failed'),
        ],
        links: [linkTo('ingest', 'Ingest')],
      }),
    ],
  });
