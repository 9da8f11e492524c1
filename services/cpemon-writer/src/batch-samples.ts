import {
  believableTime,
  isChatty,
  isOneMore,
  olderReadings,
  thinningMs,
  withoutOlder,
  type CpeEvent,
  type DeviceRecord,
  type SourceRecord,
} from '@cpemon/domain';
import type { LaneRef, LoggedEvent } from '@cpemon/event-log';
import { chunkOfSamples, createSampleChunk, deviceIdBytes, readSampleChunk } from '@cpemon/history';
import type { FreshChunk } from '@cpemon/store';

/** The samples of one lane's part of a batch, put into bytes as the events are applied. */
export interface BatchSamples {
  /**
   * What an event says, at its own time.
   * @param newer metrics that the relay read before the event, as far as they were new when it was applied
   * @param kept values that history keeps; absent: all
   */
  add(record: DeviceRecord, logged: LoggedEvent, newer: NewerReadings, kept?: KeptValues): void;
  /** Takes out what was added of devices that are erased. */
  drop(records: ReadonlySet<DeviceRecord>): void;
  /** Undefined when there are none. To be called when every device has its key. */
  chunk(): FreshChunk | undefined;
}

/** Whether a metric that was read at a time of its own makes a sample. */
export type NewerReadings = (metric: string, at: number) => boolean;

/** Whether a value makes a sample although its device is chatty. */
export type KeptValues = (metric: string, at: number) => boolean;

/** A sample that is older than this when it is received is too late for history (docs/limits.md). */
export const LATEST_SAMPLE_MS = 7 * 86_400_000;

export function createBatchSamples({ generation, lane }: LaneRef): BatchSamples {
  const chunk = createSampleChunk();
  const records: DeviceRecord[] = [];
  const dropped = new Set<DeviceRecord>();
  const put = (
    record: DeviceRecord,
    event: CpeEvent,
    at: number,
    receivedAt: number,
    metrics: Record<string, number>,
    kept: KeptValues | undefined,
  ): void => {
    if (at < receivedAt - LATEST_SAMPLE_MS) return;
    const values = kept === undefined ? metrics : valuesKept(metrics, at, kept);
    const profile = event.data.profile ?? '';
    if (chunk.add(Math.trunc(at), event.source, profile, values)) records.push(record);
  };
  return {
    add(record, logged, newer, kept) {
      const { event, receivedAt } = logged;
      const { data } = event;
      // Of a request like TransferComplete no value is taken over.
      if (data.metrics === undefined || event.type === 'cpemon.rpc.v1') return;
      const deviceTime = believableTime(event.time, receivedAt);
      const at = deviceTime ?? madeAt(record, logged);
      const older = olderReadings(data, deviceTime, receivedAt);
      if (older === null) {
        put(record, event, at, receivedAt, data.metrics, kept);
        return;
      }
      put(record, event, at, receivedAt, withoutOlder(data, older).metrics ?? {}, kept);
      for (const { at: readAt, values } of older) {
        const fresh = Object.entries(values.metrics).filter(([metric]) => newer(metric, readAt));
        if (fresh.length > 0) put(record, event, readAt, receivedAt, Object.fromEntries(fresh), kept);
      }
    },
    drop(gone) {
      for (const record of gone) dropped.add(record);
    },
    chunk() {
      const kept = dropped.size === 0 ? records : records.filter((record) => !dropped.has(record));
      if (kept.length === 0) return undefined;
      const deviceIds = deviceIdBytes(kept.map(({ deviceId }) => deviceId));
      if (kept.length === records.length) return { generation, lane, deviceIds, payload: chunk.bytes() };
      const samples = readSampleChunk(chunk.bytes()).filter((_, index) => !dropped.has(records[index]!));
      return { generation, lane, deviceIds, payload: chunkOfSamples(samples) };
    },
  };
}

const valuesKept = (metrics: Record<string, number>, at: number, kept: KeptValues): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).filter(([metric]) => kept(metric, at)));

/**
 * Of an event that is about to be applied: what history keeps of a chatty device is one sample of each metric in every
 * ten seconds. Undefined of any other device.
 */
export function thinnedOfChatty(record: DeviceRecord, logged: LoggedEvent): KeptValues | undefined {
  if (!isChatty(record)) return undefined;
  const source = record.sources.find(({ source: name }) => name === logged.event.source);
  if (source === undefined) return undefined;
  const everyMs = thinningMs(source);
  const stored = newestOfEach(source);
  return (metric, at) => !isOneMore(at, stored.get(metric) ?? -Infinity, everyMs);
}

/**
 * Of an event that is replayed: which of a chatty device's values had a sample is not known any more, but for those that
 * are still stored.
 */
export function thinnedAgain(record: DeviceRecord, logged: LoggedEvent): KeptValues | undefined {
  const since = record.reportRate?.chattySince ?? null;
  return since === null || logged.receivedAt < since ? undefined : stillStored(record, logged);
}

/**
 * Of an event that is about to be applied: a relay hands on values that are days old, and one that is not newer than
 * the stored one of its source makes no sample.
 */
export function newerThanStored(record: DeviceRecord, { event }: LoggedEvent): NewerReadings {
  if (event.data.read_at === undefined) return EVERY;
  const source = record.sources.find(({ source: name }) => name === event.source);
  const stored = newestOfEach(source);
  return (metric, at) => at > (stored.get(metric) ?? -Infinity);
}

/** When each metric of a source was last told, epoch ms. */
function newestOfEach(source: SourceRecord | undefined): Map<string, number> {
  const stored = new Map<string, number>();
  for (const { orderAt, metrics } of source?.reports ?? [])
    for (const metric in metrics) stored.set(metric, Math.max(orderAt, stored.get(metric) ?? -Infinity));
  return stored;
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
