import type { DeviceRecord } from '../device-record.js';
import type { TimelineEntry } from '../timeline.js';
import { noteMet, noteNotMet } from './condition-course.js';
import { findCondition } from './conditions.js';
import type { HealthRule } from './health-rule.js';
import { isMet, type HealthRules } from './health-rules.js';
import type { Baseline } from './health.js';
import { isOfScope } from './scope-of-device.js';

/** Days that the median is of, and how many there have to be: one bad day must not be what is usual. */
const DAYS_KEPT = 7;
const FEWEST_DAYS = 3;
const HOURS_A_DAY = 24;
/** What has been so for twice as long as a baseline reaches back is how the line is now. */
const RELEARNT_AFTER_DAYS = 14;
/** Digits of what is kept: a tenth of the finest step of any metric that is worth a baseline. */
const KEPT_FRACTION = 10_000;

/**
 * Judges a reading by what the device usually reads: the median of the means of its last seven days with readings, of
 * one an hour. The day itself teaches when it is over; readings while a rule is met do not teach, for a fortnight.
 */
export function judgeBaseline(
  record: DeviceRecord,
  rules: HealthRules,
  metric: string,
  value: number,
  at: number,
  ofMetric: readonly HealthRule[],
  timeline: TimelineEntry[],
): void {
  const dayMs = rules.baselineDayMs;
  let baseline = findBaseline(record, metric);
  if (baseline === undefined) {
    if (!ofMetric.some((rule) => isOfScope(record, rule))) return;
    baseline = { metric, day: Math.floor(at / dayMs), hour: -1, sum: 0, count: 0, days: [], usual: null };
    (record.baselines ??= []).push(baseline);
  }
  turnDay(baseline, Math.floor(at / dayMs));
  let disturbed = false;
  const { usual } = baseline;
  if (usual !== null) {
    for (let n = 0; n < ofMetric.length; n += 1) {
      const rule = ofMetric[n]!;
      const measure = rule.compare === 'own_median' ? value - usual : perCent(value, usual);
      const met = isMet(rule, measure);
      if (!met && record.conditions === null) continue;
      const judging = { record, rules, at, timeline };
      if (met) noteMet(judging, rule, { value, measure, usual });
      else noteNotMet(judging, rule, measure);
      const condition = findCondition(record, rule.name);
      if (condition !== undefined && at - condition.since < RELEARNT_AFTER_DAYS * dayMs) disturbed = true;
    }
  }
  if (!disturbed) teach(baseline, value, at, dayMs);
}

function findBaseline({ baselines }: DeviceRecord, metric: string): Baseline | undefined {
  if (baselines === null) return undefined;
  for (const baseline of baselines) if (baseline.metric === metric) return baseline;
  return undefined;
}

const perCent = (value: number, usual: number): number => (usual > 0 ? (value / usual - 1) * 100 : 0);

function turnDay(baseline: Baseline, day: number): void {
  if (day <= baseline.day) return;
  if (baseline.count > 0) {
    baseline.days = [...baseline.days.slice(1 - DAYS_KEPT), rounded(baseline.sum / baseline.count)];
    baseline.usual = usualOf(baseline.days);
  }
  baseline.day = day;
  baseline.hour = -1;
  baseline.sum = 0;
  baseline.count = 0;
}

function teach(baseline: Baseline, value: number, at: number, dayMs: number): void {
  const hour = Math.floor((at % dayMs) / (dayMs / HOURS_A_DAY));
  // A reading of a day that is over, or of an hour that has taught.
  if (Math.floor(at / dayMs) < baseline.day || hour <= baseline.hour) return;
  baseline.hour = hour;
  baseline.sum = rounded(baseline.sum + value);
  baseline.count += 1;
}

const rounded = (value: number): number => Math.round(value * KEPT_FRACTION) / KEPT_FRACTION;

/** The median of the days that were learnt; null while they are too few. */
export function usualOf(days: readonly number[]): number | null {
  if (days.length < FEWEST_DAYS) return null;
  const sorted = [...days].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : rounded((sorted[middle - 1]! + sorted[middle]!) / 2);
}
