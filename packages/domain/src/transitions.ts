import type { DeviceRecord, SourceRecord } from './device-record.js';
import { gapsBetween, intakeOfSource, type IntakeHistory } from './intake-history.js';
import { isObserverSource } from './observation.js';
import {
  offlineAfterMs,
  silenceDeadlines,
  staleAfterMs,
  type Reachability,
  type ReachabilitySettings,
  type SilenceDeadlines,
} from './reachability.js';
import { expectedIntervalMs } from './reporting-interval.js';

/** A change of a device's reachability, at the time of the deadline or event that caused it. */
export interface Transition {
  record: DeviceRecord;
  from: Reachability;
  to: Reachability;
  /** Epoch ms. */
  at: number;
  reason: string;
}

/** What a silence is judged by. */
export interface JudgementRules {
  settings: ReachabilitySettings;
  intake: IntakeHistory;
  /** Database time of this attempt, epoch ms, for events that fail until some time; the event's own when absent. */
  attemptAt?: number;
}

/**
 * Makes the transitions whose deadlines lie before `watermark`, the time up to which the device's lane is applied.
 * A deadline after the last proof that the source's path was accepting is left open: only the next beat tells
 * whether the time between was a gap.
 */
export function judgeAtWatermark(
  record: DeviceRecord,
  watermark: number,
  rules: JudgementRules,
  transitions: Transition[],
): void {
  silenceUntil(record, watermark, rules, true, transitions);
  const deadline = nextDeadline(record, deadlinesOf(record, watermark, rules, true));
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
): void {
  if (receivedAt > record.quietUntil) silenceUntil(record, receivedAt, rules, false, transitions);
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
  record.quietUntil = nextDeadline(record, earliest);
}

/** Sets `quietUntil` of a record that comes from the store. */
export function resumeSilence(record: DeviceRecord, settings: ReachabilitySettings): void {
  record.quietUntil = nextDeadline(record, earliestDeadlines(record, settings));
}

function silenceUntil(
  record: DeviceRecord,
  until: number,
  rules: JudgementRules,
  onlyProven: boolean,
  transitions: Transition[],
): void {
  if (record.reachability !== 'online' && record.reachability !== 'stale') return;
  const { staleAt, offlineAt } = deadlinesOf(record, until, rules, onlyProven);
  const reporting = record.sources.filter(({ source }) => !isObserverSource(source));
  const intervalMs = Math.max(...reporting.map((source) => expectedIntervalMs(source, rules.settings)));
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

/** A device is as late as the least late of its sources. */
function deadlinesOf(
  record: DeviceRecord,
  until: number,
  rules: JudgementRules,
  onlyProven: boolean,
): SilenceDeadlines {
  let staleAt = -Infinity;
  let offlineAt = -Infinity;
  for (const source of record.sources) {
    if (isObserverSource(source.source)) continue;
    const deadlines = sourceDeadlines(source, until, rules, onlyProven);
    staleAt = Math.max(staleAt, deadlines.staleAt);
    offlineAt = Math.max(offlineAt, deadlines.offlineAt);
  }
  return { staleAt, offlineAt };
}

function sourceDeadlines(
  source: SourceRecord,
  until: number,
  rules: JudgementRules,
  onlyProven: boolean,
): SilenceDeadlines {
  const intake = intakeOfSource(rules.intake, source.source);
  if (intake.acceptedAt === null) return { staleAt: Infinity, offlineAt: Infinity };
  const intervalMs = expectedIntervalMs(source, rules.settings);
  const gaps = gapsBetween(intake, source.lastSeenAt, until);
  const { staleAt, offlineAt } = silenceDeadlines(source.lastSeenAt, intervalMs, gaps, rules.settings);
  if (!onlyProven) return { staleAt, offlineAt };
  return {
    staleAt: staleAt > intake.acceptedAt ? Math.max(staleAt, until) : staleAt,
    offlineAt: offlineAt > intake.acceptedAt ? Math.max(offlineAt, until) : offlineAt,
  };
}

/** The deadlines as they are without any gap: no gap makes one earlier. */
function earliestDeadlines(record: DeviceRecord, settings: ReachabilitySettings): SilenceDeadlines {
  let staleAt = -Infinity;
  let offlineAt = -Infinity;
  for (const source of record.sources) {
    if (isObserverSource(source.source)) continue;
    const intervalMs = expectedIntervalMs(source, settings);
    staleAt = Math.max(staleAt, source.lastSeenAt + staleAfterMs(intervalMs, settings));
    offlineAt = Math.max(offlineAt, source.lastSeenAt + offlineAfterMs(intervalMs, settings));
  }
  return { staleAt, offlineAt };
}

function nextDeadline(record: DeviceRecord, deadlines: SilenceDeadlines): number {
  if (record.reachability === 'online') return deadlines.staleAt;
  if (record.reachability === 'stale') return deadlines.offlineAt;
  return Infinity;
}
