import type { LaneApplier, LaneBatch, LaneCounts, LaneRef, PreparedApply } from '@cpemon/event-log';
import { slicesOf, type BatchSlice } from './batch-slices.js';
import { othersTurn } from './others-turn.js';
import {
  applyEvent,
  judgeAtWatermark,
  type JudgementRules,
  type Reachability,
  type ReachabilitySettings,
  type Transition,
} from '@cpemon/domain';
import { loadDevicesById, loadDevicesBySerial } from '@cpemon/store';
import { addLaneEffect, newBatchEffect, writeBatchEffect, type BatchEffect } from './batch-effect.js';
import type { CachedDevice } from './device-cache.js';
import { createIntakeWatch } from './intake-watch.js';
import {
  cachedDevice,
  deviceOfEvent,
  loadLaneMemory,
  scheduleDevice,
  type LaneMemory,
} from './lane-memory.js';
import type { ReadDatabase } from './read-database.js';

export interface DeviceApplierOptions {
  read: ReadDatabase;
  settings: ReachabilitySettings;
  /** Devices kept in memory, all lanes together. */
  cachedDevices: number;
  /** Called for each transition that is committed, but for a device's first. */
  onTransition?: (to: Reachability) => void;
}

export interface DeviceApplier extends LaneApplier {
  /** Devices in memory now. */
  cached(): number;
}

/** Deadlines judged in one batch; more of them wait for the next, a second later at most. */
const DEADLINES_A_BATCH = 20_000;
/**
 * Events that stand in memory at once, and that are applied without a pause: few enough to die young in the garbage
 * collector and to let the batch before, which is being written meanwhile, send its next statement soon.
 */
const EVENTS_A_SLICE = 400;

interface PreparedLane {
  batch: LaneBatch;
  memory: LaneMemory;
  counts: LaneCounts;
  changed: ChangedDevices;
  identified: Set<CachedDevice>;
  transitions: Transition[];
  /** Those of `changed` that get their key when they are written. */
  added: CachedDevice[];
}

interface ChangedDevices {
  devices: CachedDevice[];
  add(device: CachedDevice): void;
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
  };
}

const keyOf = ({ generation, lane }: LaneRef): string => `${generation}/${lane}`;

/**
 * Keeps the device tables: what the writers' consumer group does with its events. A batch may be prepared while the
 * one before it is being written, as long as they are written in that order and one that fails closes their lanes.
 */
