import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** The key that a device had before its lane was cleared, and what it was known by. */
export interface FormerKey {
  deviceId: number;
  serialNumber: string;
  oui: string;
  productClass: string;
  /** Epoch ms. */
  firstSeenAt: number;
}

interface Registered {
  serialNumber: string;
  oui: string;
  productClass: string;
  record: { firstSeenAt: number };
}

/** Remembers the keys of devices that are about to be removed. */
export async function keepDeviceIds(transaction: Connection, deviceIds: readonly number[]): Promise<void> {
  await transaction.query(
    `
INSERT INTO rebuilt_device_ids (device_id, serial_number, oui, product_class, first_seen_at)
SELECT device_id, serial_number, oui, product_class, first_seen_at FROM devices WHERE device_id IN (?)
ON DUPLICATE KEY UPDATE serial_number = VALUES(serial_number), oui = VALUES(oui),
  product_class = VALUES(product_class), first_seen_at = VALUES(first_seen_at)`,
    [deviceIds],
  );
}

/**
 * The keys that some devices had before, by device; they are not kept any longer. Usually nobody has any.
 * @param transaction the one that registers them
 */
export async function takeFormerKeys<T extends Registered>(
  transaction: Connection,
  devices: readonly T[],
): Promise<Map<T, number>> {
  const [rows] = await transaction.query<RowDataPacket[]>(
    `
SELECT device_id, serial_number, oui, product_class, first_seen_at FROM rebuilt_device_ids
 WHERE serial_number IN (?)`,
    [devices.map(({ serialNumber }) => serialNumber)],
  );
  const former = rows.map((row): FormerKey => ({
    deviceId: row['device_id'] as number,
    serialNumber: row['serial_number'] as string,
    oui: row['oui'] as string,
    productClass: row['product_class'] as string,
    firstSeenAt: (row['first_seen_at'] as Date).getTime(),
  }));
  const taken = matchFormerKeys(devices, former);
  if (taken.size > 0)
    await transaction.query('DELETE FROM rebuilt_device_ids WHERE device_id IN (?)', [[...taken.values()]]);
  return taken;
}

/**
 * Which device had which key: the one with the same first event; among several of them, or where that has changed
 * (events that were parked then are applied in order now), the one of the same identity.
 */
export function matchFormerKeys<T extends Registered>(
  devices: readonly T[],
  former: readonly FormerKey[],
): Map<T, number> {
  const taken = new Map<T, number>();
  if (former.length === 0) return taken;
  const free = new Set(former);
  const sameIdentity = (device: T, key: FormerKey): boolean =>
    key.oui === device.oui && key.productClass === device.productClass;
  const sameStart = (device: T, key: FormerKey): boolean => key.firstSeenAt === device.record.firstSeenAt;
  const rounds: ((device: T, key: FormerKey) => boolean)[] = [
    (device, key) => sameStart(device, key) && sameIdentity(device, key),
    sameStart,
    sameIdentity,
  ];
  for (const matches of rounds) {
    for (const device of devices) {
      if (taken.has(device)) continue;
      for (const key of free) {
        if (key.serialNumber !== device.serialNumber || !matches(device, key)) continue;
        taken.set(device, key.deviceId);
        free.delete(key);
        break;
      }
    }
  }
  return taken;
}
