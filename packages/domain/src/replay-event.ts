import {
  believableTime,
  declareInterval,
  refuseUnlessApplicable,
  type ReceivedEvent,
} from './apply-event.js';
import type { DeviceRecord, Report } from './device-record.js';
import { rewriteReport } from './report-values.js';
import { resumeSilence, type JudgementRules } from './transitions.js';

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
  const source = record.sources.find(
    ({ source: name, reports }) =>
      name === event.source && reports.some((report) => isOf(report, received, deviceTime)),
  );
  if (source === undefined) return false;
  const at = source.reports.findIndex((report) => isOf(report, received, deviceTime));
  const report = source.reports[at]!;
  source.reports = rewriteReport(source.reports, at, event.data);
  report.deviceTime = deviceTime;
  // Whether an older report's interval was overtaken by one that left no other trace cannot be told any more.
  if (at === 0) {
    const before = source.declaredSeconds;
    declareInterval(source, event.data.interval_seconds, report.orderAt);
    if (source.declaredSeconds !== before) resumeSilence(record, rules.settings);
  }
  return true;
}

/** By position; and by the time received, because a position alone says nothing of its generation. */
function isOf(report: Report, { sequence, receivedAt }: ReceivedEvent, deviceTime: number | null): boolean {
  return (
    report.sequence === sequence &&
    (report.rankAt === receivedAt || report.rankAt === Math.min(deviceTime ?? receivedAt, receivedAt))
  );
}
