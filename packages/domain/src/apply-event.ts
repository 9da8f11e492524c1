import { newSourceRecord, type DeviceRecord, type SourceRecord } from './device-record.js';
import { EARLIEST_BELIEVABLE_MS, FURTHEST_AHEAD_MS } from './device-time.js';
import { EVENT_TYPES, type CpeEvent } from './event.js';
import { intakeOfSource } from './intake-history.js';
import { sourceOfPath } from './intake-path.js';
import { identityCode, remember, remembers } from './recent-identities.js';
import { withReport } from './report-values.js';
import { expectedIntervalMs, learnInterval, rhythmOf, type Rhythm } from './reporting-interval.js';
import { judgeAfterEvent, judgeBeforeEvent, type JudgementRules, type Transition } from './transitions.js';

/** An event as the log hands it out. `receivedAt` is the database's time, epoch ms, and never falls in a lane. */
export interface ReceivedEvent {
  sequence: number;
  receivedAt: number;
  event: CpeEvent;
}

/**
 * applied: its values are current now. late: older than the newest report of its source; it may fill in a value
 * that no newer report of that source has named. duplicate: the same event again.
 */
export type ApplyOutcome = 'applied' | 'late' | 'duplicate';

/** The rules do not allow this event; nothing of the record has changed. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
}

/** Clocks that are off by the same amount, give or take this, are off by the same amount. */
const SAME_SKEW_MS = 10_000;
const LONGEST_INTERVAL_SECONDS = 31 * 86_400;

const KNOWN_TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);
/** On this path the CPE itself opens the request, so its arrival is the sign of life; elsewhere someone relays. */
const OWN_REQUEST = sourceOfPath('heartbeat');

/**
 * Applies one event of the log to the record of its device, which it changes. The same events in the same order
 * give the same record and transitions, however they are divided into batches.
 * @param transitions receives the changes of reachability, those of deadlines that passed before the event first
 * @throws EventRefusedError when this version does not know the type of the event
 */
export function applyEvent(
  record: DeviceRecord,
  received: ReceivedEvent,
  rules: JudgementRules,
  transitions: Transition[],
): ApplyOutcome {
  const { event, receivedAt, sequence } = received;
  if (!KNOWN_TYPES.has(event.type))
    throw new EventRefusedError(`type ${event.type} is not known to this version`);

  judgeBeforeEvent(record, receivedAt, rules, transitions);
  const deviceTime = believableTime(event.time, receivedAt);
  const seenAt = event.source === OWN_REQUEST ? receivedAt : Math.min(deviceTime ?? receivedAt, receivedAt);
  const code = identityCode(event.source, event.id);
  const source = sourceOf(record, event.source);
  let outcome: ApplyOutcome;
  if (remembers(record.recentIdentities, code)) {
    outcome = 'duplicate';
    record.duplicates += 1;
    if (event.source === OWN_REQUEST) seen(record, source, seenAt);
  } else {
    remember(record.recentIdentities, code);
    outcome = applyReport(source, received, deviceTime, seenAt, rules);
    if (outcome === 'late') record.late += 1;
    seen(record, source, seenAt);
  }
  record.applied += 1;
  record.lastSequence = sequence;
  judgeAfterEvent(record, receivedAt, rules, transitions);
  return outcome;
}

/** Judged at the border by that host's clock already, and here by the database's. */
function believableTime(time: string | undefined, receivedAt: number): number | null {
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
  const rhythm = rhythmOf(data);
  const orderAt = deviceTime ?? receivedAt;
  const late = orderAt < source.newestAt && !clockStepped(source, orderAt, receivedAt, rhythm, rules);
  if (!late) {
    source.newestAt = orderAt;
    source.newestReceivedAt = receivedAt;
    source.stepCandidate = null;
  }
  declareInterval(source, data.interval_seconds, orderAt);
  if (!late && source.declaredSeconds === null) {
    learnInterval(source, seenAt, rhythm, intakeOfSource(rules.intake, source.source));
  }
  const rankAt = late ? Math.min(orderAt, receivedAt) : receivedAt;
  source.reports = withReport(source.reports, { orderAt, deviceTime, rankAt, sequence }, data);
  return late ? 'late' : 'applied';
}

function declareInterval(source: SourceRecord, seconds: number | undefined, orderAt: number): void {
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
