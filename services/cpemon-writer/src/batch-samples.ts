import {
  believableTime,
  olderReadings,
  withoutOlder,
  type CpeEvent,
  type DeviceRecord,
} from '@cpemon/domain';
import type { LaneRef, LoggedEvent } from '@cpemon/event-log';
import { createSampleChunk, deviceIdBytes } from '@cpemon/history';
import type { FreshChunk } from '@cpemon/store';

/** The samples of one lane's part of a batch, put into bytes as the events are applied. */
export interface BatchSamples {
  /**
   * What an event says, at its own time.
   * @param newer metrics that the relay read before the event, as far as they were new when it was applied
   */
  add(record: DeviceRecord, logged: LoggedEvent, newer: NewerReadings): void;
  /** Undefined when there are none. To be called when every device has its key. */
  chunk(): FreshChunk | undefined;
}

/** Whether a metric that was read at a time of its own makes a sample. */
export type NewerReadings = (metric: string, at: number) => boolean;

/** A sample that is older than this when it is received is too late for history (docs/limits.md). */
export const LATEST_SAMPLE_MS = 7 * 86_400_000;

export function createBatchSamples({ generation, lane }: LaneRef): BatchSamples {
  const chunk = createSampleChunk();
  const records: DeviceRecord[] = [];
  const put = (
    record: DeviceRecord,
    event: CpeEvent,
    at: number,
    receivedAt: number,
    metrics: Record<string, number>,
  ): void => {
    if (at < receivedAt - LATEST_SAMPLE_MS) return;
    const profile = event.data.profile ?? '';
    if (chunk.add(Math.trunc(at), event.source, profile, metrics)) records.push(record);
  };
  return {
    add(record, logged, newer) {
      const { event, receivedAt } = logged;
      const { data } = event;
      // Of a request like TransferComplete no value is taken over.
      if (data.metrics === undefined || event.type === 'cpemon.rpc.v1') return;
      const deviceTime = believableTime(event.time, receivedAt);
      const at = deviceTime ?? madeAt(record, logged);
      const older = olderReadings(data, deviceTime, receivedAt);
      if (older === null) {
        put(record, event, at, receivedAt, data.metrics);
        return;
      }
      put(record, event, at, receivedAt, withoutOlder(data, older).metrics ?? {});
      for (const { at: readAt, values } of older) {
        const fresh = Object.entries(values.metrics).filter(([metric]) => newer(metric, readAt));
        if (fresh.length > 0) put(record, event, readAt, receivedAt, Object.fromEntries(fresh));
      }
    },
    chunk() {
      if (records.length === 0) return undefined;
      const deviceIds = deviceIdBytes(records.map(({ deviceId }) => deviceId));
      return { generation, lane, deviceIds, payload: chunk.bytes() };
    },
  };
}

/**
 * Of an event that is about to be applied: a relay hands on values that are days old, and one that is not newer than
 * the stored one of its source makes no sample.
 */
export function newerThanStored(record: DeviceRecord, { event }: LoggedEvent): NewerReadings {
  if (event.data.read_at === undefined) return EVERY;
  const stored = new Map<string, number>();
  const source = record.sources.find(({ source: name }) => name === event.source);
  for (const { orderAt, metrics } of source?.reports ?? [])
    for (const metric in metrics) stored.set(metric, Math.max(orderAt, stored.get(metric) ?? -Infinity));
  return (metric, at) => at > (stored.get(metric) ?? -Infinity);
}

/** Of an event that is replayed: what was new when it was applied is known of values that are still stored. */
export function stillStored(record: DeviceRecord, { event, sequence }: LoggedEvent): NewerReadings {
  const source = record.sources.find(({ source: name }) => name === event.source);
  return (metric, at) =>
    source?.reports.some(
      (report) =>
        report.sequence === sequence && report.orderAt === at && Object.hasOwn(report.metrics, metric),
    ) === true;
}

const EVERY: NewerReadings = () => true;

/**
 * When a report without a time of its own was made, epoch ms: retained ones of one body keep their distance, as they do
 * in the order of the source's reports. To be called when it is applied.
 */
function madeAt(record: DeviceRecord, { event, receivedAt, sequence }: LoggedEvent): number {
  const { behind_ms: behind, behind_reports: reports } = event.data;
  if (behind === undefined && reports === undefined) return receivedAt;
  const source = record.sources.find(({ source: name }) => name === event.source);
  const report = source?.reports.find((candidate) => candidate.sequence === sequence);
  return report?.orderAt ?? receivedAt - (behind ?? 0);
}
