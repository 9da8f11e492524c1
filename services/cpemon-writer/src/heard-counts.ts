import {
  BOOT_CODE,
  expectedIntervalMs,
  pathOfSource,
  slotOf,
  sourceOfPath,
  staleAfterMs,
  startToldBy,
  type DeviceRecord,
  type ReachabilitySettings,
  type ReceivedEvent,
} from '@cpemon/domain';
import type { HeardKind, HeardRow } from '@cpemon/store';

/** What a lane has heard in a batch, by source and by model. */
export interface HeardCounts {
  /**
   * Counts an event that was applied.
   * @param heardBefore when its source was last heard of the device before, epoch ms
   */
  note(record: DeviceRecord, model: string | null, received: ReceivedEvent, heardBefore: number): void;
  rows(): HeardRow[];
}

const MINUTE_MS = 60_000;
/** Models that a lane counts in ten seconds: what devices say they are is not ours to bound. */
const MOST_MODELS = 100;
const LONGEST_NAME = 64;
/** The longest time a row can hold, ms: 49 days. */
const LONGEST_MS = 2 ** 32 - 1;

interface LaneSlot {
  at: number;
  /** By `source` of the events: profiles of bulk data share a row. */
  sources: Map<string, HeardRow | undefined>;
  models: Map<string, HeardRow>;
}

/** When a source of a device was last heard; -Infinity when it never was. */
export function lastHeard({ sources }: DeviceRecord, name: string): number {
  const known = sources[0]?.source === name ? sources[0] : sources.find(({ source }) => source === name);
  return known === undefined ? -Infinity : known.lastSeenAt;
}

export function createHeardCounts(lane: number, settings: ReachabilitySettings): HeardCounts {
  const slots = new Map<number, LaneSlot>();
  const rows: HeardRow[] = [];
  let slot: LaneSlot = newSlot(-Infinity);
  const addRow = (kind: HeardKind, name: string): HeardRow => {
    const known = rows.find((row) => row.at === slot.at && row.kind === kind && row.name === name);
    if (known !== undefined) return known;
    const row: HeardRow = {
      ...{ kind, name, lane, at: slot.at },
      ...{ reports: 0, deviceMinutes: 0, lastAt: 0, shortestStaleMs: LONGEST_MS },
      ...{ returned: 0, shortestReturnMs: null, longestReturnMs: null },
    };
    rows.push(row);
    return row;
  };
  const rowOfSource = (source: string): HeardRow | undefined => {
    if (slot.sources.has(source)) return slot.sources.get(source);
    const path = pathOfSource(source);
    const row = path === undefined ? undefined : addRow('source', sourceOfPath(path));
    slot.sources.set(source, row);
    return row;
  };
  const rowOfModel = (model: string | null): HeardRow | undefined => {
    if (model === null || model === '') return undefined;
    const known = slot.models.get(model);
    if (known !== undefined || slot.models.size >= MOST_MODELS) return known;
    const row = addRow('model', model.slice(0, LONGEST_NAME));
    slot.models.set(model, row);
    return row;
  };

  return {
    note(record, model, received, heardBefore) {
      const { event, receivedAt } = received;
      const [source] = record.sources;
      if (source === undefined || source.source !== event.source) return;
      const at = slotOf(receivedAt);
      if (slot.at !== at) {
        slot = slots.get(at) ?? newSlot(at);
        slots.set(at, slot);
      }
      const row = rowOfSource(event.source);
      if (row === undefined) return;
      const intervalMs = expectedIntervalMs(source, settings);
      const staleMs = staleAfterMs(intervalMs, settings);
      // A device counts once a minute, however often it reports.
      const isFirst = Math.floor(heardBefore / MINUTE_MS) !== Math.floor(receivedAt / MINUTE_MS);
      const minutes = isFirst ? Math.max(1, intervalMs / MINUTE_MS) : 0;
      count(row, receivedAt, minutes, staleMs);
      const ofModel = rowOfModel(model);
      if (ofModel === undefined) return;
      count(ofModel, receivedAt, minutes, staleMs);
      const missedMs = source.lastSeenAt - heardBefore;
      if (missedMs > staleMs && missedMs < LONGEST_MS && !hasBooted(received, missedMs)) {
        ofModel.returned += 1;
        ofModel.shortestReturnMs = Math.min(ofModel.shortestReturnMs ?? Infinity, missedMs);
        ofModel.longestReturnMs = Math.max(ofModel.longestReturnMs ?? 0, missedMs);
      }
    },
    rows: () => rows,
  };
}

const newSlot = (at: number): LaneSlot => ({ at, sources: new Map(), models: new Map() });

function count(row: HeardRow, receivedAt: number, minutes: number, staleMs: number): void {
  row.reports += 1;
  row.deviceMinutes += minutes;
  if (receivedAt > row.lastAt) row.lastAt = receivedAt;
  if (staleMs < row.shortestStaleMs) row.shortestStaleMs = staleMs;
}

function hasBooted({ event: { data }, receivedAt }: ReceivedEvent, missedMs: number): boolean {
  if (data.event_codes?.some((code) => BOOT_CODE.test(code)) === true) return true;
  const startedAt = startToldBy(data, receivedAt);
  return startedAt !== null && receivedAt - startedAt < missedMs;
}
