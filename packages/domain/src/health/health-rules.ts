import type { HealthRule } from './health-rule.js';
import type { HealthRuleSet } from './read-health-rules.js';

/** The rules on one metric, by what they need to know beside the reading. */
export interface MetricRules {
  /** Of the reading alone. */
  plain: readonly HealthRule[];
  /** Of the device's own median. */
  baseline: readonly HealthRule[];
  /** Of how it changes, and of other firmwares. */
  further: readonly HealthRule[];
}

/** What rules ask about the world beside the device. */
export interface HealthSurroundings {
  /** Names and values of a combination of labels, as far as rules ask for them; undefined while they are not known. */
  labelsOf: (labelSetId: number) => ReadonlyMap<string, string> | undefined;
  /** Mean of a metric over a model's devices on other firmwares, as of the day before `at`; null where there is none. */
  otherFirmwares: (metric: string, model: string, firmware: string, at: number) => number | null;
}

/** A set of rules, ready to judge by. */
export interface HealthRules extends HealthSurroundings {
  byName: ReadonlyMap<string, HealthRule>;
  byMetric: ReadonlyMap<string, MetricRules>;
  baselineDayMs: number;
  /** Whether some rule compares with the device's past: then `baselines` and `anchors` of records are looked through. */
  hasTrends: boolean;
}

const NOTHING_KNOWN: HealthSurroundings = { labelsOf: () => undefined, otherFirmwares: () => null };

export function compileHealthRules(
  { rules, baselineDayMs }: HealthRuleSet,
  surroundings: HealthSurroundings = NOTHING_KNOWN,
): HealthRules {
  const byMetric = new Map<string, { [kind in keyof MetricRules]: HealthRule[] }>();
  for (const rule of rules) {
    let own = byMetric.get(rule.metric);
    if (own === undefined) byMetric.set(rule.metric, (own = { plain: [], baseline: [], further: [] }));
    own[kindOf(rule)].push(rule);
  }
  return {
    ...surroundings,
    byName: new Map(rules.map((rule) => [rule.name, rule])),
    ...{ byMetric, baselineDayMs },
    hasTrends: rules.some(({ compare }) => compare !== 'value' && compare !== 'other_firmware'),
  };
}

function kindOf({ compare }: HealthRule): keyof MetricRules {
  if (compare === 'value') return 'plain';
  return compare === 'own_median' || compare === 'own_median_percent' ? 'baseline' : 'further';
}

/** Whether a measure is what the rule looks for. */
export const isMet = ({ lower, upper }: HealthRule, measure: number): boolean =>
  measure < lower || measure > upper;

/** Whether it is so far on the other side that the rule's condition is over. */
export const isOver = (rule: HealthRule, measure: number): boolean =>
  !isMet(rule, measure) && measure >= rule.clearLower && measure <= rule.clearUpper;
