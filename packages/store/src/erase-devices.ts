import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { Reachability } from '@cpemon/domain';
import { addChanges } from './change-feed.js';
import { readDeviceGroups } from './device-inventory.js';
import { moveFleetCounts } from './fleet-counts.js';
import { moveHealthCounts, type JudgedHealth } from './health-counts.js';
import { LabelCountChanges, moveLabelCounts } from './label-counts.js';
import { labelsOfSets } from './label-sets.js';
import { addTombstones, type KeyedTombstone } from './erasure-tombstones.js';

/** What is erased by one event of a lane. */
export interface DeviceErasure {
  tombstone: KeyedTombstone;
  serialNumber: string;
  /** Whether all that goes by the serial number is meant; else the devices and this identity alone. */
  all: boolean;
  oui: string;
  productClass: string;
  /** Keys of its devices; none where nobody of that name was ever registered. */
  deviceIds: readonly number[];
}

/** What a device has one row of, or a few: they go with it. The rest goes by and by (erase-remains.ts). */
const TABLES_OF_A_DEVICE = ['device_conditions', 'device_inventory', 'device_state', 'devices'] as const;

/**
 * Erases devices of a lane: they are gone with this transaction, and their tombstones stand. What is left of them is
 * noted and found by no reader, because their keys mean nothing any more.
 * @param transaction a state transaction of the lane's owner, before any other change of it
 */
export async function eraseDevices(
  transaction: Connection,
  erasures: readonly DeviceErasure[],
): Promise<void> {
  for (const erasure of erasures) {
    const { tombstone, serialNumber, deviceIds } = erasure;
    if (deviceIds.length > 0) {
      await tellFeed(transaction, tombstone, deviceIds);
      await uncount(transaction, tombstone.lane, deviceIds);
      await transaction.query('INSERT INTO erasure_devices (device_id, erasure_id, serial_number) VALUES ?', [
        deviceIds.map((deviceId) => [deviceId, tombstone.erasureId, serialNumber]),
      ]);
      await transaction.query('DELETE FROM identity_findings WHERE device_id IN (?) OR other_id IN (?)', [
        ...[deviceIds, deviceIds],
      ]);
      for (const table of TABLES_OF_A_DEVICE)
        await transaction.query(`DELETE FROM ${table} WHERE device_id IN (?)`, [deviceIds]);
    }
    await forgetIdentity(transaction, erasure);
    await addTombstones(transaction, [tombstone]);
    await transaction.query(
      'UPDATE erasure_subjects SET erased_at = SYSDATE(3) WHERE erasure_id = ? AND serial_number = ?',
      [tombstone.erasureId, serialNumber],
    );
    // The rows of subjects stand until it is done: the last of them to be erased lets the rest begin.
    await transaction.query(
      `UPDATE erasures SET devices = devices + ?,
         state = IF(state = 'asked' AND NOT EXISTS (
           SELECT 1 FROM erasure_subjects AS s WHERE s.erasure_id = erasures.erasure_id AND s.erased_at IS NULL
         ), 'erasing', state)
       WHERE erasure_id = ?`,
      [deviceIds.length, tombstone.erasureId],
    );
  }
}

/** Whoever follows the devices of the fleet lets go of these: `erased` in the change feed, with nothing but the key. */
async function tellFeed(
  transaction: Connection,
  { lane, erasedAt }: KeyedTombstone,
  deviceIds: readonly number[],
): Promise<void> {
  // Who sees the devices with some labels only is told of those.
  const groups = await readDeviceGroups(transaction, deviceIds);
  await addChanges(
    transaction,
    deviceIds.map((deviceId) => {
      const labelSetId = groups.get(deviceId)?.labelSetId;
      return { lane, deviceId, at: erasedAt, kind: 'erased', labelSetId, data: {} };
    }),
  );
}

/** Where an identity stands that is no device: in quarantine, or waiting for its device to be registered again. */
async function forgetIdentity(
  transaction: Connection,
  { serialNumber, all, oui, productClass }: DeviceErasure,
): Promise<void> {
  for (const table of ['quarantined_identities', 'rebuilt_device_ids']) {
    await transaction.query(
      `DELETE FROM ${table} WHERE serial_number = ? AND (? OR (oui = ? AND product_class = ?))`,
      [serialNumber, all, oui, productClass],
    );
  }
}

async function uncount(transaction: Connection, lane: number, deviceIds: readonly number[]): Promise<void> {
  const groups = [...(await readDeviceGroups(transaction, deviceIds)).values()];
  await moveFleetCounts(
    transaction,
    groups.map(({ reachability }) => ({ lane, reachability, devices: -1 })),
  );
  await uncountHealth(transaction, lane, deviceIds);
  const sets = new Set(groups.map(({ labelSetId }) => labelSetId).filter((id) => id !== 0));
  const labels = sets.size === 0 ? undefined : await labelsOfSets(transaction, [...sets]);
  const changes = new LabelCountChanges(lane, (id) => labels?.get(id) ?? []);
  for (const group of groups) changes.add(group, -1);
  await moveLabelCounts(transaction, changes.deltas());
}

/** Devices that no rule judges are counted nowhere. */
async function uncountHealth(
  transaction: Connection,
  lane: number,
  deviceIds: readonly number[],
): Promise<void> {
  const [rows] = await transaction.query<RowDataPacket[]>(
    "SELECT reachability, health FROM device_state WHERE device_id IN (?) AND health <> 'unknown'",
    [deviceIds],
  );
  await moveHealthCounts(
    transaction,
    rows.map((row) => ({
      lane,
      reachability: row['reachability'] as Reachability,
      health: row['health'] as JudgedHealth,
      devices: -1,
    })),
  );
}
