import { judgeAtWatermark, type JudgementRules, type ReachabilitySettings } from '@cpemon/domain';
import { loadDevicesById } from '@cpemon/store';
import type { CachedDevice } from './cached-device.js';
import { isErasedDevice } from './lane-erasures.js';
import { cachedDevice, postponeAtRest, scheduleDevice } from './lane-memory.js';
import type { PreparedLane } from './prepared-lane.js';
import type { ReadDatabase } from './read-database.js';

/**
 * Deadlines judged in one batch, of all its lanes together; more of them wait for the next, a second later at most.
 * Halved when a batch cannot be written, as its events are: a fleet that falls silent at once must not make transactions
 * that outlast every deadline of a statement.
 */
const DEADLINES_A_BATCH = 20_000;
const FEWEST_DEADLINES = 500;

export interface DeadlineJudge {
  /** Judges the devices of a lane whose time is over. @param lanes of the batch, which share what one may hold */
  judge(lane: PreparedLane, rules: JudgementRules, lanes: number): Promise<void>;
  /** A batch could not be written: the next ones hold fewer. */
  failed(): void;
  committed(): void;
}

/** Looks at devices whose silence may have come to mean something, those at rest in the database included. */
export function createDeadlineJudge(read: ReadDatabase, settings: ReachabilitySettings): DeadlineJudge {
  let deadlinesABatch = DEADLINES_A_BATCH;

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
    { memory, use, changed, transitions, timeline, batch: { watermark } }: PreparedLane,
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

  return {
    judge: (lane, rules, lanes) => judgeDeadlines(lane, rules, Math.ceil(deadlinesABatch / lanes)),
    failed() {
      deadlinesABatch = Math.max(FEWEST_DEADLINES, Math.floor(deadlinesABatch / 2));
    },
    committed() {
      deadlinesABatch = Math.min(DEADLINES_A_BATCH, deadlinesABatch + FEWEST_DEADLINES);
    },
  };
}
