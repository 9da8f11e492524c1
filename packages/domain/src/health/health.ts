/** How a device is that can be heard: the other axis of its state beside reachability. */
export const HEALTHS = ['unknown', 'ok', 'degraded', 'critical'] as const;
export type Health = (typeof HEALTHS)[number];

/** How bad what a rule looks for is. */
export const SEVERITIES = ['warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A rule whose condition is met on a device: not for long enough yet, or open. Times in epoch ms. */
export interface Condition {
  /** Name of the rule. */
  rule: string;
  severity: Severity;
  /** Since when it holds. */
  since: number;
  /** When it had held long enough; null as long as it has not. */
  openedAt: number | null;
  /** Reports that showed it before it was opened. */
  reports: number;
  /** Time of the newest report that was judged. */
  lastAt: number;
  /** Of an open one: since when the reports say that it is over; null when they do not. */
  overSince: number | null;
  /** Of the metric: as it was opened, before that the newest. NaN of one that no metric shows. */
  value: number;
  /** For a person; empty before it is opened. */
  text: string;
}

/** What a device usually reads, day by day. */
export interface Baseline {
  metric: string;
  /** Number of the day that is being learnt, and of the hour (of 24 a day) that it was last taught by. */
  day: number;
  hour: number;
  /** One reading an hour. */
  sum: number;
  count: number;
  /** Means of the days before, oldest first. */
  days: number[];
  /** Their median; null while they are too few. */
  usual: number | null;
}

/** The reading that a rule about change compares with. */
export interface Anchor {
  rule: string;
  /** Epoch ms. */
  at: number;
  value: number;
  /** When the metric went back, oldest first; of rules that count it. */
  falls: number[];
}

/** The part of a device's record that health rules change. */
export interface HealthRecord {
  health: Health;
  /** What the worst open condition says; empty without one. */
  healthReason: string;
  /** Since when it is so, epoch ms; -Infinity while it is not known. */
  healthSince: number;
  /** Null of nearly all of a fleet. */
  conditions: Condition[] | null;
  /** Of the metrics that rules compare with the device's own past. */
  baselines: Baseline[] | null;
  anchors: Anchor[] | null;
}

export const newHealthRecord = (): HealthRecord => ({
  health: 'unknown',
  healthReason: '',
  healthSince: -Infinity,
  conditions: null,
  baselines: null,
  anchors: null,
});

/** `data` of a row of kind `condition` in the timeline. */
export interface ConditionChange {
  rule: string;
  state: 'opened' | 'closed';
  severity: Severity;
  /** Since when it held, and of a closed one when it had been opened; RFC 3339. */
  since: string;
  opened_at: string;
  metric?: string;
  /** As it was opened. */
  value?: number;
  text: string;
}

/** `data` of a row of kind `health` in the timeline. */
export interface HealthChange {
  from: Health;
  to: Health;
  reason: string;
}

/** Names of conditions that CPEmon itself finds; no rule may take one. */
export const BUILT_IN_CONDITIONS = ['telemetry-silent', 'reboot-loop', 'flapping'] as const;
export type BuiltInCondition = (typeof BUILT_IN_CONDITIONS)[number];
