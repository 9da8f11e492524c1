import type { CachedDevice } from './cached-device.js';
import { createPackedDevices } from './packed-devices/packed-devices.js';

/**
 * The devices of a lane that were heard of lately: as objects those that a batch works with, from its first look until
 * it is committed; all others at rest as bytes. What lies in the bytes is committed. Whoever throws a batch away throws
 * the whole cache away.
 */
export interface DeviceCache {
  /** For one batch, until its `done`. */
  beginUse(): DeviceUse;
  /** When a device that no batch works with has to be looked at; undefined when it is not at rest. */
  silenceAtRest(deviceId: number): { quietUntil: number; wheelBucket: number } | undefined;
  /** Notes that a device at rest has another entry in the timing wheel. */
  setWheelBucketAtRest(deviceId: number, bucket: number): void;
  /** Keeps to so many serial numbers and bytes, as far as batches leave it free to. */
  trim(mostSerialNumbers: number, mostBytes: number): void;
  /** Serial numbers. */
  size(): number;
  /** Of what is at rest. */
  bytes(): number;
}

/** What one batch sees of the cache: devices as the batches before it leave them, committed or not. */
export interface DeviceUse {
  /** The devices with a serial number; undefined when nothing is known about it. One not known yet is added in place. */
  bySerial(serialNumber: string): CachedDevice[] | undefined;
  byId(deviceId: number): CachedDevice | undefined;
  /** What the database has for a serial number; may be added to until `loaded`. */
  put(serialNumber: string, devices: CachedDevice[]): void;
  /** Makes the devices of a serial number that have their keys findable by them. */
  identify(serialNumber: string): void;
  /** Devices of a serial number were taken out of its list: none of them is found any more. */
  forget(serialNumber: string): void;
  /** The batch is committed: what no batch after it uses comes to rest. */
  done(): void;
}

interface Namesakes {
  serialNumber: string;
  devices: CachedDevice[];
  /** -1 until one of them has a key. */
  slot: number;
  /** Where they stand among those awake; -1 without a slot. */
  place: number;
  /** Batches that work with them, and the last of those. */
  uses: number;
  usedBy: DeviceUse | undefined;
}

export function createDeviceCache(): DeviceCache {
  const atRest = createPackedDevices();
  /**
   * Devices as objects: those with a slot, which knows their place here, and those without, by serial number. No map
   * for all of them: one that goes on taking and losing entries leaves a chain of outgrown tables behind it, and once
   * the garbage collector takes the first of them for old, the devices in all that follow grow old as well.
   */
  const awake: (Namesakes | undefined)[] = [];
  const vacant: number[] = [];
  let strangers = new Map<string, Namesakes>();

  const newNamesakes = (serialNumber: string, devices: CachedDevice[]): Namesakes => ({
    serialNumber,
    devices,
    slot: -1,
    place: -1,
    uses: 0,
    usedBy: undefined,
  });
  const stand = (namesakes: Namesakes): number => {
    const place = vacant.pop() ?? awake.length;
    awake[place] = namesakes;
    namesakes.place = place;
    return place;
  };
  const pack = (namesakes: Namesakes): void => {
    const { serialNumber, devices } = namesakes;
    // A device without a key is one whose first event was refused.
    const registered = devices.every(hasKey) ? devices : devices.filter(hasKey);
    if (registered.length === 0) return;
    if (namesakes.slot >= 0) {
      atRest.pack(namesakes.slot, serialNumber, registered);
      return;
    }
    strangers.delete(serialNumber);
    namesakes.slot = atRest.add(serialNumber, registered, stand(namesakes));
  };
  const wake = (slot: number, known?: string): Namesakes => {
    const serialNumber = known ?? atRest.serialNumber(slot);
    const namesakes = newNamesakes(serialNumber, atRest.unpack(slot, serialNumber));
    namesakes.slot = slot;
    atRest.setUser(slot, stand(namesakes));
    return namesakes;
  };
  const layDown = (namesakes: Namesakes): void => {
    pack(namesakes);
    namesakes.usedBy = undefined;
    if (namesakes.slot < 0) {
      strangers.delete(namesakes.serialNumber);
      return;
    }
    atRest.setUser(namesakes.slot, -1);
    awake[namesakes.place] = undefined;
    vacant.push(namesakes.place);
  };
  const ofSlot = (slot: number, serialNumber?: string): Namesakes => {
    const place = atRest.user(slot);
    return place < 0 ? wake(slot, serialNumber) : awake[place]!;
  };
  const find = (serialNumber: string): Namesakes | undefined => {
    const slot = atRest.slotOfSerial(serialNumber);
    return slot < 0 ? strangers.get(serialNumber) : ofSlot(slot, serialNumber);
  };

  const beginUse = (): DeviceUse => {
    const held: Namesakes[] = [];
    const hold = (namesakes: Namesakes): void => {
      if (namesakes.usedBy === use) return;
      namesakes.usedBy = use;
      namesakes.uses += 1;
      held.push(namesakes);
    };
    const use: DeviceUse = {
      bySerial(serialNumber) {
        const namesakes = find(serialNumber);
        if (namesakes === undefined) return undefined;
        hold(namesakes);
        return namesakes.devices;
      },
      byId(deviceId) {
        const slot = atRest.slotOfDevice(deviceId);
        if (slot < 0) return undefined;
        const namesakes = ofSlot(slot);
        hold(namesakes);
        return namesakes.devices.find(({ record }) => record.deviceId === deviceId);
      },
      put(serialNumber, devices) {
        if (find(serialNumber) !== undefined)
          throw new Error(`devices with the serial number ${serialNumber} are in memory already`);
        const namesakes = newNamesakes(serialNumber, devices);
        strangers.set(serialNumber, namesakes);
        hold(namesakes);
        pack(namesakes);
      },
      identify(serialNumber) {
        const slot = atRest.slotOfSerial(serialNumber);
        const place = slot < 0 ? -1 : atRest.user(slot);
        const namesakes = place < 0 ? strangers.get(serialNumber) : awake[place];
        if (namesakes !== undefined) pack(namesakes);
      },
      forget(serialNumber) {
        const slot = atRest.slotOfSerial(serialNumber);
        if (slot < 0) return;
        const namesakes = ofSlot(slot, serialNumber);
        hold(namesakes);
        atRest.remove(slot);
        awake[namesakes.place] = undefined;
        vacant.push(namesakes.place);
        namesakes.slot = -1;
        namesakes.place = -1;
        strangers.set(serialNumber, namesakes);
        pack(namesakes);
      },
      done() {
        for (const namesakes of held) {
          namesakes.uses -= 1;
          if (namesakes.uses === 0) layDown(namesakes);
        }
        held.length = 0;
        if (strangers.size === 0) strangers = new Map();
      },
    };
    return use;
  };

  return {
    beginUse,
    silenceAtRest(deviceId) {
      const slot = atRest.slotOfDevice(deviceId);
      return slot < 0 || atRest.user(slot) >= 0 ? undefined : atRest.silence(slot, deviceId);
    },
    setWheelBucketAtRest(deviceId, bucket) {
      const slot = atRest.slotOfDevice(deviceId);
      if (slot >= 0) atRest.setWheelBucket(slot, deviceId, bucket);
    },
    trim: (mostSerialNumbers, mostBytes) => atRest.evict(mostSerialNumbers, mostBytes),
    size: () => atRest.size() + strangers.size,
    bytes: () => atRest.bytes(),
  };
}

const hasKey = ({ record }: CachedDevice): boolean => record.deviceId !== 0;
