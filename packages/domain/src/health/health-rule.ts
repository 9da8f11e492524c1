import type { Severity } from './health.js';

/** What is compared with the bounds of a rule. */
export const COMPARISONS = [
  // The reading itself.
  'value',
  // By how much it differs from what the device usually reads: in its unit, or in per cent of that.
  'own_median',
  'own_median_percent',
  // By how much it grows an hour.
  'per_hour',
  // How often it has gone back in the last hour: a time since some start that began anew.
  'falls_per_hour',
  // By how much it differs from the mean of the same model's devices on other firmwares.
  'other_firmware',
] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** A rule as it is applied: all bounds are numbers, so that a reading takes a few comparisons. */
export interface HealthRule {
  name: string;
  metric: string;
  compare: Comparison;
  /** It is met below `lower` or above `upper`; -Infinity and Infinity where there is no such bound. */
  lower: number;
  upper: number;
  /** The bounds as they were written, for people. */
  threshold: number;
  /** It holds when it has been met for so long, and by so many reports. */
  forMs: number;
  reports: number;
  severity: Severity;
  /** It is over when the reading has been within these for so long. */
  clearLower: number;
  clearUpper: number;
  clearForMs: number;
  scope: RuleScope | null;
  /** Explains it to a person; see condition-text.ts for what may stand in braces. */
  text: string;
}

/** The devices that a rule is for: all that is given must match, by one entry each. An entry may end in `*`. */
export interface RuleScope {
  models: readonly string[] | null;
  firmware: readonly string[] | null;
  /** Values by name of a label. */
  labels: ReadonlyMap<string, readonly string[]> | null;
}

/** Thresholds and comparisons of a fleet are tens; each rule on a metric costs a comparison per report. */
export const MOST_RULES = 200;
/** In the timeline a rule's name is followed by what happened, in a column of 64. */
export const LONGEST_RULE_NAME = 48;
export const LONGEST_RULE_TEXT = 200;
/** Longer than this nothing is still the same condition. */
export const LONGEST_DURATION_MS = 30 * 86_400_000;
export const MOST_REPORTS = 1000;
export const MOST_SCOPE_ENTRIES = 100;
