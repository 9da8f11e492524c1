import { noteMet, noteNotMet } from './condition-course.js';
import type { HealthRule } from './health-rule.js';
import { isMet } from './health-rules.js';
import type { Anchor } from './health.js';
import type { Judging } from './judging.js';
import { isCounter } from './known-metrics.js';
import { isOfScope } from './scope-of-device.js';

const HOUR_MS = 3_600_000;
/** Growth is told over at least this time: over less, one reading of a coarse counter is a great rate. */
const LEAST_SPAN_MS = HOUR_MS / 4;
/** More often than this in an hour is not told apart. */
const MOST_FALLS = 20;

/** Judges how a metric changes: its growth an hour, or how often it went back in the last hour. */
export function judgeChange(judging: Judging, rule: HealthRule, value: number): void {
  const { record, at } = judging;
  const anchor = record.anchors?.find((each) => each.rule === rule.name);
  if (anchor === undefined) {
    if (isOfScope(record, rule)) (record.anchors ??= []).push({ rule: rule.name, at, value, falls: [] });
    return;
  }
  if (at <= anchor.at) return;
  const measure = rule.compare === 'per_hour' ? growth(anchor, rule, value, at) : falls(anchor, value, at);
  if (measure === null) return;
  if (isMet(rule, measure)) noteMet(judging, rule, { value, measure, usual: null });
  else if (record.conditions !== null) noteNotMet(judging, rule, measure);
}

/** Null while too little time has gone by, and where a counter has started anew. */
function growth(anchor: Anchor, { metric }: HealthRule, value: number, at: number): number | null {
  const startedAnew = value < anchor.value && isCounter(metric);
  if (!startedAnew && at - anchor.at < LEAST_SPAN_MS) return null;
  const measure = startedAnew ? null : ((value - anchor.value) / (at - anchor.at)) * HOUR_MS;
  anchor.at = at;
  anchor.value = value;
  return measure;
}

function falls(anchor: Anchor, value: number, at: number): number {
  if (value < anchor.value) anchor.falls = [...anchor.falls, at].slice(-MOST_FALLS);
  if (anchor.falls.length > 0 && anchor.falls[0]! <= at - HOUR_MS)
    anchor.falls = anchor.falls.filter((fall) => fall > at - HOUR_MS);
  anchor.at = at;
  anchor.value = value;
  return anchor.falls.length;
}
