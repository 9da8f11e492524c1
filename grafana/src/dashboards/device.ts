import { DATA_SOURCES, type Annotation } from '../model/dashboard.js';
import { UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { row, stat, table, worseAbove, worseBelow } from '../model/panels.js';
import { sql } from '../model/queries.js';
import { COLOURS, GROUP_OFFLINE_RATIO, RX_POWER_DBM } from '../thresholds.js';
import { INTAKE_GAPS, LIVE_PAGE, textVariable, toLiveDevice } from './common.js';

const THIS = 'serial_number = ${serial:sqlstring}';

const timeline: Annotation = {
  name: 'Timeline',
  datasource: DATA_SOURCES.mysql,
  enable: true,
  iconColor: COLOURS.neutral,
  target: sql(
    `SELECT at AS time, CONCAT(kind, ' ', LEFT(data, 200)) AS text, kind AS tags
FROM v_device_events
WHERE ${THIS} AND $__timeFilter(at)
ORDER BY at
LIMIT 500`,
  ),
};

export const device = () =>
  makeDashboard({
    uid: UIDS.device,
    title: 'CPEmon: device',
    description: 'One device: how it is, what happened to it, and how its neighbours are.',
    from: 'now-24h',
    variables: [
      textVariable('serial', 'Serial number', '', 'As the device reports it, upper and lower case apart.'),
      LIVE_PAGE,
    ],
    annotations: [timeline, INTAKE_GAPS],
    panels: [
      row('How is this device?'),
      stat({
        title: 'Last seen',
        description: 'Since its last sign of life. Compare it with its reporting interval beside.',
        unit: 's',
        targets: [
          sql(
            `SELECT TIMESTAMPDIFF(SECOND, last_seen_at, UTC_TIMESTAMP(3)) AS last_seen FROM v_devices WHERE ${THIS}`,
          ),
        ],
      }),
      table({
        title: 'State',
        description:
          'One row for each identity with this serial number: there should be one. It links to the live page.',
        width: 20,
        height: 4,
        targets: [
          sql(`SELECT serial_number, reachability, reachability_since, reachability_reason, health, health_reason,
  interval_seconds, manufacturer, model, sw_version, wan_ip
FROM v_devices
WHERE ${THIS}`),
        ],
        columns: { serial_number: { links: [toLiveDevice] }, interval_seconds: { unit: 's' } },
      }),
      table({
        title: 'Readings',
        description:
          'The newest values. Curves with bands of months are on the live page: history is stored packed, which SQL cannot read.',
        height: 4,
        targets: [
          sql(`SELECT rx_power_dbm, temperature_celsius, cpu_used_ratio, memory_used_ratio, uptime_seconds
FROM v_devices
WHERE ${THIS}`),
        ],
        columns: {
          rx_power_dbm: { unit: 'dBm', steps: worseBelow(RX_POWER_DBM) },
          temperature_celsius: { unit: 'celsius' },
          cpu_used_ratio: { unit: 'percentunit' },
          memory_used_ratio: { unit: 'percentunit' },
          uptime_seconds: { unit: 's' },
        },
      }),
      table({
        title: 'What is wrong with it',
        description: 'Conditions that health rules have found, worst first.',
        height: 4,
        targets: [
          sql(
            `SELECT severity, rule, text, since, metric, value FROM v_conditions WHERE ${THIS} ORDER BY severity DESC, since`,
          ),
        ],
        noValue: 'Nothing',
      }),
      row('What happened to it?'),
      table({
        title: 'Timeline',
        description: 'Transitions, boots, changes of firmware and address, observations; newest first.',
        width: 24,
        targets: [
          sql(`SELECT at, kind, data
FROM v_device_events
WHERE ${THIS} AND $__timeFilter(at)
ORDER BY at DESC
LIMIT 500`),
        ],
      }),
      row('Is it the device, or where it is?'),
      table({
        title: 'Neighbours',
        description:
          'The groups that it belongs to. If a group is offline as it is, the fault is there; the smallest such group says where.',
        targets: [
          sql(`SELECT l.label, l.value, SUM(c.devices) AS devices,
  SUM(IF(c.reachability = 'offline', c.devices, 0)) AS offline,
  SUM(IF(c.reachability = 'offline', c.devices, 0)) / SUM(c.devices) AS offline_ratio
FROM v_device_labels AS l
JOIN (SELECT DISTINCT lane FROM v_lanes) AS n
JOIN v_fleet_labels AS c ON c.lane = n.lane AND c.label = l.label AND c.value = l.value
WHERE l.${THIS}
GROUP BY l.label, l.value
HAVING SUM(c.devices) > 0
ORDER BY devices`),
        ],
        columns: { offline_ratio: { unit: 'percentunit', steps: worseAbove(GROUP_OFFLINE_RATIO) } },
        noValue: 'The inventory does not know it',
      }),
      table({
        title: 'Events that could not be applied',
        description:
          'Given up (dead) or waiting: the state above lacks what they say. See the runbook of dead letters.',
        targets: [
          sql(`SELECT 'dead' AS state, type, cause, received_at, attempts FROM v_dead_letters WHERE ${THIS} AND state <> 'applied'
UNION ALL
SELECT 'waits', reason, cause, received_at, attempts FROM v_parked_devices WHERE ${THIS}`),
        ],
        noValue: 'None',
      }),
      table({
        title: 'Doubts about its identity',
        description: 'The same serial number of two makers, a device that was exchanged, and the like.',
        targets: [
          sql(
            `SELECT at, kind, other_oui, other_product_class, data FROM v_identity_findings WHERE ${THIS} ORDER BY at DESC LIMIT 20`,
          ),
        ],
        noValue: 'None',
      }),
      table({
        title: 'In the inventory',
        description: 'Its line and labels as the inventory has them.',
        targets: [
          sql(`SELECT serial_number, oui, admin_state, service_id, labels FROM v_inventory WHERE ${THIS}`),
        ],
        noValue: 'The inventory does not know it',
      }),
    ],
  });
