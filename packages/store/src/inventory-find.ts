import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { KEY_KINDS, normalKey, serialNumberForms, type KeyKind } from '@cpemon/domain';
import { loadInventory, type InventoryBox, type InventoryLine } from './inventory-snapshot.js';

/** A box that served a line, or serves it; times in epoch ms. */
export interface LineBox {
  serviceId: string;
  serialNumber: string;
  oui: string;
  productClass: string;
  from: number;
  until: number | null;
}

/** What the inventory knows by one text: a serial number, a service or any key. */
export interface InventoryFinding {
  boxes: InventoryBox[];
  lines: InventoryLine[];
  /** Serial numbers of boxes that were heard. */
  heard: ReadonlySet<string>;
  /** Of the lines found, and of the boxes found: the newest first. */
  history: LineBox[];
}

const LONGEST_HISTORY = 200;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

export async function findInInventory(connection: Connection, text: string): Promise<InventoryFinding> {
  const keys = new Map<KeyKind, Set<string>>();
  for (const kind of KEY_KINDS) {
    const value = normalKey(kind, text);
    if (value !== null) keys.set(kind, new Set([value]));
  }
  // A serial number is ASCII, and its column cannot be compared with anything else; other keys may be any text.
  const serialNumbers = new Set(PRINTABLE_ASCII.test(text) ? serialNumberForms(text) : []);
  const { boxes, lines, devices } = await loadInventory(connection, {
    ...{ serialNumbers, serviceIds: new Set([text]), keys },
  });
  const heard = new Set(devices.flatMap(({ serialNumber }) => serialNumberForms(serialNumber)));
  return { boxes, lines, heard, history: await readHistory(connection, boxes, lines) };
}

async function readHistory(
  connection: Connection,
  boxes: readonly InventoryBox[],
  lines: readonly InventoryLine[],
): Promise<LineBox[]> {
  if (boxes.length === 0 && lines.length === 0) return [];
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT l.service_id AS serviceId, b.serial_number AS serialNumber, b.oui, b.product_class AS productClass,
       CAST(UNIX_TIMESTAMP(h.valid_from) * 1000 AS UNSIGNED) AS \`from\`,
       CAST(UNIX_TIMESTAMP(h.valid_until) * 1000 AS UNSIGNED) AS \`until\`
  FROM inventory_line_boxes AS h
  JOIN inventory_lines AS l ON l.line_id = h.line_id
  JOIN inventory_boxes AS b ON b.box_id = h.box_id
 WHERE h.line_id IN (?) OR h.box_id IN (?)
 ORDER BY h.valid_from DESC, h.valid_until IS NOT NULL
 LIMIT ?`,
    [[0, ...lines.map(({ lineId }) => lineId)], [0, ...boxes.map(({ boxId }) => boxId)], LONGEST_HISTORY],
  );
  return rows.map((row) => ({
    ...(row as LineBox),
    from: Number(row['from']),
    until: row['until'] === null ? null : Number(row['until']),
  }));
}
