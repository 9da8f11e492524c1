import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { serialNumberForms, type AdminState, type DeviceIdentity, type Reachability } from '@cpemon/domain';
import type { DeviceGroup } from './label-counts.js';

/** What is in force for a device. */
export interface InventoryInForce {
  adminState: AdminState;
  /** A row of label_sets; 0 for none. */
  labelSetId: number;
  /** 0: the inventory does not know the device. */
  revision: number;
}

export type DeviceInventoryRow = InventoryInForce & { deviceId: number };

export const NOT_IN_INVENTORY: InventoryInForce = { adminState: 'in_service', labelSetId: 0, revision: 0 };

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/** What registered devices are counted by, as it is stored. */
export async function readDeviceGroups(
  transaction: Connection,
  deviceIds: readonly number[],
): Promise<Map<number, DeviceGroup & InventoryInForce>> {
  const groups = new Map<number, DeviceGroup & InventoryInForce>();
  for (let first = 0; first < deviceIds.length; first += KEYS_A_STATEMENT) {
    const [rows] = await transaction.query<RowDataPacket[][]>({
      sql: `
SELECT STRAIGHT_JOIN d.device_id, s.reachability, d.model, s.sw_version, i.admin_state, i.label_set_id, i.revision
  FROM devices AS d FORCE INDEX (PRIMARY)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id
 WHERE d.device_id IN (?)`,
      values: [deviceIds.slice(first, first + KEYS_A_STATEMENT)],
      rowsAsArray: true,
    });
    for (const row of rows as unknown[][]) {
      groups.set(row[0] as number, {
        reachability: row[1] as Reachability,
        model: row[2] as string | null,
        firmware: row[3] as string | null,
        adminState: (row[4] as AdminState | null) ?? NOT_IN_INVENTORY.adminState,
        labelSetId: (row[5] as number | null) ?? 0,
        revision: Number(row[6] ?? 0),
      });
    }
  }
  return groups;
}

/** Boxes that the inventory knows by one of these serial numbers, in either form of a PON serial number. */
export async function findInventory(
  transaction: Connection,
  serialNumbers: readonly string[],
): Promise<(DeviceIdentity & InventoryInForce)[]> {
  const forms = serialNumbers.flatMap(serialNumberForms);
  const found: (DeviceIdentity & InventoryInForce)[] = [];
  for (let first = 0; first < forms.length; first += KEYS_A_STATEMENT) {
    const [rows] = await transaction.query<RowDataPacket[]>(
      `
SELECT serial_number AS serialNumber, oui, product_class AS productClass, admin_state AS adminState,
       label_set_id AS labelSetId, revision
  FROM inventory_boxes FORCE INDEX (identity)
 WHERE serial_number IN (?)`,
      [forms.slice(first, first + KEYS_A_STATEMENT)],
    );
    for (const row of rows)
      found.push({ ...(row as DeviceIdentity & InventoryInForce), revision: Number(row['revision']) });
  }
  return found;
}

/** Writes what is in force for devices from now on. */
export async function putDeviceInventory(
  transaction: Connection,
  rows: readonly DeviceInventoryRow[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += KEYS_A_STATEMENT) {
    await transaction.query(
      `
INSERT INTO device_inventory (device_id, admin_state, label_set_id, revision) VALUES ?
ON DUPLICATE KEY UPDATE admin_state = VALUES(admin_state), label_set_id = VALUES(label_set_id),
  revision = VALUES(revision)`,
      [
        rows
          .slice(first, first + KEYS_A_STATEMENT)
          .map(({ deviceId, adminState, labelSetId, revision }) => [
            deviceId,
            adminState,
            labelSetId,
            revision,
          ]),
      ],
    );
  }
}
