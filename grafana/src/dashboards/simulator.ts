import { linkTo, UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { heatmap, row, series, stat, worseAbove } from '../model/panels.js';
import { buckets, now, over } from '../model/queries.js';
import { COLOURS } from '../thresholds.js';
import { ACCEPT_RATE, DEPLOYS, OPERATOR_ACTIONS, SCALING, SCENARIOS } from './common.js';

export const simulator = () =>
  makeDashboard({
    uid: UIDS.simulator,
    title: 'CPEmon: simulator and demo',
    description: 'What the simulated fleet does beside what CPEmon sees of it.',
    from: 'now-30m',
    refresh: '5s',
    annotations: [SCENARIOS, SCALING, OPERATOR_ACTIONS, DEPLOYS],
    panels: [
      row('Does CPEmon see what is true?'),
      stat({
        title: 'Silent, and not seen as such',
        description:
          'Simulated CPEs that cannot report, less those that are offline in CPEmon. It is large for a while after a cut: silence takes time.',
        unit: 'short',
        width: 6,
        targets: [
          now(
            'sum(cpemon_simulator_devices{condition!="connected"}) - max(cpemon_fleet_devices{status="offline"})',
          ),
        ],
        links: [linkTo('fleet', 'Fleet health')],
      }),
      stat({
        title: 'Reports in doubt',
        description:
          'Not acknowledged, and possibly stored: what was on its way in a crash. Sent again, each counts once.',
        unit: 'short',
        width: 6,
        targets: [now('sum(cpemon_simulator_reports_in_doubt)')],
        steps: worseAbove({ warning: 1, critical: 1000 }),
      }),
      stat({
        title: 'Refused for good',
        description:
          'Reports that the simulator gave up on. More than none: a fault of the simulator or of intake.',
        unit: 'short',
        width: 6,
        targets: [now('sum(cpemon_simulator_reports_rejected_total)')],
        steps: worseAbove({ warning: 1, critical: 100 }),
      }),
      stat({
        title: 'Scenarios that run',
        description: 'What has been switched on.',
        unit: 'short',
        width: 6,
        targets: [now('sum(cpemon_simulator_scenario_running)')],
      }),
      series({
        title: 'The truth',
        description: 'Simulated CPEs by what they are in.',
        unit: 'short',
        stacked: true,
        targets: [over('sum by (condition) (cpemon_simulator_devices)', '{{condition}}')],
      }),
      series({
        title: 'What CPEmon sees',
        description: 'The same fleet by status. It follows the truth by the time that silence takes.',
        unit: 'short',
        stacked: true,
        targets: [over('max by (status) (cpemon_fleet_devices)', '{{status}}')],
      }),
      row('Does everything arrive?'),
      series({
        title: 'Sent, acknowledged, accepted',
        description: 'A second. Accepted may be more: a CWMP session makes several events of a report.',
        unit: 'ops',
        targets: [
          over('sum(rate(cpemon_simulator_reports_sent_total[$__rate_interval]))', 'sent'),
          over('sum(rate(cpemon_simulator_reports_acknowledged_total[$__rate_interval]))', 'acknowledged'),
          over(ACCEPT_RATE, 'accepted'),
        ],
        colours: { acknowledged: COLOURS.good },
      }),
      series({
        title: 'Retries and failures',
        description: 'A second: requests that repeat an earlier one, and failures by reason.',
        unit: 'ops',
        targets: [
          over('sum(rate(cpemon_simulator_retries_total[$__rate_interval]))', 'retries'),
          over('sum by (reason) (rate(cpemon_simulator_refused_total[$__rate_interval])) > 0', '{{reason}}'),
        ],
      }),
      heatmap({
        title: 'Time of a request',
        description: 'As a CPE feels it: from sending to the end of the answer.',
        unit: 's',
        targets: [
          buckets(
            'sum by (le) (increase(cpemon_simulator_request_duration_seconds_bucket[$__rate_interval]))',
          ),
        ],
      }),
      series({
        title: 'Requests on their way',
        description:
          'In flight, queued for a connection, waiting for a retry. Waiting that grows: the target is away.',
        unit: 'short',
        targets: [over('sum by (state) (cpemon_simulator_shipments)', '{{state}}')],
      }),
    ],
  });
