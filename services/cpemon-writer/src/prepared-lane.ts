import type { LaneBatch, LaneCounts, ParkingSieve } from '@cpemon/event-log';
import type { IdentityFinding, TimelineEntry, Transition } from '@cpemon/domain';
import type { AdmissionGate } from './admission-gate.js';
import type { BatchTraces } from './apply-traces.js';
import type { BatchSamples } from './batch-samples.js';
import type { CachedDevice } from './cached-device.js';
import type { DeviceUse } from './device-cache.js';
import type { BatchErasure } from './erase-from-batch.js';
import type { HeardCounts } from './heard-counts.js';
import type { LaneMemory } from './lane-memory.js';
import type { CommandedDevice } from './regroup-fleet.js';

/** What a batch comes to in one of its lanes, until it is written. */
export interface PreparedLane {
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

export interface ChangedDevices {
  devices: CachedDevice[];
  add(device: CachedDevice): void;
  remove(device: CachedDevice): void;
}

/** A set that costs less than one: each device knows the last batch that changed it. */
export function collectChanged(batchNumber: number): ChangedDevices {
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
