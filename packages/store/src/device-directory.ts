import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { serialNumberForms, type AdminState, type Health, type Reachability } from '@cpemon/domain';
import { loadInventory, type LabelMemory } from './inventory-snapshot.js';

/** What a device is found by. */
export interface DirectoryRow {
  deviceId: number;
  serialNumber: string;
  oui: string;
  productClass: string;
  model: string | null;
  firmware: string | null;
  wanIp: string | null;
  source: string;
  reachability: Reachability;
  /** Epoch ms. */
  since: number;
  adminState: AdminState;
  labelSetId: number;
  health: Health;
}

const SELECT = `
SELECT STRAIGHT_JOIN d.device_id, d.serial_number, d.oui, d.product_class, d.model, s.sw_version, s.wan_ip, s.source,
       s.reachability, s.reachability_since, i.admin_state, i.label_set_id, s.health
  FROM devices AS d FORCE INDEX (PRIMARY)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id`;

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/** Devices after one, in the order of their keys. */
export async function readDirectory(
  connection: Connection,
  { after, limit }: { after: number; limit: number },
): Promise<DirectoryRow[]> {
  const [rows] = await connection.query<RowDataPacket[][]>({
    sql: `${SELECT} WHERE d.device_id > ? ORDER BY d.device_id LIMIT ?`,
    values: [after, limit],
    rowsAsArray: true,
  });
  return rows.map(toRow);
}

/** Devices with some keys; one that is gone is left out. */
export async function readDirectoryOf(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<DirectoryRow[]> {
  const found: DirectoryRow[] = [];
  for (let first = 0; first < deviceIds.length; first += KEYS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[][]>({
      sql: `${SELECT} WHERE d.device_id IN (?)`,
      values: [deviceIds.slice(first, first + KEYS_A_STATEMENT)],
      rowsAsArray: true,
    });
    found.push(...rows.map(toRow));
  }
  return found;
}

function toRow(row: unknown): DirectoryRow {
  const [deviceId, serialNumber, oui, productClass, model, firmware, wanIp, source, ...rest] = row as [
    ...[number, string, string, string, string | null, string | null, string | null, string],
    ...[Reachability, Date, AdminState | null, number | null, Health],
  ];
  const [reachability, since, adminState, labelSetId, health] = rest;
  return {
    ...{ deviceId, serialNumber, oui, productClass, model, firmware, wanIp, source, reachability },
    ...{
      since: since.getTime(),
      adminState: adminState ?? 'in_service',
      labelSetId: labelSetId ?? 0,
      health,
    },
  };
}

/** What devices are known by elsewhere: of their boxes and of the lines that these serve. */
export interface ExternalNames {
  /** Of PON terminals the serial number in its other form, service, subscriber, circuit. */
  open: string[];
  /** MAC addresses and PPPoE users: data of persons. */
  personal: string[];
}

/** By serial number; a device that the inventory does not know is not in it. */
export async function readExternalNames(
  connection: Connection,
  serialNumbers: readonly string[],
  memory: LabelMemory,
): Promise<Map<string, ExternalNames>> {
  const forms = new Map(serialNumbers.map((serialNumber) => [serialNumber, serialNumberForms(serialNumber)]));
  const asked = new Set([...forms.values()].flat());
  const { boxes } = await loadInventory(
    connection,
    { serialNumbers: asked, serviceIds: new Set(), keys: new Map() },
    memory,
  );
  const bySerial = new Map<string, ExternalNames>();
  for (const box of boxes) {
    if (!asked.has(box.serialNumber)) continue;
    const names = bySerial.get(box.serialNumber) ?? { open: [], personal: [] };
    if (box.line !== null) names.open.push(box.line.serviceId);
    for (const { kind, value } of [...box.keys, ...(box.line?.keys ?? [])])
      (kind === 'mac' || kind === 'pppoe_user' ? names.personal : names.open).push(value);
    bySerial.set(box.serialNumber, names);
  }
  const names = new Map<string, ExternalNames>();
  for (const [serialNumber, all] of forms) {
    const known = all.map((form) => bySerial.get(form)).find((each) => each !== undefined);
    const others = all.filter((form) => form !== serialNumber);
    if (known === undefined && others.length === 0) continue;
    names.set(serialNumber, {
      open: [...others, ...(known?.open ?? [])],
      personal: known?.personal ?? [],
    });
  }
  return names;
}

/** The number of the last change of the inventory, and whether it knows any box. */
export async function readInventoryRevision(
  connection: Connection,
): Promise<{ revision: number; isEmpty: boolean }> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT revision, NOT EXISTS (SELECT 1 FROM inventory_boxes) AS isEmpty FROM inventory_clock WHERE id = 1',
  );
  return { revision: Number(row?.['revision'] ?? 0), isEmpty: Number(row?.['isEmpty'] ?? 1) === 1 };
}
