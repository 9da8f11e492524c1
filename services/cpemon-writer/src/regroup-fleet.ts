import type { Connection } from '@cpemon/database';
import {
  identityOf,
  isOfFormerClass,
  matchIdentity,
  serialNumberForms,
  type CpeEvent,
  type DeviceIdentity,
  type DeviceRecord,
  type InventoryCommand,
  type Reachability,
} from '@cpemon/domain';
import {
  LabelCountChanges,
  NOT_IN_INVENTORY,
  findInventory,
  labelsOfSets,
  moveLabelCounts,
  putDeviceInventory,
  readDeviceGroups,
  type DeviceGroup,
  type DeviceInventoryRow,
  type InventoryInForce,
  type LabelPairs,
} from '@cpemon/store';
import type { CachedDevice } from './cached-device.js';

/** A device that is new, or whose reachability, model or firmware is another than before; as its batch leaves it. */
export interface MovedDevice extends DeviceIdentity {
  lane: number;
  /** Has the key once it is written. */
  record: DeviceRecord;
  reachability: Reachability;
  model: string | null;
  firmware: string | null;
}

export interface CommandedDevice {
  lane: number;
  record: DeviceRecord;
  command: InventoryCommand;
}

export interface Regrouping {
  moved: MovedDevice[];
  commanded: CommandedDevice[];
}

type Group = DeviceGroup & InventoryInForce;
export type GroupsBefore = ReadonlyMap<number, Group>;

const NOTHING: GroupsBefore = new Map();

/** Takes a command for the device that it names. One for a box never heard is in the inventory, where its first event finds it. */
export function noteCommand(
  commanded: CommandedDevice[],
  lane: number,
  known: readonly CachedDevice[],
  event: CpeEvent,
): void {
  const { command } = event.data;
  if (command === undefined) return;
  const records = known.map((device) => device.record);
  // The inventory may go on calling a box by the product class that it had.
  const record =
    matchIdentity(records, identityOf(event)) ?? records.find((each) => isOfFormerClass(each, event, 0));
  if (record !== undefined) commanded.push({ lane, record, command });
}

/** What devices are counted by until now; to be read before any of it is written. No statement where nothing moves. */
export async function readGroupsBefore(
  transaction: Connection,
  { moved, commanded }: Regrouping,
): Promise<GroupsBefore> {
  const ids = new Set<number>();
  for (const { record } of moved) if (record.deviceId !== 0) ids.add(record.deviceId);
  for (const { record } of commanded) if (record.deviceId !== 0) ids.add(record.deviceId);
  return ids.size === 0
    ? NOTHING
    : readDeviceGroups(
        transaction,
        [...ids].sort((a, b) => a - b),
      );
}

/**
 * Puts commands into force, takes what the inventory says of new devices, and moves the counts by label.
 * @returns what the moved devices are counted by from now on, by key
 */
export async function regroupFleet(
  transaction: Connection,
  { moved, commanded }: Regrouping,
  before: GroupsBefore,
): Promise<GroupsBefore> {
  if (moved.length === 0 && commanded.length === 0) return NOTHING;
  const after = new Map<number, Group & { lane: number }>();
  const inForce = new Map<number, DeviceInventoryRow>();
  const newcomers = moved.filter(({ record }) => !before.has(record.deviceId));
  const inventory = await inventoryOf(transaction, newcomers);
  for (const { lane, record, reachability, model, firmware } of moved) {
    const { deviceId } = record;
    const known = before.get(deviceId) ?? inventory.get(deviceId) ?? NOT_IN_INVENTORY;
    const { adminState, labelSetId, revision } = known;
    after.set(deviceId, { lane, reachability, model, firmware, adminState, labelSetId, revision });
    record.labelSetId = labelSetId;
    if (revision > 0 && !before.has(deviceId))
      inForce.set(deviceId, { deviceId, adminState, labelSetId, revision });
  }
  for (const { lane, record, command } of commanded) {
    const { deviceId } = record;
    const group = after.get(deviceId) ?? before.get(deviceId);
    // Of a device whose first event was refused, or that knows better already.
    if (group === undefined || command.revision <= group.revision) continue;
    const told = {
      adminState: command.admin_state,
      labelSetId: command.label_set,
      revision: command.revision,
    };
    after.set(deviceId, { ...group, ...told, lane });
    record.labelSetId = told.labelSetId;
    inForce.set(deviceId, { deviceId, ...told });
  }
  await putDeviceInventory(
    transaction,
    [...inForce.values()].sort((a, b) => a.deviceId - b.deviceId),
  );
  await moveCounts(transaction, before, after);
  return after;
}

async function inventoryOf(
  transaction: Connection,
  newcomers: readonly MovedDevice[],
): Promise<Map<number, InventoryInForce>> {
  const known = new Map<number, InventoryInForce>();
  if (newcomers.length === 0) return known;
  const boxes = await findInventory(
    transaction,
    newcomers.map(({ serialNumber }) => serialNumber),
  );
  if (boxes.length === 0) return known;
  const bySerial = new Map<string, (DeviceIdentity & InventoryInForce)[]>();
  for (const box of boxes) {
    for (const form of serialNumberForms(box.serialNumber)) {
      const others = bySerial.get(form);
      if (others === undefined) bySerial.set(form, [box]);
      else others.push(box);
    }
  }
  for (const { record, serialNumber, oui, productClass } of newcomers) {
    const box = matchIdentity(bySerial.get(serialNumber) ?? [], { serialNumber, oui, productClass });
    if (box !== undefined) known.set(record.deviceId, box);
  }
  return known;
}

async function moveCounts(
  transaction: Connection,
  before: GroupsBefore,
  after: ReadonlyMap<number, Group & { lane: number }>,
): Promise<void> {
  const sets = new Set<number>();
  for (const [deviceId, group] of after) {
    sets.add(group.labelSetId);
    sets.add(before.get(deviceId)?.labelSetId ?? 0);
  }
  sets.delete(0);
  const labels: ReadonlyMap<number, LabelPairs> =
    sets.size === 0 ? new Map<number, LabelPairs>() : await labelsOfSets(transaction, [...sets]);
  const byLane = new Map<number, LabelCountChanges>();
  for (const [deviceId, group] of after) {
    let changes = byLane.get(group.lane);
    if (changes === undefined) {
      changes = new LabelCountChanges(group.lane, (id) => labels.get(id) ?? []);
      byLane.set(group.lane, changes);
    }
    const was = before.get(deviceId);
    if (was !== undefined) changes.add(was, -1);
    changes.add(group, 1);
  }
  await moveLabelCounts(
    transaction,
    [...byLane.values()].flatMap((changes) => changes.deltas()),
  );
}
