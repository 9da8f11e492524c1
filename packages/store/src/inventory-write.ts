import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { serialNumberForms, type InventoryCommand } from '@cpemon/domain';
import type { InventoryBox, InventoryKey, InventoryLine } from './inventory-snapshot.js';
import { labelSetIds, labelsText } from './label-sets.js';

/** What a batch of an import changes. */
export interface InventoryChanges {
  /** New ones, and those whose identity, line, labels or state is another. */
  boxes: ReadonlySet<InventoryBox>;
  /** New ones, and those whose labels are others. */
  lines: ReadonlySet<InventoryLine>;
  /** Links that begin and that end. */
  linked: readonly { line: InventoryLine; box: InventoryBox }[];
  unlinked: readonly { line: InventoryLine; box: InventoryBox }[];
  addedKeys: readonly { key: InventoryKey; owner: InventoryBox | InventoryLine }[];
  removedKeys: readonly { key: InventoryKey; owner: InventoryBox | InventoryLine }[];
}

const ROWS_A_STATEMENT = 2000;
/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/**
 * Locks the inventory, as the first thing of a transaction: one who changes it at a time, and whoever comes next sees
 * what this one did.
 * @returns the revision of this change, and the database's time (epoch ms)
 */
export async function lockInventory(transaction: Connection): Promise<{ revision: number; at: number }> {
  await transaction.query('UPDATE inventory_clock SET revision = revision + 1 WHERE id = 1');
  const [[row]] = await transaction.query<RowDataPacket[]>(
    'SELECT revision, CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at FROM inventory_clock WHERE id = 1',
  );
  return { revision: Number(row?.['revision']), at: Number(row?.['at']) };
}

async function inChunks(
  transaction: Connection,
  sql: string,
  keys: readonly string[],
): Promise<RowDataPacket[]> {
  const found: RowDataPacket[] = [];
  for (let first = 0; first < keys.length; first += KEYS_A_STATEMENT) {
    const [rows] = await transaction.query<RowDataPacket[]>(sql, [
      keys.slice(first, first + KEYS_A_STATEMENT),
    ]);
    found.push(...rows);
  }
  return found;
}

async function insert(
  transaction: Connection,
  head: string,
  rows: readonly unknown[][],
  tail = '',
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query<ResultSetHeader>(`${head} VALUES ? ${tail}`, [
      rows.slice(first, first + ROWS_A_STATEMENT),
    ]);
  }
}

/**
 * Writes changes, and gives what is new its keys.
 * @returns what the owners of the lanes have to be told, box by box
 */
export async function writeInventory(
  transaction: Connection,
  changes: InventoryChanges,
  { revision, at }: { revision: number; at: number },
): Promise<{ box: InventoryBox; command: InventoryCommand }[]> {
  const texts = new Set([...changes.boxes, ...changes.lines].map(({ labels }) => labelsText(labels)));
  texts.delete('');
  const sets = texts.size === 0 ? new Map<string, number>() : await labelSetIds(transaction, [...texts]);
  const setOf = (labels: Record<string, string>): number => sets.get(labelsText(labels)) ?? 0;
  await writeLines(transaction, [...changes.lines], setOf);
  const boxes = [...changes.boxes];
  await insert(
    transaction,
    `INSERT INTO inventory_boxes
       (box_id, serial_number, oui, product_class, line_id, admin_state, label_set_id, revision)`,
    boxes.map((box) => [
      ...[box.boxId === 0 ? null : box.boxId, box.serialNumber, box.oui, box.productClass],
      ...[box.line?.lineId ?? 0, box.adminState, setOf(box.labels), revision],
    ]),
    `ON DUPLICATE KEY UPDATE oui = VALUES(oui), product_class = VALUES(product_class), line_id = VALUES(line_id),
       admin_state = VALUES(admin_state), label_set_id = VALUES(label_set_id), revision = VALUES(revision)`,
  );
  const added = boxes.filter(({ boxId }) => boxId === 0);
  await readNewBoxIds(transaction, added);
  await insert(
    transaction,
    'INSERT IGNORE INTO expected_devices (serial_number, oui, product_class)',
    added.flatMap(({ serialNumber, oui, productClass }) =>
      serialNumberForms(serialNumber).map((form) => [form, oui, productClass]),
    ),
  );
  await writeLinks(transaction, changes, new Date(at));
  await writeKeys(transaction, changes);
  return boxes.map((box) => ({
    box,
    command: { name: 'inventory', revision, admin_state: box.adminState, label_set: setOf(box.labels) },
  }));
}

