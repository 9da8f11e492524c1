import type { DeviceRecord, SourceRecord } from '../device-record.js';
import type { CpeEvent } from '../event.js';
import { olderReadings, withoutOlder } from '../older-readings.js';
import { settleSilence } from '../telemetry-silence.js';
import type { TimelineEntry } from '../timeline.js';
import { resumeConditions } from './conditions.js';
import type { HealthRules } from './health-rules.js';
import { judgeReadings } from './judge-readings.js';

/** An event whose values were taken over, as the newest of its source. */
export interface JudgedEvent {
  event: CpeEvent;
  sequence: number;
  receivedAt: number;
}

/**
 * Judges the values of an event by the rules. To be called for events that were applied, not for late ones: what they
 * say of the past ends or begins nothing. And before the event changes the device's reachability: health stands still
 * while a device is offline.
 * @param at when the values were read, epoch ms
 */
export function judgeHealth(
  record: DeviceRecord,
  source: SourceRecord,
  { event, sequence, receivedAt }: JudgedEvent,
  deviceTime: number | null,
  at: number,
  rules: HealthRules,
  timeline: TimelineEntry[],
): void {
  const { data } = event;
  if (data.metrics === undefined || event.type === 'cpemon.rpc.v1') return;
  if (record.reachability === 'offline') resumeConditions(record);
  if (record.conditions !== null) settleSilence(record, at, timeline);
  const older = olderReadings(data, deviceTime, receivedAt);
  if (older === null) {
    judgeReadings(record, data.metrics, at, rules, timeline);
    return;
  }
  // Those that were read first come first; one that is not newer than what was known says nothing new.
  for (const { at: readAt, values } of older.toReversed()) {
    const taken = source.reports.find((report) => report.sequence === sequence && report.orderAt === readAt);
    if (taken !== undefined) judgeReadings(record, values.metrics, readAt, rules, timeline);
  }
  judgeReadings(record, withoutOlder(data, older).metrics ?? {}, at, rules, timeline);
}
