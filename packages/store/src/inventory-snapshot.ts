import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { serialNumberForms, type AdminState, type DeviceIdentity, type KeyKind } from '@cpemon/domain';
import { labelsOfSets, type LabelPairs } from './label-sets.js';

export interface InventoryKey {
  kind: KeyKind;
  value: string;
}

/** A line of the inventory, with the box that serves it now. */
export interface InventoryLine {
  /** 0 until it is stored. */
  lineId: number;
  serviceId: string;
  labels: Record<string, string>;
  keys: InventoryKey[];
  box: InventoryBox | null;
}

export interface InventoryBox extends DeviceIdentity {
  /** 0 until it is stored. */
  boxId: number;
  line: InventoryLine | null;
  adminState: AdminState;
  /** Those of its line; of a box without a line its own. */
  labels: Record<string, string>;
  keys: InventoryKey[];
}

/** What the inventory and the device tables know of some serial numbers, services and keys. */
export interface InventorySnapshot {
  boxes: InventoryBox[];
  lines: InventoryLine[];
  /** Devices that were heard, whether or not the inventory knows them. */
  devices: DeviceIdentity[];
}

export interface InventoryQuestion {
  /** In all their forms. */
  serialNumbers: ReadonlySet<string>;
  serviceIds: ReadonlySet<string>;
  keys: ReadonlyMap<KeyKind, ReadonlySet<string>>;
}

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

interface BoxRow {
  boxId: number;
  serialNumber: string;
  oui: string;
  productClass: string;
  lineId: number;
  adminState: AdminState;
  labelSetId: number;
}
interface LineRow {
  lineId: number;
  serviceId: string;
  labelSetId: number;
}

const BOXES = `
SELECT box_id AS boxId, serial_number AS serialNumber, oui, product_class AS productClass, line_id AS lineId,
       admin_state AS adminState, label_set_id AS labelSetId
  FROM inventory_boxes`;
const LINES =
  'SELECT line_id AS lineId, service_id AS serviceId, label_set_id AS labelSetId FROM inventory_lines';
/** By name: by statistics of a table that grows while it is read, the server now and then reads all of it. */
const BOX_INDEXES = { serial_number: 'identity', box_id: 'PRIMARY', line_id: 'by_line' } as const;
const LINE_INDEXES = { service_id: 'by_service', line_id: 'PRIMARY' } as const;

async function inChunks<Row>(
  connection: Connection,
  sql: string,
  values: Iterable<string | number>,
): Promise<Row[]> {
  const all = [...values];
  const rows: Row[] = [];
  for (let first = 0; first < all.length; first += KEYS_A_STATEMENT) {
    const [found] = await connection.query<RowDataPacket[]>(sql, [
      all.slice(first, first + KEYS_A_STATEMENT),
    ]);
    rows.push(...(found as Row[]));
  }
  return rows;
}

/** Reads all that one batch of an import needs: the boxes and lines in question, and whatever is tied to them. */
export async function loadInventory(
  connection: Connection,
  { serialNumbers, serviceIds, keys }: InventoryQuestion,
  memory: LabelMemory = new Map(),
): Promise<InventorySnapshot> {
  const keyRows: { boxId: number; lineId: number }[] = [];
  for (const [kind, values] of keys) {
    keyRows.push(
      ...(await inChunks<{ boxId: number; lineId: number }>(
        connection,
        `SELECT box_id AS boxId, line_id AS lineId FROM inventory_keys FORCE INDEX (PRIMARY) WHERE kind = '${kind}' AND value IN (?)`,
        values,
      )),
    );
  }
  const boxes = new Map<number, BoxRow>();
  const lines = new Map<number, LineRow>();
  const takeBoxes = async (
    condition: keyof typeof BOX_INDEXES,
    values: Iterable<string | number>,
  ): Promise<void> => {
    for (const box of await inChunks<BoxRow>(
      connection,
      `${BOXES} FORCE INDEX (${BOX_INDEXES[condition]}) WHERE ${condition} IN (?)`,
      values,
    ))
      boxes.set(box.boxId, box);
  };
  const takeLines = async (
    condition: keyof typeof LINE_INDEXES,
    values: Iterable<string | number>,
  ): Promise<void> => {
    for (const line of await inChunks<LineRow>(
      connection,
      `${LINES} FORCE INDEX (${LINE_INDEXES[condition]}) WHERE ${condition} IN (?)`,
      values,
    ))
      lines.set(line.lineId, line);
  };
  await takeLines('service_id', serviceIds);
  await takeBoxes('serial_number', serialNumbers);
  await takeLines(
    'line_id',
    missing(
      lines,
      keyRows.map(({ lineId }) => lineId),
    ),
  );
  await takeBoxes(
    'box_id',
    missing(
      boxes,
      keyRows.map(({ boxId }) => boxId),
    ),
  );
  await takeLines(
    'line_id',
    missing(
      lines,
      [...boxes.values()].map(({ lineId }) => lineId),
    ),
  );
  if (lines.size > 0) await takeBoxes('line_id', lines.keys());
  const devices = await inChunks<DeviceIdentity>(
    connection,
    'SELECT serial_number AS serialNumber, oui, product_class AS productClass FROM devices FORCE INDEX (identity) WHERE serial_number IN (?)',
    new Set([...serialNumbers, ...[...boxes.values()].flatMap((box) => serialNumberForms(box.serialNumber))]),
  );
  return { ...(await assemble(connection, [...boxes.values()], [...lines.values()], memory)), devices };
}