async function writeLines(
  transaction: Connection,
  lines: readonly InventoryLine[],
  setOf: (labels: Record<string, string>) => number,
): Promise<void> {
  await insert(
    transaction,
    'INSERT INTO inventory_lines (line_id, service_id, label_set_id)',
    lines.map(({ lineId, serviceId, labels }) => [lineId === 0 ? null : lineId, serviceId, setOf(labels)]),
    'ON DUPLICATE KEY UPDATE label_set_id = VALUES(label_set_id)',
  );
  const added = new Map(lines.filter(({ lineId }) => lineId === 0).map((line) => [line.serviceId, line]));
  if (added.size === 0) return;
  for (const row of await inChunks(
    transaction,
    'SELECT line_id, service_id FROM inventory_lines FORCE INDEX (by_service) WHERE service_id IN (?)',
    [...added.keys()],
  )) {
    const line = added.get(row['service_id'] as string);
    if (line !== undefined) line.lineId = row['line_id'] as number;
  }
}

async function readNewBoxIds(transaction: Connection, added: readonly InventoryBox[]): Promise<void> {
  if (added.length === 0) return;
  const keyOf = (...identity: readonly string[]): string => identity.join('\n');
  const byIdentity = new Map(added.map((box) => [keyOf(box.serialNumber, box.oui, box.productClass), box]));
  for (const row of await inChunks(
    transaction,
    'SELECT box_id, serial_number, oui, product_class FROM inventory_boxes FORCE INDEX (identity) WHERE serial_number IN (?)',
    added.map(({ serialNumber }) => serialNumber),
  )) {
    const box = byIdentity.get(
      keyOf(row['serial_number'] as string, row['oui'] as string, row['product_class'] as string),
    );
    if (box !== undefined) box.boxId = row['box_id'] as number;
  }
}

async function writeLinks(
  transaction: Connection,
  { linked, unlinked }: InventoryChanges,
  at: Date,
): Promise<void> {
  const ended = unlinked.filter(({ line, box }) => line.lineId !== 0 && box.boxId !== 0);
  for (let first = 0; first < ended.length; first += KEYS_A_STATEMENT) {
    await transaction.query(
      'UPDATE inventory_line_boxes SET valid_until = ? WHERE valid_until IS NULL AND (line_id, box_id) IN (?)',
      [at, ended.slice(first, first + KEYS_A_STATEMENT).map(({ line, box }) => [line.lineId, box.boxId])],
    );
  }
  // Of links that begin and end in one batch none is left.
  const lasting = linked.filter(({ line, box }) => line.box === box);
  await insert(
    transaction,
    'INSERT IGNORE INTO inventory_line_boxes (line_id, valid_from, box_id)',
    lasting.map(({ line, box }) => [line.lineId, at, box.boxId]),
  );
}

const isBox = (owner: InventoryBox | InventoryLine): owner is InventoryBox => 'boxId' in owner;

async function writeKeys(
  transaction: Connection,
  { addedKeys, removedKeys }: InventoryChanges,
): Promise<void> {
  const rowOf = ({ key, owner }: InventoryChanges['addedKeys'][number]): (string | number)[] => [
    ...[key.kind, key.value],
    ...(isBox(owner) ? [owner.boxId, 0] : [0, owner.lineId]),
  ];
  for (let first = 0; first < removedKeys.length; first += KEYS_A_STATEMENT) {
    await transaction.query('DELETE FROM inventory_keys WHERE (kind, value, box_id, line_id) IN (?)', [
      removedKeys.slice(first, first + KEYS_A_STATEMENT).map(rowOf),
    ]);
  }
  await insert(
    transaction,
    'INSERT IGNORE INTO inventory_keys (kind, value, box_id, line_id)',
    addedKeys.map(rowOf),
  );
}

/** Boxes that were changed after one revision and up to another, with what the owners of their lanes have to be told. */
export async function readChangedBoxes(
  connection: Connection,
  after: number,
  upTo: number,
  page: { afterBox: number; limit: number },
): Promise<
  { boxId: number; serialNumber: string; oui: string; productClass: string; command: InventoryCommand }[]
> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT box_id AS boxId, serial_number AS serialNumber, oui, product_class AS productClass, admin_state AS adminState,
       label_set_id AS labelSetId, revision
  FROM inventory_boxes
 WHERE revision > ? AND revision <= ? AND box_id > ?
 ORDER BY box_id
 LIMIT ?`,
    [after, upTo, page.afterBox, page.limit],
  );
  return rows.map((row) => ({
    boxId: row['boxId'] as number,
    serialNumber: row['serialNumber'] as string,
    oui: row['oui'] as string,
    productClass: row['productClass'] as string,
    command: {
      name: 'inventory',
      revision: Number(row['revision']),
      admin_state: row['adminState'] as InventoryCommand['admin_state'],
      label_set: row['labelSetId'] as number,
    },
  }));
}
