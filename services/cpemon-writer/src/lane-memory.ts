import type { LaneRef } from '@cpemon/event-log';
import {
  adoptIdentity,
  identityOf,
  isObservation,
  isOfFormerClass,
  isPlaceholderSerial,
  isSameBoxRenamed,
  matchIdentity,
  newDeviceRecord,
  offlineAfterMs,
  renameClass,
  staleAfterMs,
  type CpeEvent,
  type ReachabilitySettings,
} from '@cpemon/domain';
import { healthCountCode, readLaneSilences, type SilencePage, type StoredDevice } from '@cpemon/store';
import { newLaneAdmission, type LaneAdmission } from './lane-admission.js';
import type { CachedDevice } from './cached-device.js';
import { createDeviceCache, type DeviceCache } from './device-cache.js';
import { nothingErased, type ErasedInLane } from './lane-erasures.js';
import type { KnownConflicts } from './namesakes.js';
import type { ReadDatabase } from './read-database.js';
import { createTimingWheel, type TimingWheel } from './timing-wheel.js';

/** What the owner of a lane keeps in memory. Void after any error. */
export interface LaneMemory {
  lane: LaneRef;
  devices: DeviceCache;
  wheel: TimingWheel;
  conflicts: KnownConflicts;
  admission: LaneAdmission;
  erased: ErasedInLane;
}

/** Reads from the database when each device of a lane has to be looked at. */
export async function loadLaneMemory(
  lane: LaneRef,
  read: ReadDatabase,
  settings: ReachabilitySettings,
): Promise<LaneMemory> {
  const wheel = createTimingWheel();
  let after: number | null = 0;
  while (after !== null) {
    const page: SilencePage = await read((connection) => readLaneSilences(connection, lane, after ?? 0));
    for (const { deviceId, reachability, lastSeenAt, intervalSeconds } of page.silences) {
      // Without gaps, and by one source: never later than the real deadline.
      const intervalMs = (intervalSeconds ?? settings.defaultIntervalSeconds) * 1000;
      const silence = reachability === 'online' ? staleAfterMs : offlineAfterMs;
      wheel.add(deviceId, lastSeenAt + silence(intervalMs, settings));
    }
    after = page.next;
  }
  const conflicts: KnownConflicts = new Set();
  return {
    lane,
    devices: createDeviceCache(),
    wheel,
    conflicts,
    admission: newLaneAdmission(),
    erased: nothingErased(),
  };
}

export function cachedDevice({ record, swVersion, manufacturer, model }: StoredDevice): CachedDevice {
  const healthCounted = healthCountCode(record.reachability, record.health);
  return { record, swVersion, manufacturer, model, healthCounted, wheelBucket: Infinity, changedIn: 0 };
}

/** What may become of an event whose device is not known by all that it names. */
export interface NewcomerRules {
  /** Gets the device when the event completes or changes its identity. */
  identified: Set<CachedDevice>;
  /** Whether a new device may be made; absent: always. */
  admits?: (() => boolean) | undefined;
  /** Called for a device that certainly goes by another product class now; absent: none does. */
  renamed?: ((device: CachedDevice, from: string) => void) | undefined;
}

/**
 * The device that an event is about among those with its serial number; a new one when it is none of them, unless that
 * is not admitted. An observation makes no device and completes no identity.
 * @param known changed when the device is new
 */
export function deviceOfEvent(
  known: CachedDevice[],
  event: CpeEvent,
  receivedAt: number,
  { identified, admits, renamed }: NewcomerRules,
): CachedDevice | undefined {
  const [first] = known;
  if (
    first !== undefined &&
    known.length === 1 &&
    event.oui === undefined &&
    event.productclass === undefined &&
    !isPlaceholderSerial(event.subject)
  ) {
    return first;
  }
  const identity = identityOf(event);
  const record = matchIdentity(
    known.map((device) => device.record),
    identity,
  );
  const device = known.find((candidate) => candidate.record === record);
  if (device === undefined) {
    const former = known.find((each) => isOfFormerClass(each.record, event, receivedAt));
    if (former !== undefined) return former;
    const only = known.length === 1 && renamed !== undefined && !isObservation(event) ? first : undefined;
    if (only !== undefined && isSameBoxRenamed(only.record, event, identity, receivedAt)) {
      identified.add(only);
      renamed?.(only, renameClass(only.record, identity.productClass, receivedAt));
      return only;
    }
    // What others say of a box that has never spoken makes no device.
    if (isObservation(event) || admits?.() === false) return undefined;
    const added = cachedDevice({
      record: newDeviceRecord(identity, receivedAt),
      swVersion: null,
      manufacturer: null,
      model: null,
    });
    added.firstSource = event.source;
    known.push(added);
    return added;
  }
  if (!isObservation(event) && adoptIdentity(device.record, identity)) identified.add(device);
  return device;
}

/**
 * Settles an entry that came out of the wheel for a device at rest, without waking it: the device has another entry,
 * or gets one because its time has moved on. False when somebody has to look at the device.
 */
export function postponeAtRest(
  { devices, wheel }: LaneMemory,
  deviceId: number,
  bucket: number,
  watermark: number,
): boolean {
  const silence = devices.silenceAtRest(deviceId);
  if (silence === undefined) return false;
  const { quietUntil, wheelBucket } = silence;
  if (wheelBucket !== bucket && wheelBucket !== Infinity) return true;
  if (quietUntil < watermark) return false;
  const next = quietUntil === Infinity ? Infinity : wheel.add(deviceId, quietUntil);
  devices.setWheelBucketAtRest(deviceId, next);
  return true;
}

/** Puts a device into the wheel unless it stands there early enough already. */
export function scheduleDevice({ wheel }: LaneMemory, device: CachedDevice): void {
  const { deviceId, quietUntil } = device.record;
  if (quietUntil === Infinity || wheel.bucketOf(quietUntil) >= device.wheelBucket) return;
  device.wheelBucket = wheel.add(deviceId, quietUntil);
}
