import { linkTo, toDevice, UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { bars, row, stat, table, worseAbove, worseBelow } from '../model/panels.js';
import { sql } from '../model/queries.js';
import { RX_POWER_DBM } from '../thresholds.js';

/** Devices that are looked at: all of a small fleet, of a large one as many as fit into a second. */
const SAMPLED_DEVICES = 10_000;

/**
 * Every device of a fleet of up to 10,000, else 10,000 spread evenly over it: the state of a million devices is
 * gigabytes, and an index on a value that each report changes would cost more than all of this is worth.
 */
const sampled = (columns: string, rest: string): string => `
WITH digits AS (
  SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
), fleet AS (
  SELECT COALESCE(MAX(device_id), 0) AS last FROM v_devices
), wanted AS (
  SELECT 1 + FLOOR((a.n + 10 * b.n + 100 * c.n + 1000 * d.n) * GREATEST(f.last, ${SAMPLED_DEVICES}) / ${SAMPLED_DEVICES}) AS device_id
  FROM digits AS a JOIN digits AS b JOIN digits AS c JOIN digits AS d JOIN fleet AS f
)
SELECT ${columns}
FROM wanted
JOIN v_devices AS v ON v.device_id = wanted.device_id
WHERE v.rx_power_dbm IS NOT NULL
${rest}`;

const SAMPLE = `Of a sample of ${SAMPLED_DEVICES.toLocaleString('en')} devices; a fleet that is smaller is seen whole.`;

export const optics = () =>
  makeDashboard({
    uid: UIDS.optics,
    title: 'CPEmon: optics and access line',
    description: 'Light that reaches the ONTs: who is near the edge, and what they have in common.',
    from: 'now-24h',
    refresh: '5m',
    panels: [
      row('Who will lose the line next?'),
      stat({
        title: 'Too little light',
        description: `Part of the ONTs below ${RX_POWER_DBM.critical} dBm, where class B+ ends. ${SAMPLE}`,
        unit: 'percentunit',
        decimals: 2,
        width: 6,
        targets: [sql(sampled(`AVG(v.rx_power_dbm < ${RX_POWER_DBM.critical}) AS too_little`, ''))],
        steps: worseAbove({ warning: 0.005, critical: 0.02 }),
        links: [linkTo('fleet', 'Fleet health')],
      }),
      stat({
        title: 'Near the edge',
        description: `Part of the ONTs below ${RX_POWER_DBM.warning} dBm: the next bend of a fibre takes them down. ${SAMPLE}`,
        unit: 'percentunit',
        decimals: 2,
        width: 6,
        targets: [sql(sampled(`AVG(v.rx_power_dbm < ${RX_POWER_DBM.warning}) AS near_edge`, ''))],
        steps: worseAbove({ warning: 0.03, critical: 0.1 }),
      }),
      stat({
        title: 'Typical',
        description: `Mean of the light received. It hardly moves; if it does, an OLT or a vendor's scale has changed. ${SAMPLE}`,
        unit: 'dBm',
        decimals: 1,
        width: 6,
        targets: [sql(sampled('AVG(v.rx_power_dbm) AS mean', ''))],
      }),
      stat({
        title: 'ONTs looked at',
        description: `With a reading. ${SAMPLE}`,
        unit: 'short',
        width: 6,
        targets: [sql(sampled('COUNT(*) AS devices', ''))],
      }),
      bars({
        title: 'Light received',
        description: `ONTs by dBm. A second hump is a group with a fault of its own. ${SAMPLE}`,
        unit: 'short',
        width: 24,
        targets: [
          sql(
            sampled(
              "CONCAT(FLOOR(v.rx_power_dbm), ' dBm') AS rx_power, COUNT(*) AS devices",
              'GROUP BY FLOOR(v.rx_power_dbm)\nORDER BY FLOOR(v.rx_power_dbm)',
            ),
          ),
        ],
      }),
      table({
        title: 'Least light',
        description: `The 50 lowest: send somebody to clean, or look at the group below. ${SAMPLE}`,
        targets: [
          sql(
            sampled(
              'v.serial_number, v.model, v.rx_power_dbm, v.reachability, v.last_seen_at',
              'ORDER BY v.rx_power_dbm\nLIMIT 50',
            ),
          ),
        ],
        columns: {
          serial_number: { links: [toDevice] },
          rx_power_dbm: { unit: 'dBm', steps: worseBelow(RX_POWER_DBM) },
        },
      }),
      table({
        title: 'By model',
        description: `A model whose mean is off by 10 reports in another scale; a mapping file mends it. ${SAMPLE}`,
        targets: [
          sql(
            sampled(
              `v.model, COUNT(*) AS devices, AVG(v.rx_power_dbm) AS mean_dbm, MIN(v.rx_power_dbm) AS lowest_dbm,
  AVG(v.rx_power_dbm < ${RX_POWER_DBM.critical}) AS too_little`,
              'GROUP BY v.model\nORDER BY too_little DESC, devices DESC\nLIMIT 30',
            ),
          ),
        ],
        columns: {
          mean_dbm: { unit: 'dBm' },
          lowest_dbm: { unit: 'dBm', steps: worseBelow(RX_POWER_DBM) },
          too_little: { unit: 'percentunit' },
        },
      }),
      row('What have the rules found?'),
      table({
        title: 'Lines with a condition',
        description:
          'Conditions of health rules about the line, the longest first; of the whole fleet, not of a sample.',
        width: 24,
        targets: [
          sql(`SELECT serial_number, model, severity, rule, text, since, value
FROM v_conditions
WHERE metric LIKE 'rx\\_power%' OR metric LIKE '%snr%' OR metric LIKE '%attenuation%' OR metric LIKE 'rsrp%'
ORDER BY since
LIMIT 100`),
        ],
        columns: { serial_number: { links: [toDevice] } },
        noValue: 'None',
      }),
    ],
  });
