import { NO_EVIDENCE, tellAbsence } from './absence.js';
import { behindMs, forgetProfiles } from './bulk-profile.js';
import { noteReportRate } from './chatty.js';
import { newSourceRecord, type DeviceRecord, type SourceRecord } from './device-record.js';
import { EARLIEST_BELIEVABLE_MS, FURTHEST_AHEAD_MS } from './device-time.js';
import { EVENT_TYPES, TEST_EVENT_TYPE, type CpeEvent } from './event.js';
import type { HealthRules } from './health/health-rules.js';
import { judgeHealth } from './health/judge-health.js';
import { intakeOfSource } from './intake-history.js';
import type { JudgementRules } from './judgement-rules.js';
import { isObservation } from './observation.js';
import { mayTell, tellOccurrences } from './occurrences.js';
import { olderReadings, withoutOlder } from './older-readings.js';
import { isOfProfile } from './profile-source.js';
import type { ReceivedEvent } from './received-event.js';
import { identityCode, remember, remembers } from './recent-identities.js';
import { isNewer, withReport } from './report-values.js';
import { evidenceOf, noteRestart } from './restarts.js';
import { expectedIntervalMs, learnInterval, rhythmOf, type Rhythm } from './reporting-interval.js';
import { settleRestlessness } from './restlessness.js';
import { isOwnRequest, seenAtOf } from './sign-of-life.js';
import { endSilence } from './telemetry-silence.js';
import { timelineIdentity, type TimelineEntry } from './timeline.js';
import { absenceEndedAt, judgeAfterEvent, judgeBeforeEvent, type Transition } from './transitions.js';
import { tellChanges, valuesBefore } from './value-changes.js';

/**
 * applied: its values are current now. late: older than the newest report of its source; it may fill in a value
 * that no newer report of that source has named. duplicate: the same event again.
 */
export type ApplyOutcome = 'applied' | 'late' | 'duplicate';

/** The rules do not allow this event, or this version does not know its type; nothing of the record has changed. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';

  constructor(
    message: string,
    readonly reason: 'refused' | 'unknown_type' = 'refused',
  ) {
    super(message);
  }
}

/** Clocks that are off by the same amount, give or take this, are off by the same amount. */
const SAME_SKEW_MS = 10_000;
const LONGEST_INTERVAL_SECONDS = 31 * 86_400;

const KNOWN_TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

/**
 * Applies one event of the log to the record of its device, which it changes. The same events in the same order
 * give the same record and transitions, however they are divided into batches.
 * @param transitions receives the changes of reachability, those of deadlines that passed before the event first
 * @param timeline receives what else happened to the device; of a duplicate nothing
 * @throws EventRefusedError when this version does not know the type of the event, or a test event is to fail now
 */
