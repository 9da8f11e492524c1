import type { LaneBatch, LaneCounts, LoggedEvent, ParkedEvent, PreparedApply } from '@cpemon/event-log';
import { EventRefusedError, replayEvent, type JudgementRules } from '@cpemon/domain';
import {
  createStateStatements,
  describeDevices,
  encodeDeviceState,
  loadDevicesBySerial,
  type DeviceRow,
} from '@cpemon/store';
import type { CachedDevice } from './cached-device.js';
import type { DeviceUse } from './device-cache.js';
import { cachedDevice, scheduleDevice, type LaneMemory } from './lane-memory.js';
import type { ReadDatabase } from './read-database.js';

export interface ReplayContext {
  read: ReadDatabase;
  rules: JudgementRules;
  memoryOf: (batch: LaneBatch) => LaneMemory;
}

/** Devices that hold a value of a replayed event; each is written whole, as it is in memory. */
interface LaneReplay {
  batch: LaneBatch;
  memory: LaneMemory;
  use: DeviceUse;
  counts: LaneCounts & { leftOut: number };
  failed: ParkedEvent[];
  rewritten: Set<CachedDevice>;
  /** Those of `rewritten` whose row of `devices` holds one of the values. */
  described: Set<CachedDevice>;
}

/**
 * Decides the effect of events that were applied before: values that are still theirs are written again, so that a
 * wrong one is right afterwards and a right one the same. No counter, transition or sign of life comes of it. Events of
 * devices that nobody knows are left out, and one that fails keeps no other back.
 */
export async function prepareReplay(
  batches: readonly LaneBatch[],
  { read, rules, memoryOf }: ReplayContext,
): Promise<PreparedApply> {
  const replays = batches.map((batch) => beginReplay(batch, memoryOf(batch)));
  for (const replay of replays) {
    const events = [...replay.batch.events];
    // Read before anything is changed, so that an error leaves what is in memory as it is.
    const devices = await devicesOf(replay.use, events, read, rules);
    replayLane(replay, events, devices, rules);
  }
  const states = createStateStatements();
  const descriptions: DeviceRow[] = [];
  for (const replay of replays) addRows(replay, states, descriptions);
  return {
    counts: replays.map(({ counts }) => counts),
    parked: replays.flatMap(({ failed }) => failed),
    async write(transaction) {
      await describeDevices(transaction, descriptions);
      await states.write(transaction);
    },
    committed() {
      for (const { memory, use, rewritten } of replays) {
        for (const device of rewritten) scheduleDevice(memory, device);
        use.done();
      }
    },
  };
}

function beginReplay(batch: LaneBatch, memory: LaneMemory): LaneReplay {
  const { generation, lane } = batch;
  return {
    ...{ batch, memory, use: memory.devices.beginUse() },
    counts: { generation, lane, duplicates: 0, late: 0, devices: 0, leftOut: 0 },
    ...{ failed: [], rewritten: new Set(), described: new Set() },
  };
}

/** By serial number. What is not in memory is not kept there: a replay must not drive out the devices that report. */
async function devicesOf(
  use: DeviceUse,
  events: readonly LoggedEvent[],
  read: ReadDatabase,
  { settings }: JudgementRules,
): Promise<Map<string, CachedDevice[]>> {
  const devices = new Map<string, CachedDevice[]>();
  const unknown: string[] = [];
  for (const { event } of events) {
    if (devices.has(event.subject)) continue;
    const known = use.bySerial(event.subject);
    if (known === undefined) unknown.push(event.subject);
    devices.set(event.subject, known ?? []);
  }
  if (unknown.length > 0) {
    const found = await read((connection) => loadDevicesBySerial(connection, unknown, settings));
    for (const stored of found) devices.get(stored.record.serialNumber)?.push(cachedDevice(stored));
  }
  return devices;
}

function replayLane(
  { batch, counts, failed, rewritten, described }: LaneReplay,
  events: readonly LoggedEvent[],
  devices: ReadonlyMap<string, CachedDevice[]>,
  rules: JudgementRules,
): void {
  const { generation, lane } = batch;
  const attempt = { ...rules, attemptAt: batch.attemptAt };
  for (const logged of events) {
    const refusal = batch.refusals.get(logged.sequence);
    if (refusal !== undefined) {
      failed.push({ generation, lane, logged, refusal });
      continue;
    }
    const known = (devices.get(logged.event.subject) ?? []).filter(({ record }) => record.deviceId !== 0);
    if (known.length === 0) counts.leftOut += 1;
    try {
      // Which device an event was of was decided by what was known then; who holds its values tells.
      const device = known.find(({ record }) => replayEvent(record, logged, attempt));
      if (device === undefined) continue;
      rewritten.add(device);
      const { manufacturer, model } = logged.event.data.attributes ?? {};
      if (manufacturer !== undefined || model !== undefined) described.add(device);
    } catch (error) {
      const reason = error instanceof EventRefusedError ? error.reason : 'refused';
      const cause = error instanceof Error ? error.message : String(error);
      failed.push({ generation, lane, logged, refusal: { reason, cause } });
    }
  }
  counts.devices = rewritten.size;
}

function addRows(
  { batch, rewritten, described }: LaneReplay,
  states: ReturnType<typeof createStateStatements>,
  descriptions: DeviceRow[],
): void {
  const place = { generation: batch.generation, lane: batch.lane };
  const inOrder = [...rewritten].sort((a, b) => a.record.deviceId - b.record.deviceId);
  for (const device of inOrder) {
    const { record } = device;
    const { sql, manufacturer, model } = encodeDeviceState(record, place.generation, place.lane);
    states.add(record.deviceId, sql);
    if (!described.has(device) && manufacturer === device.manufacturer && model === device.model) continue;
    device.manufacturer = manufacturer;
    device.model = model;
    const { serialNumber, oui, productClass } = record;
    const source = record.sources[0]?.source ?? '';
    descriptions.push({ record, serialNumber, oui, productClass, manufacturer, model, source, ...place });
  }
}
