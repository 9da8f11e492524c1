import type { DeviceRecord } from './device-record.js';
import { gapsBetween, intakeOfSource } from './intake-history.js';
import type { JudgementRules } from './judgement-rules.js';
import { isObserverSource } from './observation.js';
import {
  offlineAfterMs,
  staleAfterMs,
  type Reachability,
  type ReachabilitySettings,
} from './reachability.js';
import {
  deadlinesOf,
  earliestDeadlines,
  intervalOf,
  nextDeadline,
  nextLook,
  telemetryDeadlines,
} from './silence-deadlines.js';
import { beginSilence } from './telemetry-silence.js';
import type { TimelineEntry } from './timeline.js';

/** A change of a device's reachability, at the time of the deadline or event that caused it. */
export interface Transition {
  record: DeviceRecord;
  from: Reachability;
  to: Reachability;
  /** Epoch ms. */
  at: number;
  reason: string;
}

/**
 * Makes the transitions whose deadlines lie before `watermark`, the time up to which the device's lane is applied, and
 * tells of sources that have fallen silent by then. A deadline after the last proof that the source's path was accepting
 * is left open: only the next beat tells whether the time between was a gap.
 */
export function judgeAtWatermark(
  record: DeviceRecord,
  watermark: number,
  rules: JudgementRules,
  transitions: Transition[],
  timeline: TimelineEntry[] = [],
): void {
  silenceUntil(record, watermark, rules, true, transitions, timeline);
  const deadline = Math.min(
    nextDeadline(record, deadlinesOf(record, watermark, rules, true)),
    ...telemetryDeadlines(record, watermark, rules, true).map(({ silentAt }) => silentAt),
  );
  const undecided = deadline === Infinity && record.reachability !== 'offline';
  record.quietUntil = undecided ? watermark + LOOK_AGAIN_MS : deadline;
}

/** A path that nobody has served yet may be served later: its devices are looked at again after this time. */
const LOOK_AGAIN_MS = 60_000;

/** Makes the transitions whose deadlines lie before an event that was received at `receivedAt`. */
export function judgeBeforeEvent(
  record: DeviceRecord,
  receivedAt: number,
  rules: JudgementRules,
  transitions: Transition[],
  timeline: TimelineEntry[] = [],
): void {
  if (receivedAt > record.quietUntil) silenceUntil(record, receivedAt, rules, false, transitions, timeline);
}

/**
 * For how long of the absence that a sign of life at `seenAt` ends nobody listened, ms; null when it ends none, since the
 * device was not silent for longer than it may be. To be called before the sign of life is noted.
 * @param receivedAt of the event, up to which the device is judged already
 */
export function absenceEndedAt(
  record: DeviceRecord,
  seenAt: number,
  receivedAt: number,
  rules: JudgementRules,
): number | null {
  if (record.reachability !== 'stale' && record.reachability !== 'offline') return null;
  if (seenAt <= deadlinesOf(record, receivedAt, rules, false).staleAt) return null;
  const last = record.sources.find(({ lastSeenAt }) => lastSeenAt === record.lastSeenAt);
  if (last === undefined) return 0;
  let unobserved = 0;
  for (const gap of gapsBetween(intakeOfSource(rules.intake, last.source), last.lastSeenAt, seenAt)) {
    unobserved += Math.min(gap.endedAt, seenAt) - Math.max(gap.startedAt, last.lastSeenAt);
  }
  return unobserved;
}

/** Brings reachability in line with the signs of life that an event received at `receivedAt` has added. */
export function judgeAfterEvent(
  record: DeviceRecord,
  receivedAt: number,
  rules: JudgementRules,
  transitions: Transition[],
): void {
  const earliest = earliestDeadlines(record, rules.settings);
  let to: Reachability = 'online';
  if (receivedAt > earliest.staleAt) {
    const { staleAt, offlineAt } = deadlinesOf(record, receivedAt, rules, false);
    if (receivedAt > offlineAt) to = 'offline';
    else if (receivedAt > staleAt) to = 'stale';
  }
  if (to !== record.reachability) {
    change(record, to, receivedAt, to === 'online' ? 'reporting' : 'reported late', transitions);
  }
  record.quietUntil = nextLook(record, earliest, rules.settings);
}

/** Sets `quietUntil` of a record that comes from the store. */
export function resumeSilence(record: DeviceRecord, settings: ReachabilitySettings): void {
  record.quietUntil = nextLook(record, earliestDeadlines(record, settings), settings);
}

function silenceUntil(
  record: DeviceRecord,
  until: number,
  rules: JudgementRules,
  onlyProven: boolean,
  transitions: Transition[],
  timeline: TimelineEntry[],
): void {
  if (record.reachability !== 'online' && record.reachability !== 'stale') return;
  const { staleAt, offlineAt } = deadlinesOf(record, until, rules, onlyProven);
  for (const { source, silentAt } of telemetryDeadlines(record, until, rules, onlyProven)) {
    if (silentAt < until && silentAt <= staleAt) beginSilence(record, source, silentAt, timeline);
  }
  const reporting = record.sources.filter(({ source }) => !isObserverSource(source));
  const intervalMs = Math.max(...reporting.map((source) => intervalOf(record, source, rules)));
  if (record.reachability === 'online' && staleAt < until) {
    change(record, 'stale', staleAt, silent(staleAfterMs(intervalMs, rules.settings)), transitions);
  }
  if (record.reachability === 'stale' && offlineAt < until) {
    change(record, 'offline', offlineAt, silent(offlineAfterMs(intervalMs, rules.settings)), transitions);
  }
}

const silent = (forMs: number): string => `no report for ${Math.round(forMs / 1000)} s`;

function change(
  record: DeviceRecord,
  to: Reachability,
  at: number,
  reason: string,
  transitions: Transition[],
): void {
  const from = record.reachability;
  record.reachability = to;
  record.reason = reason;
  record.since = Math.max(at, record.since);
  transitions.push({ record, from, to, at: record.since, reason });
}
