import type { DeviceRecord } from '@cpemon/domain';
import type { KeyedTombstone } from '@cpemon/store';

/** What the owner of a lane remembers of its erasures, beside the tombstones that are stored: they may not be yet. */
export interface ErasedInLane {
  /** By serial number. */
  tombstones: Map<string, KeyedTombstone[]>;
  /** Keys of devices that are gone, whatever the database and the timing wheel still say. */
  deviceIds: Set<number>;
  /** … of those that had none yet when they were erased. */
  unregistered: Set<DeviceRecord>;
}

/** More than the batches that are under way can hold: those before are stored. */
const ERASURES_REMEMBERED = 20_000;

export const nothingErased = (): ErasedInLane => ({
  ...{ tombstones: new Map(), deviceIds: new Set(), unregistered: new Set() },
});

export function isErasedDevice({ deviceIds, unregistered }: ErasedInLane, deviceId: number): boolean {
  if (deviceIds.has(deviceId)) return true;
  for (const record of unregistered) if (record.deviceId === deviceId) return true;
  return false;
}

export function forgetOldest({ tombstones, deviceIds, unregistered }: ErasedInLane): void {
  trim(tombstones);
  trim(deviceIds);
  trim(unregistered);
}

function trim<K>(remembered: { size: number; keys(): Iterator<K>; delete(key: K): boolean }): void {
  while (remembered.size > ERASURES_REMEMBERED) remembered.delete(remembered.keys().next().value as K);
}
