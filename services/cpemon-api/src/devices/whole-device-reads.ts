import type { Connection } from '@cpemon/database';
import type { IntakeMoment } from '@cpemon/domain';
import {
  findDeviceIds,
  findInInventory,
  labelsOfSets,
  readConditions,
  readDevicesById,
  readIntakeMoment,
  readWholeDevice,
  type DeviceConditionRow,
  type InventoryFinding,
  type WholeDevice,
} from '@cpemon/store';
import { RequestProblem, unknownDevice } from '../routes/request-problem.js';

/** A device with all that is known of it, and of its line. */
export interface DeviceInFull {
  device: WholeDevice;
  labels: Record<string, string>;
  conditions: DeviceConditionRow[];
  inventory: InventoryFinding;
  intake: IntakeMoment;
}

/**
 * The key of the one device that is called so.
 * @param id key of a device, or its serial number
 * @throws RequestProblem `unknown_device`, `ambiguous_serial_number`
 */
export async function findOneDevice(connection: Connection, id: string): Promise<number> {
  const [deviceId, ...others] = await findDeviceIds(connection, id);
  if (deviceId === undefined) throw unknownDevice();
  if (others.length > 0) {
    const candidates = [deviceId, ...others].map((each) => ({ id: each }));
    const detail = 'Several devices have this serial number: ask by the key of one of them.';
    throw new RequestProblem(409, 'ambiguous_serial_number', detail, { extra: { candidates } });
  }
  return deviceId;
}

/** Labels of a device: those of its line, or its own. */
export async function labelsOfDevice(
  connection: Connection,
  deviceId: number,
): Promise<Record<string, string>> {
  const [device] = await readDevicesById(connection, [deviceId]);
  if (device === undefined || device.labelSetId === 0) return {};
  const labels = await labelsOfSets(connection, [device.labelSetId]);
  return Object.fromEntries(labels.get(device.labelSetId) ?? []);
}

/** @throws RequestProblem `unknown_device` */
export async function readDeviceInFull(connection: Connection, deviceId: number): Promise<DeviceInFull> {
  const device = await readWholeDevice(connection, deviceId);
  if (device === null) throw unknownDevice();
  const labels = await labelsOfSets(connection, device.labelSetId === 0 ? [] : [device.labelSetId]);
  return {
    device,
    labels: Object.fromEntries(labels.get(device.labelSetId) ?? []),
    conditions: await readConditions(connection, [deviceId]),
    inventory: await findInInventory(connection, device.serialNumber),
    intake: await readIntakeMoment(connection),
  };
}
