import { reportInForce } from '../report-values.js';
import { conditionText } from './condition-text.js';
import { closeCondition, findCondition, removeCondition, tellOpened } from './conditions.js';
import type { HealthRule } from './health-rule.js';
import { isOver } from './health-rules.js';
import type { Judging } from './judging.js';
import { isInScope, isOfScope } from './scope-of-device.js';

/** What a rule looked at. */
export interface Measured {
  value: number;
  measure: number;
  /** What the value was compared with; null for itself. */
  usual: number | null;
}

/** A reading meets a rule: its condition begins, goes on, or has held for long enough to be opened. */
export function noteMet(judging: Judging, rule: HealthRule, measured: Measured): void {
  const { record, at } = judging;
  const known = findCondition(record, rule.name);
  if (known === undefined) {
    if (!isOfScope(record, rule)) return;
    const { name, severity } = rule;
    const begun = {
      rule: name,
      severity,
      since: at,
      openedAt: null,
      reports: 1,
      lastAt: at,
      overSince: null,
    };
    (record.conditions ??= []).push({ ...begun, value: measured.value, text: '' });
    return;
  }
  // The same reading once more, or one that is older than what was judged.
  if (at <= known.lastAt) return;
  known.lastAt = at;
  if (known.openedAt !== null) {
    known.overSince = null;
    if (isInScope(record, rule, judging.rules) === false) closeCondition(record, known, at, judging.timeline);
    return;
  }
  if (!isOfScope(record, rule)) {
    removeCondition(record, known);
    return;
  }
  known.reports = Math.min(known.reports + 1, rule.reports);
  known.value = measured.value;
  if (at - known.since < rule.forMs || known.reports < rule.reports) return;
  if (isInScope(record, rule, judging.rules) !== true) return;
  const model = reportInForce(record, 'attributes', 'model')?.report.attributes.model ?? null;
  const firmware = reportInForce(record, 'attributes', 'sw_version')?.report.attributes.sw_version ?? null;
  known.openedAt = at;
  known.severity = rule.severity;
  known.text = conditionText(rule, { ...measured, model, firmware });
  tellOpened(record, known, rule.metric, judging.timeline);
}

/** A reading does not meet a rule: what had begun is nothing, and what is open may be over. */
export function noteNotMet({ record, at, timeline }: Judging, rule: HealthRule, measure: number): void {
  const known = findCondition(record, rule.name);
  if (known === undefined || at <= known.lastAt) return;
  known.lastAt = at;
  if (known.openedAt === null) {
    removeCondition(record, known);
    return;
  }
  if (!isOver(rule, measure)) {
    known.overSince = null;
    return;
  }
  known.overSince ??= at;
  if (at - known.overSince >= rule.clearForMs) closeCondition(record, known, at, timeline);
}
