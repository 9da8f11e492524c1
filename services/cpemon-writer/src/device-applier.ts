import {
  EventFailedError,
  createParkingSieve,
  type LaneApplier,
  type LaneBatch,
  type LaneCounts,
  type LaneRef,
  type LoggedEvent,
  type ParkingSieve,
  type PreparedApply,
} from '@cpemon/event-log';
import { slicesOf, type BatchSlice } from './batch-slices.js';
import { othersTurn } from './others-turn.js';
import {
  EVENT_VERSIONS,
  COMMAND_EVENT_TYPE,
  ERASE_EVENT_TYPE,
  EventRefusedError,
  applyEvent,
  applySignOfLife,
  identityOf,
  inKnownVersion,
  judgeAtWatermark,
  matchIdentity,
  refuseUnlessApplicable,
  type EventVersions,
  type JudgementRules,
  type MergeMode,
  type Reachability,
  type AdmissionRules,
  type ChattyChange,
  type ConditionChange,
  type Health,
  type HealthChange,
  type HealthRules,
  type Severity,
  type IdentityFinding,
  type ReachabilitySettings,
  type TimelineEntry,
  type Transition,
} from '@cpemon/domain';
import { clearLane, loadDevicesById, loadDevicesBySerial } from '@cpemon/store';
import type { Tracing } from '@cpemon/tracing';
import { createAdmission, type AdmissionGate } from './admission-gate.js';
import { beginBatchTraces, type BatchTraces } from './apply-traces.js';
import { addLaneEffect, newBatchEffect, writeBatchEffect, type BatchEffect } from './batch-effect.js';
import { createBatchSamples, newerThanStored, thinnedOfChatty, type BatchSamples } from './batch-samples.js';
import type { CachedDevice } from './cached-device.js';
import type { Coverage } from './coverage/coverage.js';
import type { DeviceUse } from './device-cache.js';
import { eraseFromBatch, type BatchErasure } from './erase-from-batch.js';
import { createErasureGate } from './erasure-gate.js';
import { createHeardCounts, lastHeard, type HeardCounts } from './heard-counts.js';
import { createIntakeWatch } from './intake-watch.js';
import { isErasedDevice } from './lane-erasures.js';
import {
  cachedDevice,
  deviceOfEvent,
  loadLaneMemory,
  postponeAtRest,
  scheduleDevice,
  type LaneMemory,
} from './lane-memory.js';
import { noteFindings, noteRenamed } from './namesakes.js';
import type { ReadDatabase } from './read-database.js';
import { noteCommand, type CommandedDevice } from './regroup-fleet.js';
import { prepareReplay } from './replay-apply.js';

export interface DeviceApplierOptions {
  read: ReadDatabase;
  settings: ReachabilitySettings;
  /** Who becomes a device; absent: anyone. */
  admission?: AdmissionRules;
  /** What becomes of a box that comes with another product class; absent: a device of its own. */
  merge?: MergeMode;
  /** Devices kept in memory and the bytes they may take, all lanes together. */
  cachedDevices: number;
  cachedBytes: number;
  /** Whether samples are kept as history. */
  history?: boolean;
  /** Counts what each model sends; nothing is counted while absent. */
  coverage?: Pick<Coverage, 'note'>;
  /** The health rules in force; none while undefined. */
  healthRules?: () => HealthRules | undefined;
  /** Versions of event types that are read as others; absent: those of this release. */
  versions?: EventVersions;
  /** Clock of this process, ms; absent: its own. */
  monotonicMs?: () => number;
  /** Records what becomes of events whose traces are recorded; absent: there are no traces. */
  tracing?: Tracing | undefined;
  /** Called for each transition that is committed, but for a device's first. */
  onTransition?: (to: Reachability) => void;
  /** Called for each committed condition that has opened or closed, and each change of health. */
  onCondition?: (state: ConditionChange['state'], severity: Severity) => void;
  onHealth?: (to: Health) => void;
  /** Called when it is committed that a device has become chatty, or normal again. */
  onChatty?: (change: 'began' | 'ended') => void;
}

export interface DeviceApplier extends LaneApplier {
  /** Serial numbers in memory now, and bytes of those at rest. */
  cached(): { devices: number; bytes: number };
}