export function applyEvent(
  record: DeviceRecord,
  received: ReceivedEvent,
  rules: JudgementRules,
  transitions: Transition[],
  timeline: TimelineEntry[] = [],
): ApplyOutcome {
  const { event, receivedAt, sequence } = received;
  refuseUnlessApplicable(received, rules);
  if (isObservation(event)) return applyObservation(record, received, timeline, rules.health);
  const judgedAt = Math.max(receivedAt, received.judgedAt ?? receivedAt);
  judgeBeforeEvent(record, judgedAt, rules, transitions, timeline);
  const deviceTime = believableTime(event.time, receivedAt);
  const seenAt = seenAtOf(event, deviceTime, receivedAt, record.lastSeenAt);
  const code = identityCode(event.source, event.id);
  const source = sourceOf(record, event.source);
  let outcome: ApplyOutcome;
  if (remembers(record.recentIdentities, code)) {
    outcome = 'duplicate';
    record.duplicates += 1;
    if (isOwnRequest(event.source)) {
      endAbsence(record, event, seenAt, judgedAt, rules, timeline);
      seen(record, source, seenAt);
    }
  } else {
    remember(record.recentIdentities, code);
    // What had to wait has been a sign of life already, so how far apart reports were is not known of it any more.
    if (received.judgedAt === undefined) noteReportRate(record, source, event, seenAt, deviceTime, timeline);
    const told = timeline.length;
    if (mayTell(event.data)) tellOccurrences(record, event, deviceTime, receivedAt, timeline);
    const telling = { timeline, told, settings: rules.settings };
    noteRestart(record, source, received, deviceTime, seenAt, telling);
    if (isAway(record)) {
      const evidence = evidenceOf(record, source, received, rules.settings);
      endAbsence(record, event, seenAt, judgedAt, rules, timeline, evidence);
    }
    endSilence(record, source, seenAt, timeline);
    const known = valuesBefore(record, source, event.data);
    outcome = applyReport(source, received, deviceTime, seenAt, rules);
    if (outcome === 'applied') {
      tellChanges(record, source, received, deviceTime, known, timeline);
      if (rules.health !== undefined) {
        // A relayed value is as old as its event; a retained one was made before it came.
        const readAt = Math.min(seenAt, source.newestReceivedAt);
        judgeHealth(record, source, received, deviceTime, readAt, rules.health, timeline);
      }
    }
    if (outcome === 'late') record.late += 1;
    seen(record, source, seenAt);
  }
  record.applied += 1;
  record.lastSequence = Math.max(record.lastSequence, sequence);
  judgeAfterEvent(record, judgedAt, rules, transitions);
  return outcome;
}

/**
 * Applies what somebody else tells of the device: its values and what happened. Neither the device's signs of life nor
 * what is expected of it change, so nothing is judged by it.
 */
function applyObservation(
  record: DeviceRecord,
  received: ReceivedEvent,
  timeline: TimelineEntry[],
  health: HealthRules | undefined,
): ApplyOutcome {
  const { event, receivedAt, sequence } = received;
  const { data } = event;
  const code = identityCode(event.source, event.id);
  const deviceTime = believableTime(event.time, receivedAt);
  record.applied += 1;
  record.lastSequence = Math.max(record.lastSequence, sequence);
  if (remembers(record.recentIdentities, code)) {
    record.duplicates += 1;
    return 'duplicate';
  }
  remember(record.recentIdentities, code);
  tellOccurrences(record, event, deviceTime, receivedAt, timeline);
  const source = observerOf(record, event.source);
  const known = valuesBefore(record, source, data);
  const orderAt = deviceTime ?? receivedAt;
  const [newest] = source.reports;
  const overtaken =
    newest !== undefined && orderAt === source.newestAt && isNewer(newest, { orderAt, sequence });
  const late = overtaken || orderAt < source.newestAt;
  if (late) record.late += 1;
  else {
    source.newestAt = orderAt;
    source.newestReceivedAt = receivedAt;
  }
  source.lastSeenAt = Math.max(source.lastSeenAt, receivedAt);
  const rankAt = late ? Math.min(orderAt, receivedAt) : receivedAt;
  source.reports = withReport(source.reports, { orderAt, deviceTime, rankAt, sequence }, data);
  if (!late) {
    tellChanges(record, source, { event, receivedAt }, deviceTime, known, timeline);
    if (health !== undefined && record.reachability !== 'offline') {
      judgeHealth(record, source, received, deviceTime, Math.min(orderAt, receivedAt), health, timeline);
    }
  }
  return late ? 'late' : 'applied';
}

/** Behind the device's own sources: the first of those says how it reports. */
function observerOf({ sources }: DeviceRecord, name: string): SourceRecord {
  const known = sources.find(({ source }) => source === name);
  if (known !== undefined) return known;
  const added = newSourceRecord(name);
  sources.push(added);
  return added;
}

const isAway = ({ reachability }: DeviceRecord): boolean =>
  reachability === 'stale' || reachability === 'offline';

