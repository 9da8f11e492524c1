import { HealthRulesError, readHealthRulesText } from '@cpemon/contracts';
import {
  COMPARISONS,
  compileHealthRules,
  isInScope,
  SEVERITIES,
  type DeviceRecord,
  type HealthRule,
  type HealthRules,
} from '@cpemon/domain';
import type { WholeDevice } from '@cpemon/store';
import { rfc3339 } from '../rfc3339.js';
import { objectOf } from './device-schemas.js';

/** What rules look for on one device, and what is usual for it: lines of a chart, and why its status is what it is. */

export const JUDGED_STATES = ['open', 'met', 'clear', 'no_reading', 'not_known'] as const;
export type JudgedState = (typeof JUDGED_STATES)[number];

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const numberOrNull = { type: ['number', 'null'] };
const time = { type: 'string', format: 'date-time' };

export const JUDGEMENT = objectOf({
  rules: {
    type: 'array',
    items: objectOf({
      ...{ rule: text, metric: text, severity: { enum: SEVERITIES }, compare: { enum: COMPARISONS } },
      // In the metric's own unit; null where there is none, or it cannot be told in that unit.
      ...{ above: numberOrNull, below: numberOrNull },
      ...{ for_seconds: { type: 'number' }, reports: { type: 'integer' }, text },
      state: { enum: JUDGED_STATES },
      since: { type: ['string', 'null'], format: 'date-time' },
    }),
  },
  usual: {
    type: 'object',
    additionalProperties: objectOf({ value: { type: 'number' }, days: { type: 'integer' } }),
  },
  rule_set: { anyOf: [objectOf({ version: textOrNull, loaded_at: time }), { type: 'null' }] },
  as_of: time,
});

export interface RuleSetInForce {
  version: string;
  loadedAt: number;
  content: string;
}

/**
 * @param labels of the device
 * @param asOf epoch ms
 */
export function judgementView(
  device: WholeDevice,
  labels: Readonly<Record<string, string>>,
  inForce: RuleSetInForce | null,
  asOf: number,
) {
  const ofLabels = new Map(Object.entries(labels));
  const rules = inForce === null ? undefined : compiledRules(inForce);
  const known = rules === undefined ? undefined : { ...rules, labelsOf: () => ofLabels };
  const baselines = device.baselines ?? [];
  return {
    rules: [...(known?.byName.values() ?? [])].flatMap((rule) =>
      known !== undefined && isInScope(device as unknown as DeviceRecord, rule, known) === true
        ? [ruleView(device, rule)]
        : [],
    ),
    usual: Object.fromEntries(
      baselines.flatMap(({ metric, usual, days }) =>
        usual === null ? [] : [[metric, { value: usual, days: days.length }]],
      ),
    ),
    rule_set: inForce === null ? null : { version: inForce.version, loaded_at: rfc3339(inForce.loadedAt) },
    as_of: rfc3339(asOf),
  };
}

function ruleView(device: WholeDevice, rule: HealthRule) {
  const usual = device.baselines?.find(({ metric }) => metric === rule.metric)?.usual ?? null;
  const bound = boundIn(rule, usual);
  const condition = device.found?.find((found) => found.rule === rule.name);
  return {
    ...{ rule: rule.name, metric: rule.metric, severity: rule.severity, compare: rule.compare },
    ...{ above: bound(rule.upper), below: bound(rule.lower) },
    ...{ for_seconds: rule.forMs / 1000, reports: rule.reports, text: rule.text },
    state: stateOf(device, rule, usual),
    since: rfc3339(condition?.since ?? null),
  };
}

/** A bound in the unit of the metric; null of one that there is not, or that is about a change. */
function boundIn({ compare }: HealthRule, usual: number | null): (bound: number) => number | null {
  return (bound) => {
    if (!Number.isFinite(bound)) return null;
    if (compare === 'value') return rounded(bound);
    if (usual === null) return null;
    if (compare === 'own_median') return rounded(usual + bound);
    return compare === 'own_median_percent' ? rounded(usual * (1 + bound / 100)) : null;
  };
}

/** A bound that is met itself ("at most 3") is kept as the number next to it. */
const rounded = (bound: number): number => Number(bound.toPrecision(9));

function stateOf({ found, sources }: WholeDevice, rule: HealthRule, usual: number | null): JudgedState {
  const condition = found?.find((each) => each.rule === rule.name);
  if (condition !== undefined) return condition.openedAt === null ? 'met' : 'open';
  const isRead = sources.some(({ reports }) => reports.some(({ metrics }) => rule.metric in metrics));
  if (!isRead) return 'no_reading';
  const needsUsual = rule.compare === 'own_median' || rule.compare === 'own_median_percent';
  return needsUsual && usual === null ? 'not_known' : 'clear';
}

/** The set that was read last: it changes when somebody changes the file. */
let newest: { version: string; rules: HealthRules | undefined } | undefined;

/** Undefined of a set that a newer release wrote, and this one cannot read. */
function compiledRules({ version, content }: RuleSetInForce): HealthRules | undefined {
  if (newest?.version === version) return newest.rules;
  try {
    newest = { version, rules: compileHealthRules(readHealthRulesText(content)) };
  } catch (error) {
    if (!(error instanceof HealthRulesError)) throw error;
    newest = { version, rules: undefined };
  }
  return newest.rules;
}
