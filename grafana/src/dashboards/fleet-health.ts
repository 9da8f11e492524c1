import { linkTo, toDevice, UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { bars, noneIsRight, row, series, stat, table, worseAbove } from '../model/panels.js';
import { now, over, sql } from '../model/queries.js';
import {
  COLOURS,
  GONE_OFFLINE_RATIO,
  GROUP_OFFLINE_RATIO,
  OLDEST_EVENT_SECONDS,
  STATUS_COLOURS,
} from '../thresholds.js';
import {
  DEVICES,
  INTAKE_GAPS,
  LIVE_PAGE,
  OFFLINE,
  OLDEST_AGE,
  queryVariable,
  SCENARIOS,
  toLivePage,
} from './common.js';

/** Groups smaller than this are no group. */
const SMALLEST_GROUP = 5;

const worstOf = (label: string): string => `
SELECT value, SUM(devices) AS devices,
  SUM(IF(reachability = 'offline', devices, 0)) AS offline,
  SUM(IF(reachability = 'offline', devices, 0)) / SUM(devices) AS offline_ratio
FROM v_fleet_labels
WHERE label = ${label}
GROUP BY value
HAVING devices >= ${SMALLEST_GROUP}
ORDER BY offline_ratio DESC, devices DESC
LIMIT 20`;

const GROUP_COLUMNS = { offline_ratio: { unit: 'percentunit', steps: worseAbove(GROUP_OFFLINE_RATIO) } };

export const fleetHealth = () =>
  makeDashboard({
    uid: UIDS.fleet,
    title: 'CPEmon: fleet health',
    description: 'How the fleet is, where it is worst, and what has changed.',
    from: 'now-3h',
    variables: [
      queryVariable(
        'label',
        'Group by',
        'SELECT DISTINCT label FROM v_fleet_labels',
        'model',
        'A label of the inventory, or model, firmware, admin_state.',
      ),
      LIVE_PAGE,
    ],
    annotations: [SCENARIOS, INTAKE_GAPS],
    panels: [
      row('Is the fleet well, and do we know?'),
      stat({
        title: 'Offline',
        description:
          'Part of the devices that have missed their reports for long. Look below for where they are.',
        unit: 'percentunit',
        decimals: 2,
        targets: [now(`${OFFLINE} / (${DEVICES} > 0)`)],
        steps: worseAbove(GONE_OFFLINE_RATIO),
        links: [toLivePage],
      }),
      stat({
        title: 'Devices by status',
        description:
          'Unknown: nothing can be said, because what they report by is down, or they have not reported yet.',
        unit: 'short',
        width: 8,
        targets: [now('max by (status) (cpemon_fleet_devices)', '{{status}}')],
        overrides: Object.entries(STATUS_COLOURS).map(([name, fixedColor]) => ({
          matcher: { id: 'byName', options: name },
          properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
        })),
      }),
      stat({
        title: 'Went offline in 10 min',
        description:
          'Transitions to offline. A few are every day; many at once are an outage: look for the group.',
        unit: 'short',
        decimals: 0,
        targets: [now('sum(increase(cpemon_writer_transitions_total{to="offline"}[10m])) or vector(0)')],
        steps: worseAbove({ warning: 10, critical: 100 }),
      }),
      stat({
        title: 'What you see is behind by',
        description:
          'Age of the oldest event that is not applied. While it is large, this page shows the past.',
        unit: 's',
        targets: [now(OLDEST_AGE)],
        steps: worseAbove(OLDEST_EVENT_SECONDS),
        links: [linkTo('pipeline', 'Pipeline')],
      }),
      stat({
        title: 'Alerts of the fleet',
        description: 'Alerts that fire now. Each has a runbook.',
        unit: 'short',
        targets: [now('count(ALERTS{alertstate="firing", layer="fleet"}) or vector(0)')],
        steps: noneIsRight(COLOURS.critical),
      }),
      row('What has changed?'),
      series({
        title: 'Status over time',
        description:
          'A step down of online that is no step up of offline is an outage of intake, not of the fleet.',
        unit: 'short',
        stacked: true,
        targets: [over('max by (status) (cpemon_fleet_devices)', '{{status}}')],
        colours: STATUS_COLOURS,
      }),
      series({
        title: 'Transitions a minute',
        description:
          'Devices that changed their status. A peak is an event in the network; a steady level is flapping.',
        unit: 'short',
        targets: [
          over('sum by (to) (rate(cpemon_writer_transitions_total[$__rate_interval])) * 60', '{{to}}'),
        ],
        colours: STATUS_COLOURS,
      }),
      table({
        title: 'Newest changes',
        description:
          'What happened to devices, newest first. A click on the serial number leads to the device.',
        targets: [
          sql(`SELECT at, serial_number, kind, data
FROM v_recent_changes
ORDER BY made_at DESC
LIMIT 50`),
        ],
        columns: { serial_number: { links: [toDevice] } },
      }),
      table({
        title: 'Open alerts',
        description:
          'Of devices and groups, as CPEmon judges them; linked ones are explained by a larger group.',
        targets: [
          sql(`SELECT severity, rule, COALESCE(NULLIF(serial_number, ''), CONCAT(group_label, ' ', group_value)) AS what, summary,
  started_at, missing, members, cause
FROM v_alerts
WHERE state = 'firing'
ORDER BY started_at
LIMIT 50`),
        ],
        noValue: 'None',
      }),
      row('Where is it worst?'),
      table({
        title: 'By $label',
        description:
          'Groups with the largest offline part. One that stands out from the others has a common cause.',
        targets: [sql(worstOf('${label:sqlstring}'))],
        columns: GROUP_COLUMNS,
      }),
      table({
        title: 'By model',
        description:
          'A model that is worse than the others hints at firmware or at a change of its settings.',
        targets: [sql(worstOf("'model'"))],
        columns: GROUP_COLUMNS,
      }),
      bars({
        title: 'Firmware',
        description: 'Devices in service by firmware. How far is the rollout, and what is left behind?',
        unit: 'short',
        targets: [
          sql(`SELECT IF(value = '', 'not known', value) AS firmware, SUM(devices) AS devices
FROM v_fleet_labels
WHERE label = 'firmware'
GROUP BY value
ORDER BY devices DESC
LIMIT 15`),
        ],
      }),
      table({
        title: 'What is wrong with devices',
        description:
          'Conditions by health rule. A rule with many devices is a fault of a group, or a rule that is too strict.',
        targets: [
          sql(`SELECT rule, severity, COUNT(*) AS devices, MIN(since) AS oldest
FROM v_conditions
GROUP BY rule, severity
ORDER BY severity DESC, devices DESC
LIMIT 30`),
        ],
        noValue: 'None',
      }),
      stat({
        title: 'Devices by health',
        description: 'Of the devices that a health rule can judge, those that are online.',
        unit: 'short',
        width: 12,
        targets: [
          sql(`SELECT
  COALESCE(SUM(IF(health = 'ok', devices, 0)), 0) AS ok,
  COALESCE(SUM(IF(health = 'degraded', devices, 0)), 0) AS degraded,
  COALESCE(SUM(IF(health = 'critical', devices, 0)), 0) AS critical
FROM v_fleet_health
WHERE reachability = 'online'`),
        ],
      }),
    ],
  });
