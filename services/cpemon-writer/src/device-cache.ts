import type { DeviceRecord } from '@cpemon/domain';

/** A device in memory, and what is written of it beside its state. */
export interface CachedDevice {
  record: DeviceRecord;
  manufacturer: string | null;
  model: string | null;
  /** Bucket of its entry in the timing wheel; Infinity when none is known. */
  wheelBucket: number;
  /** Number of the last batch that changed it. */
  changedIn: number;
  /** Batches that have changed it and are not committed: until they are, memory is ahead of the database. */
  uncommitted: number;
}

/**
 * The devices of a lane that were heard of lately, in two halves: what is asked for moves to the younger one. `trim`
 * lets the older half go when the younger is full, but for devices with uncommitted changes.
 */
export interface DeviceCache {
  /** The devices with a serial number; empty when it is known that there are none, undefined when nothing is known. */
  bySerial(serialNumber: string): CachedDevice[] | undefined;
  byId(deviceId: number): CachedDevice | undefined;
  /** What the database has for a serial number. */
  put(serialNumber: string, devices: CachedDevice[]): void;
  /** Makes a device findable by the key it has got. */
  identify(device: CachedDevice): void;
  /** Keeps to `limit` devices, more or less. Not while devices are in use that may not be uncommitted yet. */
  trim(limit: number): void;
  size(): number;
}

interface Half {
  bySerial: Map<string, CachedDevice[]>;
  byId: Map<number, CachedDevice>;
}

const newHalf = (): Half => ({ bySerial: new Map(), byId: new Map() });

export function createDeviceCache(): DeviceCache {
  let young = newHalf();
  let old = newHalf();

  const keep = (serialNumber: string, devices: CachedDevice[]): void => {
    young.bySerial.set(serialNumber, devices);
    for (const device of devices)
      if (device.record.deviceId !== 0) young.byId.set(device.record.deviceId, device);
  };
  const trim = (limit: number): void => {
    if (young.bySerial.size < limit / 2) return;
    const leaving = old;
    old = young;
    young = newHalf();
    for (const [serialNumber, devices] of leaving.bySerial) {
      if (devices.some((device) => device.uncommitted > 0) && !old.bySerial.has(serialNumber)) {
        keep(serialNumber, devices);
      }
    }
  };
  const renew = (serialNumber: string): CachedDevice[] | undefined => {
    const devices = old.bySerial.get(serialNumber);
    if (devices === undefined) return undefined;
    old.bySerial.delete(serialNumber);
    for (const device of devices) old.byId.delete(device.record.deviceId);
    keep(serialNumber, devices);
    return devices;
  };

  return {
    bySerial: (serialNumber) => young.bySerial.get(serialNumber) ?? renew(serialNumber),
    byId: (deviceId) => young.byId.get(deviceId) ?? old.byId.get(deviceId),
    put: keep,
    identify(device) {
      // Into the half that knows its serial number, so that both leave together; into neither when it has left.
      const half = [young, old].find(({ bySerial }) => bySerial.has(device.record.serialNumber));
      half?.byId.set(device.record.deviceId, device);
    },
    trim,
    size: () => young.bySerial.size + old.bySerial.size,
  };
}
