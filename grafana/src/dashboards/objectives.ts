import { linkTo, UIDS } from '../model/dashboard-urls.js';
import { makeDashboard } from '../model/make-dashboard.js';
import { row, series, stat, table, worseAbove, worseBelow } from '../model/panels.js';
import { now, over, rows } from '../model/queries.js';
import { ACCEPTED_OBJECTIVE, BURN_RATES, VISIBLE_OBJECTIVE, VISIBLE_WITHIN_SECONDS } from '../thresholds.js';
import { DEPLOYS, INTAKE_GAPS, OUR_FAILURE_CODES, SCALING } from './common.js';

const ACCEPTED_RATIO =
  `1 - sum(increase(cpemon_ingest_requests_total{code=~"${OUR_FAILURE_CODES}"}[$__range]))` +
  ' / (sum(increase(cpemon_ingest_requests_total[$__range])) > 0)';
const VISIBLE_RATIO =
  `sum(increase(cpemon_writer_visible_seconds_bucket{le="${VISIBLE_WITHIN_SECONDS}"}[$__range]))` +
  ' / (sum(increase(cpemon_writer_visible_seconds_count[$__range])) > 0)';
const budgetLeft = (ratio: string, objective: number): string =>
  `1 - (1 - (${ratio})) / ${(1 - objective).toFixed(4)}`;
const budgetSteps = worseBelow({ warning: 0.5, critical: 0.1 });
const WINDOWS = [...new Set(BURN_RATES.map(({ long }) => long))];

export const objectives = () =>
  makeDashboard({
    uid: UIDS.objectives,
    title: 'CPEmon: objectives',
    description: 'What was promised, and how much of the error budget is left.',
    from: 'now-7d',
    refresh: '1m',
    annotations: [DEPLOYS, SCALING, INTAKE_GAPS],
    panels: [
      row('Is what was promised kept?'),
      stat({
        title: 'Accepted',
        description: `Part of the requests in the time shown that were not failed by us; promised ${ACCEPTED_OBJECTIVE * 100} %. Senders repeat what failed.`,
        unit: 'percentunit',
        decimals: 3,
        width: 6,
        targets: [now(ACCEPTED_RATIO)],
        steps: worseBelow({ warning: 1 - (1 - ACCEPTED_OBJECTIVE) / 2, critical: ACCEPTED_OBJECTIVE }),
        links: [linkTo('ingest', 'Ingest')],
        noValue: 'no requests',
      }),
      stat({
        title: `Visible within ${VISIBLE_WITHIN_SECONDS * 1000} ms`,
        description: `Part of the events in the time shown; promised ${VISIBLE_OBJECTIVE * 100} %. What waits is counted when it is applied.`,
        unit: 'percentunit',
        decimals: 2,
        width: 6,
        targets: [now(VISIBLE_RATIO)],
        steps: worseBelow({ warning: (1 + VISIBLE_OBJECTIVE) / 2, critical: VISIBLE_OBJECTIVE }),
        links: [linkTo('pipeline', 'Pipeline')],
        noValue: 'no events',
      }),
      stat({
        title: 'Not applied',
        description:
          'Part of all accepted events that were given up, discarded or skipped. Promised: none without an operator knowing.',
        unit: 'percentunit',
        decimals: 4,
        width: 6,
        targets: [
          now(
            'sum(max by (state) (cpemon_pipeline_set_aside_events{state!="parked"})) / clamp_min(max(cpemon_pipeline_accepted_events_total), 1)',
          ),
        ],
        steps: worseAbove({ warning: 0.00001, critical: 0.0001 }),
      }),
      stat({
        title: '95 % are visible within',
        description: 'Over the last five minutes.',
        unit: 's',
        width: 6,
        targets: [
          now('histogram_quantile(0.95, sum by (le) (rate(cpemon_writer_visible_seconds_bucket[5m])))'),
        ],
        steps: worseAbove({ warning: VISIBLE_WITHIN_SECONDS, critical: 10 * VISIBLE_WITHIN_SECONDS }),
        noValue: 'no events',
      }),
      stat({
        title: 'Budget left: accepted',
        description:
          'Of the failures that the objective allows in the time shown. Below zero the promise is broken.',
        unit: 'percentunit',
        width: 12,
        targets: [now(budgetLeft(ACCEPTED_RATIO, ACCEPTED_OBJECTIVE))],
        steps: budgetSteps,
        noValue: 'no requests',
      }),
      stat({
        title: 'Budget left: visible',
        description: 'Of the slow events that the objective allows in the time shown.',
        unit: 'percentunit',
        width: 12,
        targets: [now(budgetLeft(VISIBLE_RATIO, VISIBLE_OBJECTIVE))],
        steps: budgetSteps,
        noValue: 'no events',
      }),
      row('How fast is the budget spent?'),
      series({
        title: 'Burn rate: accepted',
        description: '1: the budget of 30 days lasts 30 days. The alerts look at the same figures.',
        unit: 'short',
        targets: WINDOWS.map((window) =>
          over(`cpemon:accepted_error:ratio_rate${window} / ${(1 - ACCEPTED_OBJECTIVE).toFixed(4)}`, window),
        ),
        steps: worseAbove({ warning: 1, critical: 6 }),
      }),
      series({
        title: 'Burn rate: visible',
        description: 'A catch-up after an outage burns: its events were slow.',
        unit: 'short',
        targets: WINDOWS.map((window) =>
          over(`cpemon:visible_slow:ratio_rate${window} / ${(1 - VISIBLE_OBJECTIVE).toFixed(4)}`, window),
        ),
        steps: worseAbove({ warning: 1, critical: 6 }),
      }),
      table({
        title: 'Alerts that fire',
        description:
          'All of them, with their runbooks in the Alertmanager. The Watchdog always fires: it shows that the way works.',
        width: 24,
        targets: [rows('ALERTS{alertstate="firing"}')],
        hide: ['Time', 'Value', '__name__', 'alertstate', 'stack'],
      }),
    ],
  });
