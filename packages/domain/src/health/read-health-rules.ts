import { readDurationMs } from './duration.js';
import { MOST_RULES, type HealthRule } from './health-rule.js';
import { KNOWN_METRICS } from './known-metrics.js';
import { readRule } from './read-rule.js';
import { isObject, readFields, type RuleProblem } from './rule-problems.js';

/** A set of rules that can be applied. */
export interface HealthRuleSet {
  rules: HealthRule[];
  /** Length of the days that devices' own medians are learnt by, ms. */
  baselineDayMs: number;
}

const FIELDS = ['rules', 'metrics', 'baseline_day'] as const;
const DAY_MS = 86_400_000;
/** Simulations divide every duration by one factor; shorter than this a report a day is not enough. */
const SHORTEST_BASELINE_DAY_MS = 60_000;
const METRIC_NAME = /^[a-z][a-z0-9_]{0,127}$/;
const MOST_OWN_METRICS = 500;

/**
 * Reads a set of rules whole.
 * @param content what the file holds, as parsed: `{metrics, baseline_day, rules: [...]}`; docs/device-health.md
 * @returns the set, or everything that is wrong with it
 */
export function readHealthRules(
  content: unknown,
): { set: HealthRuleSet; problems?: undefined } | { problems: RuleProblem[]; set?: undefined } {
  const problems: RuleProblem[] = [];
  if (!isObject(content) || !Array.isArray(content['rules'])) {
    return { problems: [{ code: 'not_a_set', where: 'file', message: 'it has to hold a list "rules"' }] };
  }
  const fields = readFields(content, 'file', FIELDS, problems);
  const ownMetrics = fields.texts('metrics') ?? [];
  for (const name of ownMetrics.slice(0, MOST_OWN_METRICS)) {
    if (!METRIC_NAME.test(name))
      fields.problem('bad_name', `${JSON.stringify(name)} cannot be the name of a metric`);
  }
  if (ownMetrics.length > MOST_OWN_METRICS)
    fields.problem('bad_value', `metrics names more than ${MOST_OWN_METRICS}`);
  const baselineDayMs =
    fields.get('baseline_day') === undefined ? DAY_MS : readDurationMs(content['baseline_day']);
  if (baselineDayMs === undefined || baselineDayMs < SHORTEST_BASELINE_DAY_MS || baselineDayMs > DAY_MS)
    fields.problem('bad_duration', 'baseline_day has to be from 1m to 1d');

  const given: unknown[] = content['rules'];
  if (given.length > MOST_RULES) {
    fields.problem('too_many_rules', `there are ${given.length} rules; at most ${MOST_RULES} are applied`);
    return { problems };
  }
  const metrics = new Set([...KNOWN_METRICS, ...ownMetrics]);
  const rules: HealthRule[] = [];
  const names = new Set<string>();
  for (const [index, each] of given.entries()) {
    if (!isObject(each)) {
      problems.push({ code: 'bad_value', where: `rules[${index}]`, message: 'it has to be an object' });
      continue;
    }
    const name = each['name'];
    const where =
      typeof name === 'string' && name !== '' ? `rule ${JSON.stringify(name)}` : `rules[${index}]`;
    const rule = readRule(each, where, metrics, problems);
    if (typeof name === 'string' && names.has(name))
      problems.push({ code: 'duplicate_name', where, message: 'another rule has the same name' });
    if (typeof name === 'string') names.add(name);
    if (rule !== undefined) rules.push(rule);
  }
  return problems.length > 0 ? { problems } : { set: { rules, baselineDayMs: baselineDayMs! } };
}
