import {
  createParkingSieve,
  type LaneApplier,
  type LaneBatch,
  type LaneRef,
  type PreparedApply,
} from '@cpemon/event-log';
import { slicesOf, type BatchSlice } from './batch-slices.js';
import { othersTurn } from './others-turn.js';
import {
  EVENT_VERSIONS,
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
  type ReachabilitySettings,
} from '@cpemon/domain';
import { clearLane, loadDevicesBySerial } from '@cpemon/store';
import type { Tracing } from '@cpemon/tracing';
import { createAdmission, type AdmissionGate } from './admission-gate.js';
import { beginBatchTraces, type BatchTraces } from './apply-traces.js';
import { addLaneEffect, newBatchEffect, writeBatchEffect, type BatchEffect } from './batch-effect.js';
import { createBatchSamples } from './batch-samples.js';
import type { CachedDevice } from './cached-device.js';
import type { Coverage } from './coverage/coverage.js';
import type { DeviceUse } from './device-cache.js';
import { createErasureGate } from './erasure-gate.js';
import { createHeardCounts } from './heard-counts.js';
import { createIntakeWatch } from './intake-watch.js';
import { cachedDevice, loadLaneMemory, scheduleDevice, type LaneMemory } from './lane-memory.js';
import type { ReadDatabase } from './read-database.js';
import { createLaneEvents } from './lane-events.js';
import { createDeadlineJudge } from './judge-deadlines.js';
import { collectChanged, type PreparedLane } from './prepared-lane.js';
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
 * Events that stand in memory at once, and that are applied without a pause: few enough to die young in the garbage
 * collector and to let the batch before, which is being written meanwhile, send its next statement soon.
 */
const EVENTS_A_SLICE = 400;

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
  const deadlines = createDeadlineJudge(read, settings);
  const laneEvents = createLaneEvents({ ...options, versions, erasureGate });

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

  const finishLane = async (
    prepared: PreparedLane,
    rules: JudgementRules,
    effect: BatchEffect,
    lanesOfBatch: number,
  ): Promise<void> => {
    const { batch, changed, identified, transitions } = prepared;
    prepared.counts.devices = changed.devices.length;
    if (batch.mode === 'live') await deadlines.judge(prepared, rules, lanesOfBatch);
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
          laneEvents.apply(byBatch.get(batch)!, events, devices[index]!, rules);
        }
        if (slice.length === 1) await othersTurn();
      }
      for (const lane of prepared) await finishLane(lane, rules, effect, prepared.length);
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
            deadlines.failed();
            throw error;
          }
        },
        committed() {
          deadlines.committed();
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
