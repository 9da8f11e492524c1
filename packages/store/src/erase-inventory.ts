import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { serialNumberForms, type DeviceIdentity } from '@cpemon/domain';
import { lockInventory } from './inventory-write.js';

/**
 * Removes from the inventory what it knows of a box: the box, its keys, that it is expected, and that it served lines. The
 * line it serves goes with its keys and labels unless another box serves it too.
 * @param wanted in any form of the serial number; OUI and product class empty for every box with it
 * @returns rows that were removed
 */
export async function eraseInventory(transaction: Connection, wanted: DeviceIdentity): Promise<number> {
  await lockInventory(transaction);
  const forms = serialNumberForms(wanted.serialNumber);
  const all = wanted.oui === '' && wanted.productClass === '';
  const which = 'serial_number IN (?) AND (? OR (oui = ? AND product_class = ?))';
  const identity = [forms, all, wanted.oui, wanted.productClass];
  const [boxes] = await transaction.query<RowDataPacket[]>(
    `SELECT box_id, line_id FROM inventory_boxes WHERE ${which}`,
    identity,
  );
  let removed = 0;
  const remove = async (sql: string, values: unknown[]): Promise<void> => {
    const [result] = await transaction.query<ResultSetHeader>(sql, values);
    removed += result.affectedRows;
  };
  await remove(`DELETE FROM expected_devices WHERE ${which}`, identity);
  if (boxes.length === 0) return removed;
  const boxIds = boxes.map((row) => row['box_id'] as number);
  const lineIds = [...new Set(boxes.map((row) => row['line_id'] as number))].filter((id) => id !== 0);
  await remove('DELETE FROM inventory_keys WHERE box_id IN (?)', [boxIds]);
  await remove('DELETE FROM inventory_line_boxes WHERE box_id IN (?)', [boxIds]);
  await remove('DELETE FROM inventory_boxes WHERE box_id IN (?)', [boxIds]);
  for (const lineId of lineIds) {
    const [[other]] = await transaction.query<RowDataPacket[]>(
      'SELECT box_id FROM inventory_boxes WHERE line_id = ? LIMIT 1',
      [lineId],
    );
    if (other !== undefined) continue;
    await remove('DELETE FROM inventory_keys WHERE line_id = ?', [lineId]);
    await remove('DELETE FROM inventory_line_boxes WHERE line_id = ?', [lineId]);
    await remove('DELETE FROM inventory_lines WHERE line_id = ?', [lineId]);
  }
  return removed;
}