const missing = (known: ReadonlyMap<number, unknown>, ids: readonly number[]): Set<number> =>
  new Set(ids.filter((id) => id !== 0 && !known.has(id)));

async function assemble(
  connection: Connection,
  boxRows: readonly BoxRow[],
  lineRows: readonly LineRow[],
  memory: LabelMemory,
): Promise<Pick<InventorySnapshot, 'boxes' | 'lines'>> {
  const sets = new Set([...boxRows, ...lineRows].map(({ labelSetId }) => labelSetId));
  sets.delete(0);
  const labels = await rememberedLabels(connection, sets, memory);
  const labelsOf = (id: number): Record<string, string> => Object.fromEntries(labels.get(id) ?? []);
  const lines = new Map(
    lineRows.map(({ lineId, serviceId, labelSetId }): [number, InventoryLine] => [
      lineId,
      { lineId, serviceId, labels: labelsOf(labelSetId), keys: [], box: null },
    ]),
  );
  const boxes = new Map(
    boxRows.map(({ lineId, labelSetId, ...row }): [number, InventoryBox] => [
      row.boxId,
      { ...row, line: lines.get(lineId) ?? null, labels: labelsOf(labelSetId), keys: [] },
    ]),
  );
  for (const box of boxes.values()) if (box.line !== null) box.line.box = box;
  type KeyRow = InventoryKey & { owner: number };
  const KEYS =
    'SELECT kind, value, %owner AS owner FROM inventory_keys FORCE INDEX (by_%key) WHERE %owner IN (?)';
  for (const { kind, value, owner } of await inChunks<KeyRow>(
    connection,
    KEYS.replaceAll('%owner', 'box_id').replace('%key', 'box'),
    boxes.keys(),
  ))
    boxes.get(owner)?.keys.push({ kind, value });
  for (const { kind, value, owner } of await inChunks<KeyRow>(
    connection,
    KEYS.replaceAll('%owner', 'line_id').replace('%key', 'line'),
    lines.keys(),
  ))
    lines.get(owner)?.keys.push({ kind, value });
  return { boxes: [...boxes.values()], lines: [...lines.values()] };
}

/** Label sets that were read before: they never change. */
export type LabelMemory = Map<number, LabelPairs>;
/** Some 20 MB. */
const SETS_REMEMBERED = 50_000;

async function rememberedLabels(
  connection: Connection,
  ids: ReadonlySet<number>,
  remembered: LabelMemory,
): Promise<ReadonlyMap<number, LabelPairs>> {
  const unknown = [...ids].filter((id) => !remembered.has(id));
  if (unknown.length === 0) return remembered;
  const found = await labelsOfSets(connection, unknown);
  if (remembered.size + found.size > SETS_REMEMBERED) {
    for (const id of remembered.keys()) if (!ids.has(id)) remembered.delete(id);
  }
  for (const [id, labels] of found) remembered.set(id, labels);
  return remembered;
}
