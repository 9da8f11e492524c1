import type { DeviceRecord } from '../device-record.js';
import { reportInForce } from '../report-values.js';
import type { TimelineEntry } from '../timeline.js';
import { judgeBaseline } from './baseline.js';
import { judgeChange } from './change-rules.js';
import { findCondition, forgetConditions, settleHealth } from './conditions.js';
import { noteMet, noteNotMet } from './condition-course.js';
import { isMet, type HealthRules, type MetricRules } from './health-rules.js';
import type { Judging } from './judging.js';
import { isInScope } from './scope-of-device.js';

/**
 * Judges readings of a device that were made at one time. The same readings in the same order give the same conditions,
 * however they are divided into batches. Nothing happens without a reading: a metric that no report brings any more
 * ends nothing.
 *
 * A device on which no condition holds costs one look-up a metric and one or two comparisons a rule.
 * @param timeline receives conditions that open and close, and the changes of health
 */
export function judgeReadings(
  record: DeviceRecord,
  metrics: Readonly<Record<string, number>>,
  at: number,
  rules: HealthRules,
  timeline: TimelineEntry[],
): void {
  const { byMetric } = rules;
  if (record.conditions !== null) forgetConditions(record, rules, at, timeline);
  for (const metric in metrics) {
    const own = byMetric.get(metric);
    if (own === undefined) continue;
    const value = metrics[metric]!;
    const { plain } = own;
    for (let n = 0; n < plain.length; n += 1) {
      const rule = plain[n]!;
      // Nearly every reading of nearly every device ends here.
      if (!isMet(rule, value) && record.conditions === null) continue;
      const judging = { record, rules, at, timeline };
      if (isMet(rule, value)) noteMet(judging, rule, { value, measure: value, usual: null });
      else noteNotMet(judging, rule, value);
    }
    if (own.baseline.length > 0) judgeBaseline(record, rules, metric, value, at, own.baseline, timeline);
    if (own.further.length > 0) judgeFurther({ record, rules, at, timeline }, value, own);
  }
  if (record.health === 'unknown' && !someRuleJudges(record, metrics, rules)) return;
  settleHealth(record, at, timeline);
}

function judgeFurther(judging: Judging, value: number, { further }: MetricRules): void {
  for (const rule of further) {
    if (rule.compare === 'other_firmware') judgeFirmware(judging, rule.name, value);
    else judgeChange(judging, rule, value);
  }
}

function judgeFirmware(judging: Judging, name: string, value: number): void {
  const { record, rules, at } = judging;
  const rule = rules.byName.get(name)!;
  const model = reportInForce(record, 'attributes', 'model')?.report.attributes.model;
  const firmware = reportInForce(record, 'attributes', 'sw_version')?.report.attributes.sw_version;
  if (model === undefined || firmware === undefined) return;
  const usual = rules.otherFirmwares(rule.metric, model, firmware, at);
  if (usual === null) return;
  const measure = value - usual;
  if (isMet(rule, measure)) noteMet(judging, rule, { value, measure, usual });
  else if (findCondition(record, name) !== undefined) noteNotMet(judging, rule, measure);
}

/** Whether one of the readings is any rule's business. */
function someRuleJudges(
  record: DeviceRecord,
  metrics: Readonly<Record<string, number>>,
  rules: HealthRules,
): boolean {
  for (const metric in metrics) {
    const own = rules.byMetric.get(metric);
    if (own === undefined) continue;
    if (
      [...own.plain, ...own.baseline, ...own.further].some((rule) => isInScope(record, rule, rules) === true)
    )
      return true;
  }
  return false;
}
