import type { DeviceRecord } from '../device-record.js';
import type { TimelineEntry } from '../timeline.js';
import {
  BUILT_IN_CONDITIONS,
  type BuiltInCondition,
  type Condition,
  type ConditionChange,
  type Health,
  type HealthChange,
  type Severity,
} from './health.js';
import type { HealthRules } from './health-rules.js';

const LONGEST_REASON = 128;

export function findCondition({ conditions }: DeviceRecord, rule: string): Condition | undefined {
  if (conditions === null) return undefined;
  for (const condition of conditions) if (condition.rule === rule) return condition;
  return undefined;
}

/** Those that are open now, the worst first and of those the oldest. */
export function openConditions({ conditions }: Pick<DeviceRecord, 'conditions'>): Condition[] {
  if (conditions === null) return [];
  return conditions
    .filter(({ openedAt }) => openedAt !== null)
    .sort(
      (one, other) => rank(one) - rank(other) || one.since - other.since || compare(one.rule, other.rule),
    );
}

const rank = ({ severity }: Condition): number => (severity === 'critical' ? 0 : 1);
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export function removeCondition(record: DeviceRecord, condition: Condition): void {
  const left = record.conditions?.filter((each) => each !== condition) ?? [];
  record.conditions = left.length === 0 ? null : left;
}

export function closeCondition(
  record: DeviceRecord,
  condition: Condition,
  at: number,
  timeline: TimelineEntry[],
): void {
  removeCondition(record, condition);
  if (condition.openedAt !== null) tell(record, condition, 'closed', at, undefined, timeline);
}

export const tellOpened = (
  record: DeviceRecord,
  condition: Condition,
  metric: string | undefined,
  timeline: TimelineEntry[],
): void => tell(record, condition, 'opened', condition.openedAt!, metric, timeline);

function tell(
  record: DeviceRecord,
  { rule, severity, since, openedAt, value, text }: Condition,
  state: ConditionChange['state'],
  at: number,
  metric: string | undefined,
  timeline: TimelineEntry[],
): void {
  const data: ConditionChange = {
    ...{ rule, state, severity },
    ...{ since: new Date(since).toISOString(), opened_at: new Date(openedAt!).toISOString() },
    ...(metric === undefined ? {} : { metric }),
    ...(Number.isFinite(value) ? { value } : {}),
    text,
  };
  timeline.push({ record, at, kind: 'condition', identity: `${rule}.${state}`, data });
}

/** Ends the conditions of rules that there are no more. */
export function forgetConditions(
  record: DeviceRecord,
  { byName }: HealthRules,
  at: number,
  timeline: TimelineEntry[],
): void {
  for (const condition of record.conditions ?? []) {
    if (byName.has(condition.rule) || isBuiltIn(condition.rule)) continue;
    closeCondition(record, condition, Math.max(at, condition.lastAt), timeline);
  }
}

const isBuiltIn = (rule: string): boolean => BUILT_IN_CONDITIONS.some((name) => name === rule);

/**
 * Of a device that was offline until now: how long something holds is counted from here on, and what was open stays so
 * until reports say for long enough that it is over.
 */
export function resumeConditions(record: DeviceRecord): void {
  if (record.conditions === null) return;
  for (const condition of record.conditions) {
    if (isBuiltIn(condition.rule)) continue;
    if (condition.openedAt === null) removeCondition(record, condition);
    else condition.overSince = null;
  }
}

/** Brings health in line with the conditions that are open. */
export function settleHealth(record: DeviceRecord, at: number, timeline: TimelineEntry[]): void {
  if (record.conditions === null && record.health === 'ok') return;
  const [worst] = openConditions(record);
  const to: Health = worst === undefined ? 'ok' : worst.severity === 'critical' ? 'critical' : 'degraded';
  record.healthReason = worst === undefined ? '' : worst.text.slice(0, LONGEST_REASON);
  const from = record.health;
  if (from === to) return;
  record.health = to;
  record.healthSince = Math.max(at, record.healthSince);
  // That a device is judged for the first time and is well tells nobody anything.
  if (from === 'unknown' && to === 'ok') return;
  const data: HealthChange = { from, to, reason: record.healthReason };
  timeline.push({ record, at: record.healthSince, kind: 'health', identity: to, data });
}

/**
 * Opens a condition that CPEmon itself has found, or leaves it as it is when it is open. A device that no rule judges has
 * none.
 * @param since when it began, epoch ms; `at`: when it was found
 */
export function holdCondition(
  record: DeviceRecord,
  found: { rule: BuiltInCondition; severity: Severity; since: number; at: number; text: string },
  timeline: TimelineEntry[],
): void {
  const { rule, severity, since, at, text } = found;
  if (record.health === 'unknown' || findCondition(record, rule) !== undefined) return;
  const held = {
    rule,
    severity,
    since,
    openedAt: at,
    reports: 1,
    lastAt: at,
    overSince: null,
    value: NaN,
    text,
  };
  (record.conditions ??= []).push(held);
  tellOpened(record, held, undefined, timeline);
  settleHealth(record, at, timeline);
}

/** Closes one of these; nothing happens when it is not open. */
export function endCondition(
  record: DeviceRecord,
  rule: BuiltInCondition,
  at: number,
  timeline: TimelineEntry[],
): void {
  const known = findCondition(record, rule);
  if (known === undefined) return;
  closeCondition(record, known, at, timeline);
  settleHealth(record, at, timeline);
}
