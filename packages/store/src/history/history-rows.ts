import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** Tables with one row for a device and a span of time. */
const SPANS = { history_samples: 'slice', history_hours: 'day', history_days: 'day' } as const;
export type SpanTable = keyof typeof SPANS;

export type PayloadRow = [span: number, deviceId: number, payload: Buffer];

const ROWS_A_STATEMENT = 100;

/** Payloads of devices in spans, by device and span. The spans are named one by one: they are the key's first half. */
export async function readPayloads(
  connection: Connection,
  table: SpanTable,
  deviceIds: readonly number[],
  spans: readonly number[],
): Promise<Map<number, Map<number, Buffer>>> {
  const found = new Map<number, Map<number, Buffer>>();
  if (spans.length === 0 || deviceIds.length === 0) return found;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${SPANS[table]} AS span, device_id, payload FROM ${table} FORCE INDEX (PRIMARY)
      WHERE ${SPANS[table]} IN (?) AND device_id IN (?)`,
    [spans, deviceIds],
  );
  for (const row of rows) {
    const deviceId = Number(row['device_id']);
    const own = found.get(deviceId) ?? new Map<number, Buffer>();
    found.set(deviceId, own.set(Number(row['span']), row['payload'] as Buffer));
  }
  return found;
}

/** @param rows in the order of the keys, so that pages fill one after the other */
export async function writePayloads(
  transaction: Connection,
  table: SpanTable,
  rows: readonly PayloadRow[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `INSERT INTO ${table} (${SPANS[table]}, device_id, payload) VALUES ?
       ON DUPLICATE KEY UPDATE payload = VALUES(payload)`,
      [rows.slice(first, first + ROWS_A_STATEMENT)],
    );
  }
}