/**
 * Deadlines judged in one batch, of all its lanes together; more of them wait for the next, a second later at most.
 * Halved when a batch cannot be written, as its events are: a fleet that falls silent at once must not make transactions
 * that outlast every deadline of a statement.
 */
const DEADLINES_A_BATCH = 20_000;
const FEWEST_DEADLINES = 500;
/**
 * Events that stand in memory at once, and that are applied without a pause: few enough to die young in the garbage
 * collector and to let the batch before, which is being written meanwhile, send its next statement soon.
 */
const EVENTS_A_SLICE = 400;

interface PreparedLane {
  batch: LaneBatch;
  memory: LaneMemory;
  use: DeviceUse;
  sieve: ParkingSieve;
  counts: LaneCounts;
  changed: ChangedDevices;
  identified: Set<CachedDevice>;
  transitions: Transition[];
  timeline: TimelineEntry[];
  findings: IdentityFinding[];
  gate: AdmissionGate | undefined;
  commanded: CommandedDevice[];
  samples: BatchSamples | undefined;
  traces: BatchTraces | undefined;
  /** The trace of the event that brought a transition or an entry about, where it is recorded. */
  causes: Map<Transition | TimelineEntry, string>;
  heard: HeardCounts;
  erasures: BatchErasure[];
  /** Those of `changed` that get their key when they are written. */
  added: CachedDevice[];
}

interface ChangedDevices {
  devices: CachedDevice[];
  add(device: CachedDevice): void;
  remove(device: CachedDevice): void;
}

/** A set that costs less than one: each device knows the last batch that changed it. */
function collectChanged(batchNumber: number): ChangedDevices {
  const devices: CachedDevice[] = [];
  return {
    devices,
    add(device) {
      if (device.changedIn === batchNumber) return;
      device.changedIn = batchNumber;
      devices.push(device);
    },
    remove(device) {
      const place = devices.indexOf(device);
      if (place >= 0) devices.splice(place, 1);
    },
  };
}

/** Dead letters met again are counted as such, and an erasure that failed is parked like any other event. */
const isPassed = ({ elsewhere, refusals }: LaneBatch, { sequence }: LoggedEvent): boolean =>
  elsewhere?.has(sequence) === true || refusals.has(sequence);

const keyOf = ({ generation, lane }: LaneRef): string => `${generation}/${lane}`;

/**
 * Keeps the device tables: what the writers' consumer group does with its events. A batch may be prepared while the
 * one before it is being written, as long as they are written in that order and one that fails closes their lanes.
 */
