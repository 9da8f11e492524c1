import type { DeviceRecord, SourceRecord } from './device-record.js';
import { gapsBetween, intakeOfSource, provenUntil, united, type IntakeGap } from './intake-history.js';
import type { JudgementRules } from './judgement-rules.js';
import { newInterval, type ModelSilences } from './model-silence.js';
import { isObserverSource } from './observation.js';
import {
  offlineAfterMs,
  silenceDeadlines,
  staleAfterMs,
  type ReachabilitySettings,
  type SilenceDeadlines,
} from './reachability.js';
import { reportInForce } from './report-values.js';
import { expectedIntervalMs } from './reporting-interval.js';
import { hasRhythm } from './telemetry-silence.js';

/** A device is as late as the least late of its sources. */
export function deadlinesOf(
  record: DeviceRecord,
  until: number,
  rules: JudgementRules,
  onlyProven: boolean,
): SilenceDeadlines {
  let staleAt = -Infinity;
  let offlineAt = -Infinity;
  for (const source of record.sources) {
    if (isObserverSource(source.source)) continue;
    const deadlines = sourceDeadlines(record, source, source.lastSeenAt, until, rules, onlyProven);
    staleAt = Math.max(staleAt, deadlines.staleAt);
    offlineAt = Math.max(offlineAt, deadlines.offlineAt);
  }
  return { staleAt, offlineAt };
}

function sourceDeadlines(
  record: DeviceRecord,
  source: SourceRecord,
  heardAt: number,
  until: number,
  rules: JudgementRules,
  onlyProven: boolean,
): SilenceDeadlines {
  const intake = intakeOfSource(rules.intake, source.source);
  const proven = provenUntil(intake);
  if (proven === null) return { staleAt: Infinity, offlineAt: Infinity };
  const intervalMs = intervalOf(record, source, rules);
  const gaps = gapsOfModel(record, gapsBetween(intake, heardAt, until), heardAt, until, rules);
  const { staleAt, offlineAt } = silenceDeadlines(heardAt, intervalMs, gaps, rules.settings);
  if (!onlyProven) return { staleAt, offlineAt };
  return {
    staleAt: staleAt > proven ? Math.max(staleAt, until) : staleAt,
    offlineAt: offlineAt > proven ? Math.max(offlineAt, until) : offlineAt,
  };
}

/**
 * When those sources of an online device fall silent that should report and do so until now: once they have missed their
 * reports, and another source has shown since that the device lives. One that has come back is given time to report by
 * all of them.
 */
export function telemetryDeadlines(
  record: DeviceRecord,
  until: number,
  rules: JudgementRules,
  onlyProven: boolean,
): { source: SourceRecord; silentAt: number }[] {
  if (record.sources.length < 2 || record.reachability !== 'online') return NONE;
  const deadlines: { source: SourceRecord; silentAt: number }[] = [];
  for (const source of record.sources) {
    if (source.silentSince !== null || !hasRhythm(source)) continue;
    const heardAt = Math.max(source.lastSeenAt, record.since);
    const { staleAt, offlineAt } = sourceDeadlines(record, source, heardAt, until, rules, onlyProven);
    if (record.lastSeenAt > staleAt)
      deadlines.push({ source, silentAt: Math.max(offlineAt, record.lastSeenAt) });
  }
  return deadlines;
}

const NONE: never[] = [];

/** A moment before which nothing changes by silence: no gap makes a deadline earlier. */
export function nextLook(
  record: DeviceRecord,
  earliest: SilenceDeadlines,
  settings: ReachabilitySettings,
): number {
  let next = nextDeadline(record, earliest);
  if (record.sources.length < 2 || record.reachability !== 'online') return next;
  for (const source of record.sources) {
    if (source.silentSince !== null || !hasRhythm(source)) continue;
    const heardAt = Math.max(source.lastSeenAt, record.since);
    const intervalMs = expectedIntervalMs(source, settings);
    if (record.lastSeenAt <= heardAt + staleAfterMs(intervalMs, settings)) continue;
    next = Math.min(next, heardAt + offlineAfterMs(intervalMs, settings));
  }
  return next;
}

/** The deadlines as they are without any gap: no gap makes one earlier. */
export function earliestDeadlines(record: DeviceRecord, settings: ReachabilitySettings): SilenceDeadlines {
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

export function nextDeadline(record: DeviceRecord, deadlines: SilenceDeadlines): number {
  if (record.reachability === 'online') return deadlines.staleAt;
  if (record.reachability === 'stale') return deadlines.offlineAt;
  return Infinity;
}

/** The interval by which a source is judged, ms: that of its device's model where that has changed for all. */
export function intervalOf(record: DeviceRecord, source: SourceRecord, rules: JudgementRules): number {
  const own = expectedIntervalMs(source, rules.settings);
  const ofModel = modelSilences(record, rules);
  return ofModel === undefined ? own : Math.max(own, newInterval(source, ofModel));
}

function gapsOfModel(
  record: DeviceRecord,
  gaps: readonly IntakeGap[],
  since: number,
  until: number,
  rules: JudgementRules,
): readonly IntakeGap[] {
  const silences = modelSilences(record, rules)?.silences.filter(
    ({ startedAt, endedAt }) => endedAt > since && startedAt < until,
  );
  return silences === undefined || silences.length === 0 ? gaps : united(gaps, silences, until);
}

function modelSilences(record: DeviceRecord, { models }: JudgementRules): ModelSilences | undefined {
  if (models === undefined || models.size === 0) return undefined;
  const model = reportInForce(record, 'attributes', 'model')?.report.attributes.model;
  return model === undefined ? undefined : models.get(model);
}
