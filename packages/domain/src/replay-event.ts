import { believableTime, declareInterval, refuseUnlessApplicable } from './apply-event.js';
import type { DeviceRecord, Report, SourceRecord } from './device-record.js';
import type { ReportData } from './event.js';
import type { JudgementRules } from './judgement-rules.js';
import { olderReadings, withoutOlder } from './older-readings.js';
import type { ReceivedEvent } from './received-event.js';
import { rewriteReport } from './report-values.js';
import { resumeSilence } from './transitions.js';

/**
 * Rewrites what an event that was applied before says by itself: the values that are still its own, the device's time
 * and, of the newest report of a source, the declared interval. A value that a later event has overwritten stays as it
 * is; order, identities, counters, signs of life and reachability are not touched. After an event that was applied
 * rightly the record is what it was.
 * @returns false, and nothing changed, when no value of the record is of this event
 * @throws EventRefusedError as `applyEvent`, before anything is changed
 */
export function replayEvent(record: DeviceRecord, received: ReceivedEvent, rules: JudgementRules): boolean {
  refuseUnlessApplicable(received, rules);
  const { event, receivedAt } = received;
  const deviceTime = believableTime(event.time, receivedAt);
  const source = record.sources.find(({ source: name }) => name === event.source);
  if (source === undefined) return false;
  const older = olderReadings(event.data, deviceTime, receivedAt) ?? [];
  let found = false;
  for (const { at, values } of older) {
    const part = source.reports.findIndex(
      ({ sequence, rankAt }) => sequence === received.sequence && rankAt === at,
    );
    if (part < 0) continue;
    rewrite(source, part, at, values);
    found = true;
  }
  const at = source.reports.findIndex((report) => isOf(report, received, deviceTime));
  if (at < 0) return found;
  const fresh = older.length === 0 ? event.data : withoutOlder(event.data, older);
  const report = rewrite(source, at, deviceTime, fresh);
  // Whether an older report's interval was overtaken by one that left no other trace cannot be told any more.
  if (at === 0) {
    const before = source.declaredSeconds;
    declareInterval(source, event.data.interval_seconds, report.orderAt);
    if (source.declaredSeconds !== before) resumeSilence(record, rules.settings);
  }
  return true;
}

function rewrite(source: SourceRecord, at: number, deviceTime: number | null, values: ReportData): Report {
  const report = source.reports[at]!;
  source.reports = rewriteReport(source.reports, at, values);
  report.deviceTime = deviceTime;
  return report;
}

/** By position; and by the time received, because a position alone says nothing of its generation. */
function isOf(
  report: Report,
  { sequence, receivedAt, event }: ReceivedEvent,
  deviceTime: number | null,
): boolean {
  const { behind_ms: behindMs = 0, behind_reports: behindReports = 0 } = event.data;
  return (
    report.sequence === sequence &&
    (report.rankAt === receivedAt - behindMs ||
      // By the interval that was expected then.
      (behindReports > 0 && report.rankAt < receivedAt) ||
      report.rankAt === Math.min(deviceTime ?? receivedAt, receivedAt))
  );
}
