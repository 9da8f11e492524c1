import type { LaneBatch, LaneCounts, LoggedEvent, ParkedEvent, PreparedApply } from '@cpemon/event-log';
import {
  EventRefusedError,
  believableTime,
  identityOf,
  inKnownVersion,
  matchIdentity,
  replayEvent,
  type EventVersions,
  type JudgementRules,
} from '@cpemon/domain';
import {
  addFreshChunks,
  createStateStatements,
  describeDevices,
  encodeDeviceState,
  loadDevicesBySerial,
  type DeviceRow,
} from '@cpemon/store';
import { createBatchSamples, stillStored, thinnedAgain, type BatchSamples } from './batch-samples.js';
import type { CachedDevice } from './cached-device.js';
import type { DeviceUse } from './device-cache.js';
import type { ErasureGate } from './erasure-gate.js';
import { cachedDevice, scheduleDevice, type LaneMemory } from './lane-memory.js';
import type { ReadDatabase } from './read-database.js';
import { readGroupsBefore, regroupFleet, type Regrouping } from './regroup-fleet.js';

export interface ReplayContext {
  read: ReadDatabase;
  rules: JudgementRules;
  memoryOf: (batch: LaneBatch) => LaneMemory;
  versions: EventVersions;
  erasureGate: ErasureGate;
  /** Whether samples are kept as history. */
  history: boolean;
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
  samples: BatchSamples | undefined;
}

/**
 * Decides the effect of events that were applied before: values that are still theirs are written again, so that a
 * wrong one is right afterwards and a right one the same. No counter, transition or sign of life comes of it. Events of
 * devices that nobody knows are left out, and one that fails keeps no other back.
 */
export async function prepareReplay(
  batches: readonly LaneBatch[],
  { read, rules, memoryOf, versions, erasureGate, history }: ReplayContext,
): Promise<PreparedApply> {
  const replays = batches.map((batch) => beginReplay(batch, memoryOf(batch), history));
  for (const replay of replays) {
    const events = [...replay.batch.events];
    // Read before anything is changed, so that an error leaves what is in memory as it is.
    const devices = await devicesOf(replay.use, events, read, rules);
    await erasureGate.load([{ batch: replay.batch, events }]);
    replayLane(replay, events, devices, rules, versions, erasureGate);
  }
  const states = createStateStatements();
  const descriptions: DeviceRow[] = [];
  const regrouped: Regrouping = { moved: [], commanded: [] };
  for (const replay of replays) addRows(replay, states, descriptions, regrouped);
  return {
    counts: replays.map(({ counts }) => counts),
    parked: replays.flatMap(({ failed }) => failed),
    async write(transaction) {
      const before = await readGroupsBefore(transaction, regrouped);
      await describeDevices(transaction, descriptions);
      await states.write(transaction);
      await regroupFleet(transaction, regrouped, before);
      await addFreshChunks(
        transaction,
        replays.flatMap(({ samples }) => samples?.chunk() ?? []),
      );
    },
    committed() {
      for (const { memory, use, rewritten } of replays) {
        for (const device of rewritten) scheduleDevice(memory, device);
        use.done();
      }
    },
  };
}

function beginReplay(batch: LaneBatch, memory: LaneMemory, history: boolean): LaneReplay {
  const { generation, lane } = batch;
  return {
    ...{ batch, memory, use: memory.devices.beginUse() },
    counts: { generation, lane, duplicates: 0, late: 0, devices: 0, leftOut: 0 },
    ...{ failed: [], rewritten: new Set(), described: new Set() },
    samples: history ? createBatchSamples(batch) : undefined,
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
  { batch, memory, counts, failed, rewritten, described, samples }: LaneReplay,
  events: readonly LoggedEvent[],
  devices: ReadonlyMap<string, CachedDevice[]>,
  rules: JudgementRules,
  versions: EventVersions,
  erasureGate: ErasureGate,
): void {
  const { generation, lane } = batch;
  const attempt = { ...rules, attemptAt: batch.attemptAt };
  for (const sent of events) {
    const refusal = batch.refusals.get(sent.sequence);
    if (refusal !== undefined) {
      failed.push({ generation, lane, logged: sent, refusal });
      continue;
    }
    if (erasureGate.covers(memory, sent)) {
      counts.leftOut += 1;
      continue;
    }
    const known = (devices.get(sent.event.subject) ?? []).filter(({ record }) => record.deviceId !== 0);
    if (known.length === 0) counts.leftOut += 1;
    try {
      const logged = inKnownVersion(sent, versions);
      // Which device an event was of was decided by what was known then; who holds its values tells.
      const device = known.find(({ record }) => replayEvent(record, logged, attempt));
      if (samples !== undefined) addAgain(samples, known, device, logged);
      if (device === undefined) continue;
      rewritten.add(device);
      const { manufacturer, model } = logged.event.data.attributes ?? {};
      if (manufacturer !== undefined || model !== undefined) described.add(device);
    } catch (error) {
      const reason = error instanceof EventRefusedError ? error.reason : 'refused';
      const cause = error instanceof Error ? error.message : String(error);
      failed.push({ generation, lane, logged: sent, refusal: { reason, cause } });
    }
  }
  counts.devices = rewritten.size;
}

function addRows(
  { batch, rewritten, described }: LaneReplay,
  states: ReturnType<typeof createStateStatements>,
  descriptions: DeviceRow[],
  regrouped: Regrouping,
): void {
  const place = { generation: batch.generation, lane: batch.lane };
  const inOrder = [...rewritten].sort((a, b) => a.record.deviceId - b.record.deviceId);
  for (const device of inOrder) {
    const { record } = device;
    const { sql, swVersion, manufacturer, model } = encodeDeviceState(record, place.generation, place.lane);
    states.add(record.deviceId, sql);
    if (model !== device.model || swVersion !== device.swVersion) {
      const { reachability } = record;
      regrouped.moved.push({ ...record, lane: place.lane, record, reachability, model, firmware: swVersion });
      device.swVersion = swVersion;
    }
    if (!described.has(device) && manufacturer === device.manufacturer && model === device.model) continue;
    device.manufacturer = manufacturer;
    device.model = model;
    const { serialNumber, oui, productClass } = record;
    const source = record.sources[0]?.source ?? '';
    descriptions.push({ record, serialNumber, oui, productClass, manufacturer, model, source, ...place });
  }
}

/**
 * A sample is found again by the event's own time. One without could be a repeat that had another time of receipt: it
 * adds nothing unless its values are the stored ones.
 */
function addAgain(
  samples: BatchSamples,
  known: readonly CachedDevice[],
  holder: CachedDevice | undefined,
  logged: LoggedEvent,
): void {
  const { event, receivedAt } = logged;
  if (holder === undefined && believableTime(event.time, receivedAt) === null) return;
  const records = known.map(({ record }) => record);
  const record =
    holder?.record ?? (records.length === 1 ? records[0] : matchIdentity(records, identityOf(event)));
  if (record === undefined || record === null) return;
  samples.add(record, logged, stillStored(record, logged), thinnedAgain(record, logged));
}
