import { unknownName } from '../nearest-name.js';
import { asRecord, fail } from './scenario-error.js';

/** What can really be the matter. */
export const CAUSES = [
  ...['power_loss', 'line_cut', 'olt_failure', 'bng_failure', 'optical_fade', 'line_noise', 'internet_down'],
  ...[
    'firmware_fault',
    'firmware_change',
    'crash',
    'factory_reset',
    'reconnect',
    'switched_off',
    'unsteady_line',
  ],
  ...['source_silent', 'intake_outage', 'interval_change', 'same_schedule', 'clock', 'swap', 'clone'],
  ...['strangers', 'chatty', 'repeats', 'late', 'short_sessions', 'load', 'slow_network'],
] as const;
export type Cause = (typeof CAUSES)[number];

/** What a monitor should make of it. */
export const FINDINGS = [
  ...['none', 'group_alarm', 'device_condition', 'source_silent', 'model_quiet', 'identity_finding'],
  ...['coverage_change', 'intake_counts'],
] as const;
export type Finding = (typeof FINDINGS)[number];

/** What alarms can name as the cause, from what a monitor is told: it cannot know what nobody tells. */
export const NAMED_CAUSES = [
  ...['power', 'line', 'session', 'condition', 'source_silent', 'model_quiet', 'unknown'],
] as const;
export type NamedCause = (typeof NAMED_CAUSES)[number];

/** Beside causes and findings, what would be wrong to say: of a device, and of groups. */
const FURTHER_CLAIMS = ['offline', 'boot', 'parent_group', 'other_model', 'other_firmware'] as const;
const CLAIMS = [...CAUSES, ...FINDINGS, ...FURTHER_CLAIMS] as const;
export type Claim = (typeof CLAIMS)[number];

/** What a scenario is, and what a monitor may and must not say of it. */
export interface ScenarioTruth {
  cause: Cause;
  finding: Finding;
  named: NamedCause;
  /** What others report of it, as observer and what it observed: `olt dying_gasp`. */
  evidence: readonly string[];
  /** Notifications that people should get of it: least and most. */
  notifications: readonly [least: number, most: number];
  notClaimed: readonly Claim[];
  /** Index of the step whose devices and times are those of the truth. */
  step: number;
}

/** @throws ScenarioError */
export function readScenarioTruth(content: unknown, steps: number): ScenarioTruth {
  const truth = asRecord(content, "'truth'");
  const cause = oneOf(truth['cause'], CAUSES, 'cause');
  const { named = 'unknown', evidence = [], notifications = [0, 0], notClaimed = [], step = 0 } = truth;
  if (!isTexts(evidence)) fail("truth: 'evidence' must be a list of texts");
  if (!isTexts(notClaimed)) fail("truth: 'notClaimed' must be a list of texts");
  if (!isCounts(notifications)) fail("truth: 'notifications' must be two whole numbers, [least, most]");
  if (!Number.isInteger(step) || !((step as number) >= 0 && (step as number) < steps))
    fail("truth: 'step' must be the index of a step");
  return {
    cause,
    finding: oneOf(truth['finding'], FINDINGS, 'finding'),
    named: oneOf(named, NAMED_CAUSES, 'named cause'),
    ...{ evidence, notifications, step: step as number },
    notClaimed: notClaimed.map((claim) => oneOf(claim, CLAIMS, 'claim')),
  };
}

function oneOf<T extends string>(value: unknown, words: readonly T[], what: string): T {
  const found = words.find((word) => word === value);
  if (found === undefined) fail(`truth: ${unknownName(what, String(value), words)}`);
  return found;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isCounts = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((one) => Number.isInteger(one) && one >= 0);