/** Tells the absence that a sign of life at `seenAt` ends, when it ends one. */
function endAbsence(
  record: DeviceRecord,
  event: CpeEvent,
  seenAt: number,
  judgedAt: number,
  rules: JudgementRules,
  timeline: TimelineEntry[],
  evidence = NO_EVIDENCE,
): void {
  const unobservedMs = absenceEndedAt(record, seenAt, judgedAt, rules);
  if (unobservedMs === null) return;
  const identity = timelineIdentity(event.source, event.id);
  tellAbsence(record, seenAt, unobservedMs, evidence, identity, timeline);
}

/** Takes no more from an event than that its device lives: it waits behind one that cannot be applied. */
export function applySignOfLife(
  record: DeviceRecord,
  received: ReceivedEvent,
  rules: JudgementRules,
  transitions: Transition[],
  timeline: TimelineEntry[] = [],
): void {
  const { event, receivedAt } = received;
  if (isObservation(event)) return;
  judgeBeforeEvent(record, receivedAt, rules, transitions, timeline);
  const deviceTime = believableTime(event.time, receivedAt);
  const seenAt = seenAtOf(event, deviceTime, receivedAt, record.lastSeenAt);
  const source = sourceOf(record, event.source);
  settleRestlessness(record, seenAt, timeline);
  if (isAway(record)) {
    const evidence = evidenceOf(record, source, received, rules.settings);
    endAbsence(record, event, seenAt, receivedAt, rules, timeline, evidence);
  }
  endSilence(record, source, seenAt, timeline);
  seen(record, source, seenAt);
  judgeAfterEvent(record, receivedAt, rules, transitions);
}

/**
 * What decides whether an event is applied at all; for callers that must know before they make its device.
 * @throws EventRefusedError when this version does not know the type of the event, or a test event is to fail now
 */
export function refuseUnlessApplicable({ event, receivedAt }: ReceivedEvent, rules: JudgementRules): void {
  if (!KNOWN_TYPES.has(event.type))
    throw new EventRefusedError(`type ${event.type} is not known to this version`, 'unknown_type');
  if (event.type === TEST_EVENT_TYPE) failAsToldTo(event, rules.attemptAt ?? receivedAt);
}

/** @throws EventRefusedError when the test event is to fail at an attempt made at `attemptAt`; else it is a heartbeat */
function failAsToldTo({ data: { test } }: CpeEvent, attemptAt: number): void {
  if (test?.fail === 'always') throw new EventRefusedError('a test event that always fails');
  if (test?.fail === 'until' && test.until !== undefined && attemptAt < Date.parse(test.until)) {
    throw new EventRefusedError(`a test event that fails until ${test.until}`);
  }
}

/** Epoch ms; null when it cannot be. Judged at the border by that host's clock already, and here by the database's. */
export function believableTime(time: string | undefined, receivedAt: number): number | null {
  if (time === undefined) return null;
  const parsed = Date.parse(time);
  return parsed >= EARLIEST_BELIEVABLE_MS && parsed <= receivedAt + FURTHEST_AHEAD_MS ? parsed : null;
}

/** The source's record, moved to the front: it is the one heard last. */
function sourceOf(record: DeviceRecord, name: string): SourceRecord {
  const { sources } = record;
  if (sources[0]?.source === name) return sources[0];
  const at = sources.findIndex((candidate) => candidate.source === name);
  const source = at < 0 ? newSourceRecord(name) : sources[at]!;
  if (at >= 0) sources.splice(at, 1);
  else if (isOfProfile(name)) forgetProfiles(sources);
  sources.unshift(source);
  return source;
}

function seen(record: DeviceRecord, source: SourceRecord, at: number): void {
  source.lastSeenAt = Math.max(source.lastSeenAt, at);
  record.lastSeenAt = Math.max(record.lastSeenAt, at);
}

