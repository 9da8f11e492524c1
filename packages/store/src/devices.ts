import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { DeviceRecord } from '@cpemon/domain';
import { takeFormerKeys } from './rebuilt-device-ids.js';

/** A row of `devices`; times in epoch ms. */
export interface DeviceRow {
  /** Gets the key; the identity stands beside it, because the next batch may complete that before this is written. */
  record: DeviceRecord;
  serialNumber: string;
  oui: string;
  productClass: string;
  manufacturer: string | null;
  model: string | null;
  /** Source of the first event. */
  source: string;
  generation: number;
  lane: number;
}

const ROWS_A_STATEMENT = 1000;

/** Inserts devices that have no key yet, and gives them keys: those they had before a rebuild, else new ones. */
export async function registerDevices(transaction: Connection, rows: readonly DeviceRow[]): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    const chunk = rows.slice(first, first + ROWS_A_STATEMENT);
    const formerKeys = await takeFormerKeys(transaction, chunk);
    await transaction.query(
      `
INSERT INTO devices
  (device_id, serial_number, oui, product_class, manufacturer, model, source, generation, lane, first_seen_at)
VALUES ?`,
      [
        chunk.map((row) => [
          // NULL lets the database choose.
          formerKeys.get(row) ?? null,
          ...[row.serialNumber, row.oui, row.productClass, row.manufacturer, row.model],
          ...[row.source.slice(0, 32), row.generation, row.lane, new Date(row.record.firstSeenAt)],
        ]),
      ],
    );
    const [found] = await transaction.query<RowDataPacket[][]>({
      sql: 'SELECT device_id, serial_number, oui, product_class FROM devices WHERE serial_number IN (?)',
      values: [chunk.map(({ serialNumber }) => serialNumber)],
      rowsAsArray: true,
    });
    const keys = new Map(
      (found as unknown as [number, string, string, string][]).map(([deviceId, ...identity]) => [
        identity.join('\0'),
        deviceId,
      ]),
    );
    for (const { record, serialNumber, oui, productClass } of chunk) {
      const key = keys.get([serialNumber, oui, productClass].join('\0'));
      if (key === undefined) throw new Error(`device ${serialNumber} is not there after its INSERT`);
      record.deviceId = key;
    }
  }
}

/** Writes what has become known of registered devices: the rest of their identity, manufacturer and model. */
export async function describeDevices(transaction: Connection, rows: readonly DeviceRow[]): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `
INSERT INTO devices
  (device_id, serial_number, oui, product_class, manufacturer, model, source, generation, lane, first_seen_at)
VALUES ?
ON DUPLICATE KEY UPDATE oui = VALUES(oui), product_class = VALUES(product_class),
  manufacturer = VALUES(manufacturer), model = VALUES(model)`,
      [
        rows
          .slice(first, first + ROWS_A_STATEMENT)
          .map((row) => [
            ...[
              row.record.deviceId,
              row.serialNumber,
              row.oui,
              row.productClass,
              row.manufacturer,
              row.model,
            ],
            ...[row.source.slice(0, 32), row.generation, row.lane, new Date(row.record.firstSeenAt)],
          ]),
      ],
    );
  }
}
