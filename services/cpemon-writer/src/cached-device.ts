import type { DeviceRecord } from '@cpemon/domain';

/** A device that some batch works with. */
export interface CachedDevice {
  record: DeviceRecord;
  /** What is written of it beside its state. */
  swVersion: string | null;
  manufacturer: string | null;
  model: string | null;
  /** Place in the kept counts of health; see health-counts.ts of the store. */
  healthCounted: number;
  /** Source of the first event of a device that is not registered yet. */
  firstSource?: string;
  /** Bucket of its entry in the timing wheel; Infinity when none is known. */
  wheelBucket: number;
  /** Number of the last batch that changed it. */
  changedIn: number;
}