export function createDeviceApplier(options: DeviceApplierOptions): DeviceApplier {
  const { read, settings } = options;
  const lanes = new Map<string, LaneMemory>();
  const intake = createIntakeWatch(read);
  let batchNumber = 0;

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
  const devicesOfEvents = async (slice: BatchSlice): Promise<CachedDevice[][][]> => {
    const unknown = new Map<string, CachedDevice[]>();
    const devices = slice.map(({ batch, events }) => {
      const { devices: cache } = memoryOf(batch);
      return events.map(({ event: { subject } }) => {
        const known = cache.bySerial(subject);
        if (known !== undefined) return known;
        const toLoad: CachedDevice[] = [];
        cache.put(subject, toLoad);
        unknown.set(subject, toLoad);
        return toLoad;
      });
    });
    if (unknown.size > 0) {
      const found = await read((connection) =>
        loadDevicesBySerial(connection, [...unknown.keys()], settings),
      );
      for (const stored of found) unknown.get(stored.record.serialNumber)?.push(cachedDevice(stored));
      for (const { batch, events } of slice) {
        const { devices: cache } = memoryOf(batch);
        for (const { event } of events) {
          for (const device of unknown.get(event.subject) ?? []) cache.identify(device);
        }
      }
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
    memory: LaneMemory,
    watermark: number,
    rules: JudgementRules,
    changed: ChangedDevices,
    transitions: Transition[],
  ): Promise<void> => {
    const due = new Set<CachedDevice>();
    const notCached: number[] = [];
    memory.wheel.pop(watermark, DEADLINES_A_BATCH, (deviceId, bucket) => {
      const device = memory.devices.byId(deviceId);
      if (device === undefined) notCached.push(deviceId);
      // Otherwise the device has a later entry, made when it was loaded anew.
      else if (device.wheelBucket === bucket || device.wheelBucket === Infinity) due.add(device);
    });
    if (notCached.length > 0) {
      const wanted = new Set(notCached);
      for (const devices of await loadWithNamesakes(notCached)) {
        memory.devices.put(devices[0]!.record.serialNumber, devices);
        for (const device of devices) if (wanted.has(device.record.deviceId)) due.add(device);
      }
    }
    for (const device of due) {
      device.wheelBucket = Infinity;
      if (device.record.quietUntil < watermark) {
        const before = transitions.length;
        judgeAtWatermark(device.record, watermark, rules, transitions);
        if (transitions.length > before) changed.add(device);
      }
      scheduleDevice(memory, device);
    }
  };

  const beginLane = (batch: LaneBatch): PreparedLane => {
    batchNumber += 1;
    return {
      batch,
      memory: memoryOf(batch),
      counts: { generation: batch.generation, lane: batch.lane, duplicates: 0, late: 0 },
      changed: collectChanged(batchNumber),
      identified: new Set(),
      transitions: [],
      added: [],
    };
  };

  const applyEvents = (
    prepared: PreparedLane,
    events: BatchSlice[number]['events'],
    devices: readonly CachedDevice[][],
    rules: JudgementRules,
  ): void => {
    const { counts, changed, identified, transitions } = prepared;
    for (const [index, logged] of events.entries()) {
      try {
        const device = deviceOfEvent(devices[index]!, logged.event, logged.receivedAt, identified);
        const outcome = applyEvent(device.record, logged, rules, transitions);
        if (outcome === 'duplicate') counts.duplicates += 1;
        else if (outcome === 'late') counts.late += 1;
        changed.add(device);
      } catch (error) {
        throw new Error(`lane ${counts.lane}, sequence ${logged.sequence}: the event cannot be applied`, {
          cause: error,
        });
      }
    }
  };

  const finishLane = async (
    prepared: PreparedLane,
    rules: JudgementRules,
    effect: BatchEffect,
  ): Promise<void> => {
    const { batch, memory, changed, identified, transitions } = prepared;
    await judgeDeadlines(memory, batch.watermark, rules, changed, transitions);
    await addLaneEffect(effect, batch, changed.devices, identified, transitions);
    for (const device of changed.devices) device.uncommitted += 1;
    prepared.added = changed.devices.filter(({ record }) => record.deviceId === 0);
  };

  return {
    async openLane(lane) {
      lanes.set(keyOf(lane), await loadLaneMemory(lane, read, settings));
    },
    closeLane(lane) {
      lanes.delete(keyOf(lane));
    },
    async prepare(batches): Promise<PreparedApply> {
      await intake.refresh(Math.max(...batches.map(({ watermark }) => watermark)));
      for (const batch of batches) memoryOf(batch).devices.trim(options.cachedDevices / lanes.size);
      const rules: JudgementRules = { settings, intake: intake.history() };
      const effect = newBatchEffect();
      const prepared = batches.map(beginLane);
      const byBatch = new Map(prepared.map((lane) => [lane.batch, lane]));
      for (const slice of slicesOf(batches, EVENTS_A_SLICE)) {
        const devices = await devicesOfEvents(slice);
        for (const [index, { batch, events }] of slice.entries()) {
          applyEvents(byBatch.get(batch)!, events, devices[index]!, rules);
        }
        if (slice.length === 1) await othersTurn();
      }
      for (const lane of prepared) await finishLane(lane, rules, effect);
      return {
        counts: prepared.map(({ counts }) => counts),
        write: (transaction) => writeBatchEffect(transaction, effect),
        committed() {
          for (const { memory, changed, added } of prepared) {
            for (const device of added) memory.devices.identify(device);
            for (const device of changed.devices) {
              device.uncommitted -= 1;
              scheduleDevice(memory, device);
            }
          }
          for (const { from, to } of effect.transitions) if (from !== 'unknown') options.onTransition?.(to);
        },
      };
    },
    cached() {
      let devices = 0;
      for (const memory of lanes.values()) devices += memory.devices.size();
      return devices;
    },
  };
}