function applyReport(
  source: SourceRecord,
  { event, receivedAt, sequence }: ReceivedEvent,
  deviceTime: number | null,
  seenAt: number,
  rules: JudgementRules,
): 'applied' | 'late' {
  const { data } = event;
  // A request like TransferComplete has no values that could be new or late.
  if (event.type === 'cpemon.rpc.v1') return 'applied';
  const rhythm = rhythmOf(event);
  // The newest report of a body was made when it came; the others keep their distance.
  const madeAt = receivedAt - behindMs(data, source, rules.settings);
  const orderAt =
    deviceTime ?? (event.type === 'cpemon.parameters.v1' ? timeGoneOn(source, receivedAt) : madeAt);
  const [newest] = source.reports;
  const overtaken =
    newest !== undefined && orderAt === source.newestAt && isNewer(newest, { orderAt, sequence });
  const late =
    overtaken || (orderAt < source.newestAt && !clockStepped(source, orderAt, madeAt, rhythm, rules));
  if (!late) {
    source.newestAt = orderAt;
    source.newestReceivedAt = madeAt;
    source.stepCandidate = null;
  }
  declareInterval(source, data.interval_seconds, orderAt);
  if (!late && source.declaredSeconds === null) {
    learnInterval(source, seenAt, rhythm, intakeOfSource(rules.intake, source.source));
  }
  const rankAt = late ? Math.min(orderAt, receivedAt) : madeAt;
  const older = olderReadings(data, deviceTime, receivedAt);
  const fresh = older === null ? data : withoutOlder(data, older);
  source.reports = withReport(source.reports, { orderAt, deviceTime, rankAt, sequence }, fresh);
  for (const { at, values } of older ?? []) {
    const stamp = { orderAt: at, deviceTime: at, rankAt: at, sequence };
    source.reports = withReport(source.reports, stamp, values);
  }
  return late ? 'late' : 'applied';
}

/**
 * The order of values that a device was asked for and gave without a time, among reports that carry its clock: as much
 * after the newest of them as they were received after it.
 */
function timeGoneOn({ newestAt, newestReceivedAt }: SourceRecord, receivedAt: number): number {
  return newestAt === -Infinity ? receivedAt : newestAt + Math.max(0, receivedAt - newestReceivedAt);
}

/** Takes over the interval (seconds) that a report declares, unless a newer one has declared its own. */
export function declareInterval(source: SourceRecord, seconds: number | undefined, orderAt: number): void {
  if (seconds === undefined || !(seconds >= 1 && seconds <= LONGEST_INTERVAL_SECONDS)) return;
  if (orderAt < source.declaredAt) return;
  source.declaredSeconds = Math.round(seconds);
  source.declaredAt = orderAt;
  source.learntGapsMs = [];
  source.learntSeconds = null;
  source.periodicAt = null;
}

/**
 * Whether a report that is older than the newest of its source shows that the device's clock was set back: it is the
 * second in a row that is off by the same amount, which is a new one, and half an interval lies between the two or
 * one of them comes with a boot. Order then starts afresh: what is known counts as older than this report.
 */
function clockStepped(
  source: SourceRecord,
  orderAt: number,
  receivedAt: number,
  rhythm: Rhythm,
  rules: JudgementRules,
): boolean {
  const skewMs = receivedAt - orderAt;
  if (sameSkew(skewMs, source.newestReceivedAt - source.newestAt)) return false;
  const first = source.stepCandidate;
  if (first === null || !sameSkew(skewMs, first.skewMs)) {
    source.stepCandidate = { skewMs, receivedAt, boot: rhythm.boot };
    return false;
  }
  const apartMs = Math.max(expectedIntervalMs(source, rules.settings) / 2, SAME_SKEW_MS);
  if (receivedAt - first.receivedAt < apartMs && !rhythm.boot && !first.boot) return false;
  source.reports = source.reports.map((report) => ({
    ...report,
    orderAt: Math.min(report.orderAt, orderAt - 1),
  }));
  source.declaredAt = Math.min(source.declaredAt, orderAt - 1);
  return true;
}

const sameSkew = (oneMs: number, otherMs: number): boolean => Math.abs(oneMs - otherMs) <= SAME_SKEW_MS;
