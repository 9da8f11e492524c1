import { FAILED_OR_REFUSED_RATIO, OUR_FAILURES } from '../thresholds.js';
import { alertRule, type AlertFacts, type RuleGroup } from './rule.js';

const intake = (facts: Omit<AlertFacts, 'layer' | 'page'>) =>
  alertRule({ ...facts, layer: 'intake', page: 'alerts-intake' });

const FAILED =
  `sum(rate(cpemon_ingest_requests_total{code=~"${OUR_FAILURES.join('|')}"}[5m]))` +
  ' / (sum(rate(cpemon_ingest_requests_total[5m])) > 0)';
const REFUSED =
  'sum(rate(cpemon_ingest_refused_total[5m])) / ' +
  '(sum(rate(cpemon_ingest_refused_total[5m])) + sum(rate(cpemon_ingest_events_total[5m])) > 0)';

const failing = (severity: 'warning' | 'critical') =>
  intake({
    alert: 'CpemonIngestFailing',
    expr: `${FAILED} > ${FAILED_OR_REFUSED_RATIO[severity]}`,
    holds: '5m',
    severity,
    summary: '{{ $value | humanizePercentage }} of the requests fail',
    description: `Requests that we could not take (limit ${FAILED_OR_REFUSED_RATIO[severity] * 100} %). Senders that follow the protocols repeat them; bulk data by default does not.`,
  });

const refusing = (severity: 'warning' | 'critical') =>
  intake({
    alert: 'CpemonEventsRefused',
    expr: `${REFUSED} > ${FAILED_OR_REFUSED_RATIO[severity]}`,
    holds: '5m',
    severity,
    summary: '{{ $value | humanizePercentage }} of the events are refused',
    description: `Events refused for what they say (limit ${FAILED_OR_REFUSED_RATIO[severity] * 100} %): a sender has changed, or a secret or token is wrong.`,
  });

export const intakeRules: RuleGroup[] = [
  {
    name: 'cpemon-intake',
    rules: [
      failing('warning'),
      failing('critical'),
      refusing('warning'),
      refusing('critical'),
      intake({
        alert: 'CpemonIntakeClosed',
        expr: 'min by (reason) (cpemon_intake_gate_open) == 0',
        holds: '1m',
        severity: 'critical',
        summary: 'Intake is closed: {{ $labels.reason }}',
        description: 'Senders get 503 because the backlog or the disk of the database is at its limit.',
      }),
      intake({
        alert: 'CpemonPathDown',
        expr: 'min by (path) (cpemon_intake_path_accepting) == 0',
        holds: '1m',
        severity: 'critical',
        summary: 'No process accepts on the path {{ $labels.path }}',
        description:
          'Its devices are shown as unknown, not as offline. What they send is lost unless they repeat it.',
      }),
      intake({
        alert: 'CpemonServiceDown',
        expr: 'up{job=~"acs-ingest|cpemon-api|cpemon-writer"} == 0',
        holds: '2m',
        severity: 'warning',
        summary: '{{ $labels.job }} on {{ $labels.instance }} does not answer',
        description:
          'A process that should be scraped is away. Others may do its work; if none does, another alert says so.',
      }),
      intake({
        alert: 'CpemonNoReports',
        expr:
          'max(increase(cpemon_pipeline_accepted_events_total[5m])) == 0' +
          ' and max(cpemon_fleet_devices{status=~"online|stale"}) > 0',
        holds: '2m',
        severity: 'critical',
        summary: 'No event has come in for five minutes',
        description:
          'There are devices that should report, and nothing arrives by any path: network, proxy or ACS in front of intake.',
      }),
      intake({
        alert: 'CpemonSourceSilent',
        expr:
          'sum by (path) (rate(cpemon_ingest_events_total[5m])) == 0' +
          ' and sum by (path) (rate(cpemon_ingest_events_total[1h] offset 5m)) > 0.01',
        holds: '2m',
        severity: 'warning',
        summary: 'Nothing comes by {{ $labels.path }} any more',
        description:
          'Events came by this path within the last hour, and for five minutes none does, though intake is open.',
      }),
      intake({
        alert: 'CpemonSamplesLost',
        expr: 'sum by (path, reason) (rate(cpemon_ingest_lost_samples_total[10m])) > 0',
        holds: '5m',
        severity: 'warning',
        summary: 'Reports by {{ $labels.path }} are lost: {{ $labels.reason }}',
        description: 'Senders of this path repeat nothing by default: what is refused here is gone.',
      }),
    ],
  },
];
