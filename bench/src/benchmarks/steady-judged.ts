import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext, Benchmark } from '../benchmark.js';
import { thirtyRules } from '../health/thirty-rules.js';
import { measureSteady } from '../load/steady-load.js';

const EVENTS_PER_SECOND = 16_667;
const SIZES = {
  quick: { devices: 100_000, runs: 1, warmUpSeconds: 1, seconds: 3 },
  short: { devices: 300_000, runs: 3, warmUpSeconds: 5, seconds: 30 },
  full: { devices: 1_000_000, runs: 3, warmUpSeconds: 60, seconds: 180 },
};
/** Nobody is told: the receiver takes what there is, which is nothing. */
const ALERTS = { receivers: [{ name: 'noc', type: 'webhook', url: 'http://127.0.0.1:9/' }] };

/** The load of `steady-million` with everything that judges: 30 rules, history, alerts. */
export const steadyJudged: Benchmark = {
  name: 'steady-judged',
  about: `accepted→visible at ${EVENTS_PER_SECOND} events/s with 30 health rules, history and alerts: as steady-million`,
  run(context: BenchContext) {
    const rulesFile = join(context.directory, 'thirty-rules.json');
    const alertsFile = join(context.directory, 'alerts.json');
    writeFileSync(rulesFile, JSON.stringify(thirtyRules()));
    writeFileSync(alertsFile, JSON.stringify(ALERTS));
    return measureSteady(context, {
      name: 'steady-judged',
      eventsPerSecond: EVENTS_PER_SECOND,
      ...SIZES[context.form],
      writer: { HEALTH_RULES_FILE: rulesFile, HISTORY: 'on', ALERTS_FILE: alertsFile },
    });
  },
};
