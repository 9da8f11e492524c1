import { identityOf, matchIdentity, type DeviceRecord, type IdentityFinding } from '@cpemon/domain';
import { STATE_GROUP, eraseSetAside, type LoggedEvent } from '@cpemon/event-log';
import type { Connection } from '@cpemon/database';
import { eraseDevices, type KeyedTombstone } from '@cpemon/store';
import type { BatchSamples } from './batch-samples.js';
import type { CachedDevice } from './cached-device.js';
import type { DeviceUse } from './device-cache.js';
import { coversIdentity } from './erasure-gate.js';
import { forgetOldest, type ErasedInLane } from './lane-erasures.js';
import type { CommandedDevice } from './regroup-fleet.js';

/** One erasure on its way into the tables. */
export interface BatchErasure {
  tombstone: KeyedTombstone;
  serialNumber: string;
  oui: string;
  productClass: string;
  /** Of its devices. */
  records: DeviceRecord[];
}

/** What a batch has come to so far in one lane, as far as a device may have a part in it. */
export interface LaneSoFar {
  memory: { erased: ErasedInLane };
  use: DeviceUse;
  changed: { remove(device: CachedDevice): void };
  identified: Set<CachedDevice>;
  transitions: { record: DeviceRecord }[];
  timeline: { record: DeviceRecord }[];
  findings: Pick<IdentityFinding, 'device' | 'other'>[];
  commanded: Pick<CommandedDevice, 'record'>[];
  samples: BatchSamples | undefined;
  erasures: BatchErasure[];
}

/**
 * Takes devices out of memory and out of what their batch has come to: as if their events before this one had not been.
 * What is stored of them goes when the batch is written.
 * @param known the devices with the serial number; those that are meant are taken out
 */
export function eraseFromBatch(
  lane: LaneSoFar,
  known: CachedDevice[],
  { event }: LoggedEvent,
  tombstone: KeyedTombstone,
): void {
  const identity = identityOf(event);
  const records = known.map(({ record }) => record);
  const one = tombstone.identityHash === null ? undefined : matchIdentity(records, identity);
  const gone = new Set(tombstone.identityHash === null ? records : one === undefined ? [] : [one]);
  const { erased } = lane.memory;
  for (const device of known) {
    if (!gone.has(device.record)) continue;
    lane.changed.remove(device);
    lane.identified.delete(device);
    if (device.record.deviceId === 0) erased.unregistered.add(device.record);
    else erased.deviceIds.add(device.record.deviceId);
  }
  const isGone = ({ record }: { record: DeviceRecord }): boolean => gone.has(record);
  drop(known, isGone);
  drop(lane.transitions, isGone);
  drop(lane.timeline, isGone);
  drop(lane.commanded, isGone);
  drop(lane.findings, ({ device, other }) => gone.has(device) || (other !== null && gone.has(other)));
  lane.samples?.drop(gone);
  if (gone.size > 0) lane.use.forget(event.subject);
  // The names of the device itself, which may know more of itself than who asked for it.
  const { oui, productClass } = one ?? identity;
  lane.erasures.push({ tombstone, serialNumber: event.subject, oui, productClass, records: [...gone] });
  forgetOldest(erased);
}

function drop<T>(list: T[], isGone: (item: T) => boolean): void {
  let kept = 0;
  for (const item of list) if (!isGone(item)) list[kept++] = item;
  list.length = kept;
}

/** Writes erasures, before anything else of their batch: what comes after them begins anew. */
export async function writeErasures(
  transaction: Connection,
  erasures: readonly BatchErasure[],
): Promise<void> {
  if (erasures.length === 0) return;
  await eraseDevices(
    transaction,
    erasures.map(({ records, tombstone, ...erasure }) => ({
      ...erasure,
      tombstone,
      all: tombstone.identityHash === null,
      // Written by the batches before: one that began in this batch has no key and no row.
      deviceIds: records.map(({ deviceId }) => deviceId).filter((deviceId) => deviceId !== 0),
    })),
  );
  for (const { tombstone, serialNumber } of erasures) {
    const { generation, lane, erasedAt } = tombstone;
    await eraseSetAside(transaction, {
      ...{ group: STATE_GROUP, generation, lane, erasedAt, subject: serialNumber },
      covers: coversIdentity(tombstone, serialNumber),
    });
  }
}
