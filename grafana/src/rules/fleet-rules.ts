import { GONE_OFFLINE_DEVICES, GONE_OFFLINE_RATIO } from '../thresholds.js';
import { alertRule, type RuleGroup } from './rule.js';

const GONE = 'sum(increase(cpemon_writer_transitions_total{to="offline"}[10m]))';
const FLEET = 'sum(max by (status) (cpemon_fleet_devices))';

const massOffline = (severity: 'warning' | 'critical') =>
  alertRule({
    alert: 'CpemonMassOffline',
    expr: `${GONE} / (${FLEET} > 0) > ${GONE_OFFLINE_RATIO[severity]} and ${GONE} >= ${GONE_OFFLINE_DEVICES}`,
    holds: '1m',
    severity,
    layer: 'fleet',
    page: 'alerts-fleet',
    summary: '{{ $value | humanizePercentage }} of the fleet went offline within ten minutes',
    description: `More than ${GONE_OFFLINE_RATIO[severity] * 100} % at once is an outage in the network, a power cut, or a source that fell silent. The dashboard of the fleet shows where.`,
  });

export const fleetRules: RuleGroup[] = [
  {
    name: 'cpemon-fleet',
    rules: [massOffline('warning'), massOffline('critical')],
  },
];