export function createDeviceApplier(options: DeviceApplierOptions): DeviceApplier {
  const { read, settings } = options;
  const lanes = new Map<string, LaneMemory>();
  const intake = createIntakeWatch(read, options.monotonicMs);
  const erasureGate = createErasureGate(read);
  const openGate = createAdmission(read, options.admission ?? { mode: 'open', newDevicesPerHour: 0 });
  const versions = options.versions ?? EVENT_VERSIONS;
  let batchNumber = 0;
  let deadlinesABatch = DEADLINES_A_BATCH;

  const asKnown = (lane: number, sent: LoggedEvent): LoggedEvent => {
    try {
      return inKnownVersion(sent, versions);
    } catch (error) {
      throw new EventFailedError(lane, sent.sequence, error);
    }
  };

  const memoryOf = (lane: LaneRef): LaneMemory => {
    const memory = lanes.get(keyOf(lane));
    if (memory === undefined)
      throw new Error(`lane ${lane.lane} of generation ${lane.generation} is not open`);
    return memory;
  };

  /**
   * The devices with the serial number of each event, part by part; what is not in memory is read, in one query for
   * all lanes.
   */
  const devicesOfEvents = async (
    slice: BatchSlice,
    useOf: (batch: LaneBatch) => DeviceUse,
  ): Promise<CachedDevice[][][]> => {
    const unknown = new Map<string, { devices: CachedDevice[]; use: DeviceUse }>();
    const devices = slice.map(({ batch, events }) => {
      const use = useOf(batch);
      return events.map(({ event: { subject } }) => {
        const known = use.bySerial(subject);
        if (known !== undefined) return known;
        const toLoad: CachedDevice[] = [];
        use.put(subject, toLoad);
        unknown.set(subject, { devices: toLoad, use });
        return toLoad;
      });
    });
    if (unknown.size > 0) {
      const found = await read((connection) =>
        loadDevicesBySerial(connection, [...unknown.keys()], settings),
      );
      for (const stored of found) unknown.get(stored.record.serialNumber)?.devices.push(cachedDevice(stored));
      for (const [serialNumber, { use }] of unknown) use.identify(serialNumber);
    }
    return devices;
  };

  /** The devices with these keys and those that share a serial number with one of them, by serial number. */
  const loadWithNamesakes = async (deviceIds: number[]): Promise<Iterable<CachedDevice[]>> => {
    const found = await read((connection) => loadDevicesById(connection, deviceIds, settings));
    const bySerial = new Map<string, CachedDevice[]>();
    for (const stored of found) {
      const { serialNumber } = stored.record;
      const devices = bySerial.get(serialNumber);
      if (devices === undefined) bySerial.set(serialNumber, [cachedDevice(stored)]);
      else devices.push(cachedDevice(stored));
    }
    return bySerial.values();
  };

  const judgeDeadlines = async (
    { memory, use, changed, transitions, timeline }: PreparedLane,
    watermark: number,
    rules: JudgementRules,
    most: number,
  ): Promise<void> => {
    const due = new Set<CachedDevice>();
    const notCached: number[] = [];
    memory.wheel.pop(watermark, most, (deviceId, bucket) => {
      if (isErasedDevice(memory.erased, deviceId)) return;
      if (postponeAtRest(memory, deviceId, bucket, watermark)) return;
      const device = use.byId(deviceId);
      if (device === undefined) notCached.push(deviceId);
      // Otherwise the device has a later entry, made when it was loaded anew.
      else if (device.wheelBucket === bucket || device.wheelBucket === Infinity) due.add(device);
    });
    if (notCached.length > 0) {
      const wanted = new Set(notCached);
      for (const devices of await loadWithNamesakes(notCached)) {
        use.put(devices[0]!.record.serialNumber, devices);
        for (const device of devices) if (wanted.has(device.record.deviceId)) due.add(device);
      }
    }
    for (const device of due) {
      device.wheelBucket = Infinity;
      if (device.record.quietUntil < watermark) {
        const before = transitions.length + timeline.length;
        judgeAtWatermark(device.record, watermark, rules, transitions, timeline);
        if (transitions.length + timeline.length > before) changed.add(device);
      }
      scheduleDevice(memory, device);
    }
  };

  const beginLane = (
    batch: LaneBatch,
    gate: AdmissionGate | undefined,
    traces: BatchTraces | undefined,
  ): PreparedLane => {
    batchNumber += 1;
    const memory = memoryOf(batch);
    return {
      batch,
      memory,
      use: memory.devices.beginUse(),
      sieve: createParkingSieve(batch),
      counts: { generation: batch.generation, lane: batch.lane, duplicates: 0, late: 0, devices: 0 },
      changed: collectChanged(batchNumber),
      identified: new Set(),
      ...{ transitions: [], timeline: [], findings: [], gate, commanded: [] },
      samples: options.history === true ? createBatchSamples(batch) : undefined,
      traces,
      causes: new Map(),
      heard: createHeardCounts(batch.lane, settings),
      ...{ erasures: [], added: [] },
    };
  };

  const applyEvents = (
    prepared: PreparedLane,
    events: BatchSlice[number]['events'],
    devices: readonly CachedDevice[][],
    rules: JudgementRules,
  ): void => {
    const { batch, sieve, counts, changed, identified, transitions, timeline } = prepared;
    const attempt = { ...rules, attemptAt: batch.attemptAt };
    const { gate, memory, traces, causes } = prepared;
    let admitted: LoggedEvent;
    const admits = gate === undefined ? undefined : () => gate.admits(batch, memory, admitted);
    for (const [index, sent] of events.entries()) {
      const logged = asKnown(counts.lane, sent);
      admitted = logged;
      const followed = traces?.follow(batch, sent);
      try {
        if (erasureGate.covers(memory, sent) && !isPassed(batch, sent)) {
          counts.erased = (counts.erased ?? 0) + 1;
          continue;
        }
        // What waits of the device goes with it, so this does not wait behind it.
        if (sent.event.type === ERASE_EVENT_TYPE && !isPassed(batch, sent)) {
          const tombstone = erasureGate.bury(memory, batch, sent, devices[index]!);
          if (tombstone !== undefined) eraseFromBatch(prepared, devices[index]!, sent, tombstone);
          continue;
        }
        if (!sieve.lets(sent)) {
          if (batch.mode === 'live') noteSignOfLife(prepared, logged, devices[index]!, rules);
          continue;
        }
        refuseUnlessApplicable(logged, attempt);
        const known = devices[index]!;
        if (logged.event.type === COMMAND_EVENT_TYPE) {
          noteCommand(prepared.commanded, batch.lane, known, logged.event);
          continue;
        }
        const before = known.length;
        const device = deviceOfEvent(known, logged.event, logged.receivedAt, {
          ...{ identified, admits },
          renamed:
            options.merge === 'certain' ? (box, from) => noteRenamed(prepared, box, from, logged) : undefined,
        });
        if (device === undefined) {
          counts.quarantined = (counts.quarantined ?? 0) + 1;
          continue;
        }
        const received = batch.mode === 'live' ? logged : { ...logged, judgedAt: batch.watermark };
        const newer = prepared.samples && newerThanStored(device.record, logged);
        const kept = prepared.samples && thinnedOfChatty(device.record, logged);
        const heardBefore = lastHeard(device.record, logged.event.source);
        const transitionsBefore = transitions.length;
        const entriesBefore = timeline.length;
        const outcome = applyEvent(device.record, received, attempt, transitions, timeline);
        if (followed !== undefined) {
          followed.attributes['cpemon.outcome'] = outcome;
          for (const one of transitions.slice(transitionsBefore)) causes.set(one, followed.traceparent);
          for (const one of timeline.slice(entriesBefore)) causes.set(one, followed.traceparent);
        }
        if (batch.mode === 'live') prepared.heard.note(device.record, device.model, logged, heardBefore);
        if (newer && outcome !== 'duplicate') prepared.samples?.add(device.record, logged, newer, kept);
        if (outcome !== 'duplicate') options.coverage?.note(device, logged.event, logged.receivedAt);
        if (outcome === 'duplicate') counts.duplicates += 1;
        else if (outcome === 'late') counts.late += 1;
        changed.add(device);
        if (known.length > 1 || known.length > before) {
          const told = { isNew: known.length > before, at: logged.receivedAt };
          noteFindings(prepared.findings, prepared.memory.conflicts, device, known, told);
        }
      } catch (error) {
        if (!(error instanceof EventRefusedError))
          throw new EventFailedError(counts.lane, logged.sequence, error);
        sieve.refuse(sent, { reason: error.reason, cause: error.message });
        traces?.refused(batch, sent, error.reason, followed);
        if (batch.mode === 'live') noteSignOfLife(prepared, logged, devices[index]!, rules);
      }
    }
  };

  /** Of a device that nobody knows yet nothing is kept: it begins with its first event that is applied. */
  const noteSignOfLife = (
    { changed, transitions, timeline }: PreparedLane,
    logged: LoggedEvent,
    known: readonly CachedDevice[],
    rules: JudgementRules,
  ): void => {
    if (logged.event.type === COMMAND_EVENT_TYPE || logged.event.type === ERASE_EVENT_TYPE) return;
    const record = matchIdentity(
      known.map((device) => device.record),
      identityOf(logged.event),
    );
    const device = known.find((candidate) => candidate.record === record);
    if (device === undefined) return;
    applySignOfLife(device.record, logged, rules, transitions, timeline);
    changed.add(device);
  };

  const finishLane = async (
    prepared: PreparedLane,
    rules: JudgementRules,
    effect: BatchEffect,
    mostDeadlines: number,
  ): Promise<void> => {
    const { batch, changed, identified, transitions } = prepared;
    prepared.counts.devices = changed.devices.length;
    if (batch.mode === 'live') await judgeDeadlines(prepared, batch.watermark, rules, mostDeadlines);
    await addLaneEffect(effect, batch, changed.devices, identified, transitions);
    for (const entry of prepared.timeline) {
      effect.timeline.push(entry);
      effect.lanes.set(entry.record, batch.lane);
    }
    for (const [entry, cause] of prepared.causes) effect.causes.set(entry, cause);
    for (const row of prepared.heard.rows()) effect.heard.push(row);
    if (prepared.samples) effect.samples.push(prepared.samples);
    for (const finding of prepared.findings) effect.findings.push(finding);
    for (const command of prepared.commanded) effect.commanded.push(command);
    for (const erasure of prepared.erasures) effect.erasures.push(erasure);
    prepared.added = changed.devices.filter(({ record }) => record.deviceId === 0);
  };

  return {
    async openLane(lane) {
      await erasureGate.refresh();
      lanes.set(keyOf(lane), await loadLaneMemory(lane, read, settings));
    },
    closeLane(lane) {
      lanes.delete(keyOf(lane));
    },
    clearLane: (lane, transaction, maxRows) => clearLane(transaction, lane, maxRows, options.history),
    async prepare(batches): Promise<PreparedApply> {
      await intake.refresh(Math.max(...batches.map(({ watermark }) => watermark)));
      for (const batch of batches) {
        memoryOf(batch).devices.trim(options.cachedDevices / lanes.size, options.cachedBytes / lanes.size);
      }
      const rules: JudgementRules = {
        ...{ settings, intake: intake.history(), models: intake.models() },
        health: options.healthRules?.(),
      };
      if (batches.some(({ mode }) => mode === 'replay'))
        return prepareReplay(batches, {
          read,
          rules,
          memoryOf,
          versions,
          erasureGate,
          history: options.history === true,
        });
      const effect = newBatchEffect();
      const gate = await openGate();
      const traces = options.tracing && beginBatchTraces(options.tracing, batches.length);
      const prepared = batches.map((batch) => beginLane(batch, gate, traces));
      const byBatch = new Map(prepared.map((lane) => [lane.batch, lane]));
      for (const slice of slicesOf(batches, EVENTS_A_SLICE)) {
        const devices = await devicesOfEvents(slice, (batch) => byBatch.get(batch)!.use);
        await erasureGate.load(slice);
        await gate?.load(slice, devices, memoryOf);
        for (const [index, { batch, events }] of slice.entries()) {
          applyEvents(byBatch.get(batch)!, events, devices[index]!, rules);
        }
        if (slice.length === 1) await othersTurn();
      }
      const deadlinesALane = Math.ceil(deadlinesABatch / batches.length);
      for (const lane of prepared) await finishLane(lane, rules, effect, deadlinesALane);
      const erasedNow = new Set(effect.erasures.map(({ serialNumber }) => serialNumber));
      effect.quarantined = (gate?.quarantined() ?? []).filter(
        ({ serialNumber }) => !erasedNow.has(serialNumber),
      );
      return {
        counts: prepared.map(({ counts }) => counts),
        parked: prepared.flatMap(({ sieve }) => sieve.parked),
        async write(transaction) {
          try {
            await writeBatchEffect(transaction, effect);
          } catch (error) {
            traces?.failed(error);
            deadlinesABatch = Math.max(FEWEST_DEADLINES, Math.floor(deadlinesABatch / 2));
            throw error;
          }
        },
        committed() {
          deadlinesABatch = Math.min(DEADLINES_A_BATCH, deadlinesABatch + FEWEST_DEADLINES);
          gate?.committed();
          traces?.committed(prepared.reduce((sum, { counts }) => sum + counts.devices, 0));
          for (const { memory, use, changed, added } of prepared) {
            for (const device of changed.devices) scheduleDevice(memory, device);
            use.done();
            // Those that the next batch, being prepared, works with as well.
            for (const { record } of added) use.identify(record.serialNumber);
          }
          for (const { from, to } of effect.transitions) if (from !== 'unknown') options.onTransition?.(to);
          for (const { kind, data } of effect.timeline) {
            if (kind === 'chatty') options.onChatty?.((data as ChattyChange).chatty ? 'began' : 'ended');
            else if (kind === 'health') options.onHealth?.((data as HealthChange).to);
            else if (kind === 'condition') {
              const { state, severity } = data as ConditionChange;
              options.onCondition?.(state, severity);
            }
          }
        },
      };
    },
    cached() {
      let devices = 0;
      let bytes = 0;
      for (const memory of lanes.values()) {
        devices += memory.devices.size();
        bytes += memory.devices.bytes();
      }
      return { devices, bytes };
    },
  };
}
