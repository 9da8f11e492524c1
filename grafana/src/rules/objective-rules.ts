import {
  ACCEPTED_OBJECTIVE,
  BURN_RATES,
  OUR_FAILURES,
  VISIBLE_OBJECTIVE,
  VISIBLE_WITHIN_SECONDS,
} from '../thresholds.js';
import { alertRule, type RuleGroup } from './rule.js';

const WINDOWS = [...new Set(BURN_RATES.flatMap(({ long, short }) => [short, long]))];

const acceptedError = (window: string): string =>
  `sum(rate(cpemon_ingest_requests_total{code=~"${OUR_FAILURES.join('|')}"}[${window}]))` +
  ` / (sum(rate(cpemon_ingest_requests_total[${window}])) > 0)`;

const visibleSlow = (window: string): string =>
  `1 - sum(rate(cpemon_writer_visible_seconds_bucket{le="${VISIBLE_WITHIN_SECONDS}"}[${window}]))` +
  ` / (sum(rate(cpemon_writer_visible_seconds_count[${window}])) > 0)`;

const burns = (
  alert: string,
  recorded: string,
  objective: number,
  words: { what: string; promise: string },
) =>
  BURN_RATES.map(({ long, short, rate, severity, holds }) => {
    const budget = 1 - objective;
    // What all events slow means is a rate of 1 / budget: a limit beyond that could never be crossed.
    const limit = (Math.min(rate, 0.8 / budget) * budget).toFixed(4).replace(/0+$/, '');
    return alertRule({
      alert,
      expr: `${recorded}${long} > ${limit} and ${recorded}${short} > ${limit}`,
      holds,
      severity,
      layer: 'objective',
      window: long,
      page: 'alerts-objectives',
      summary: `{{ $value | humanizePercentage }} of the ${words.what}, over ${long}`,
      description: `Promised: ${words.promise}. At this pace the budget of 30 days does not last (limit ${limit}, seen over ${long} and ${short}).`,
    });
  });

export const objectiveRules: RuleGroup[] = [
  {
    name: 'cpemon-objectives-recorded',
    interval: '30s',
    rules: WINDOWS.flatMap((window) => [
      { record: `cpemon:accepted_error:ratio_rate${window}`, expr: acceptedError(window) },
      { record: `cpemon:visible_slow:ratio_rate${window}`, expr: visibleSlow(window) },
    ]),
  },
  {
    name: 'cpemon-objectives',
    rules: [
      ...burns('CpemonAcceptedBudgetBurns', 'cpemon:accepted_error:ratio_rate', ACCEPTED_OBJECTIVE, {
        what: 'requests fail',
        promise: `${ACCEPTED_OBJECTIVE * 100} % of requests are not failed by us`,
      }),
      ...burns('CpemonVisibleBudgetBurns', 'cpemon:visible_slow:ratio_rate', VISIBLE_OBJECTIVE, {
        what: 'events are slow to be visible',
        promise: `${VISIBLE_OBJECTIVE * 100} % of events are visible within ${VISIBLE_WITHIN_SECONDS * 1000} ms`,
      }),
    ],
  },
];

/** Always fires, so that whoever expects it hears when alerting itself is broken. */
export const metaRules: RuleGroup[] = [
  {
    name: 'cpemon-meta',
    rules: [
      alertRule({
        alert: 'CpemonWatchdog',
        expr: 'vector(1)',
        severity: 'none',
        layer: 'meta',
        page: 'alerts-pipeline',
        summary: 'Alerting works',
        description: 'This always fires. When it stops to arrive, Prometheus or the way to you is broken.',
      }),
    ],
  },
];
