import type { DeviceRecord, SourceRecord } from './device-record.js';
import { endCondition, holdCondition } from './health/conditions.js';
import { isObserverSource } from './observation.js';
import { knownIntervalSeconds } from './reporting-interval.js';
import { timelineIdentity, type TimelineEntry } from './timeline.js';

/** A source that was silent for so long is expected no more, until it reports again: it was moved or switched off. */
export const EXPECTED_FOR_MS = 7 * 86_400_000;

/** `data` of a row of the timeline of kind `telemetry`. */
export interface TelemetryChange {
  source: string;
  state: 'silent' | 'reporting';
  /** The last sign of life by that source before, RFC 3339. */
  last_seen: string;
}

/** Whether a device that lives by another source is the worse for the silence of this one: it has a rhythm. */
export const hasRhythm = (source: SourceRecord): boolean =>
  knownIntervalSeconds(source) !== null && !isObserverSource(source.source);

/** The source of an online device that has been silent for the longest time; null when all report that should. */
export function silentTelemetry(record: DeviceRecord, at: number): { source: string; since: number } | null {
  if (record.reachability !== 'online' || record.sources.length < 2) return null;
  let longest: { source: string; since: number } | null = null;
  for (const { source, silentSince } of record.sources) {
    if (silentSince === null || at - silentSince > EXPECTED_FOR_MS) continue;
    if (longest === null || silentSince < longest.since) longest = { source, since: silentSince };
  }
  return longest;
}

export function beginSilence(
  record: DeviceRecord,
  source: SourceRecord,
  at: number,
  timeline: TimelineEntry[],
): void {
  source.silentSince = at;
  tell(record, source, 'silent', at, timeline);
  const text = `No report by ${source.source} since ${new Date(source.lastSeenAt).toISOString()}`;
  holdCondition(record, { rule: 'telemetry-silent', severity: 'warning', since: at, at, text }, timeline);
}

/** Ends the silence of a source that shows at `at` that it lives. */
export function endSilence(
  record: DeviceRecord,
  source: SourceRecord,
  at: number,
  timeline: TimelineEntry[],
): void {
  if (source.silentSince === null || at <= source.silentSince) return;
  source.silentSince = null;
  tell(record, source, 'reporting', at, timeline);
  settleSilence(record, at, timeline);
}

/** Ends the condition when no source that is still expected is silent. */
export function settleSilence(record: DeviceRecord, at: number, timeline: TimelineEntry[]): void {
  for (const { silentSince } of record.sources)
    if (silentSince !== null && at - silentSince <= EXPECTED_FOR_MS) return;
  endCondition(record, 'telemetry-silent', at, timeline);
}

function tell(
  record: DeviceRecord,
  { source, lastSeenAt }: SourceRecord,
  state: TelemetryChange['state'],
  at: number,
  timeline: TimelineEntry[],
): void {
  const data: TelemetryChange = { source, state, last_seen: new Date(lastSeenAt).toISOString() };
  timeline.push({ record, at, kind: 'telemetry', identity: timelineIdentity(source, state), data });
}
