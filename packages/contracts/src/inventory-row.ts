import {
  ADMIN_STATES,
  KEY_KINDS,
  OWN_LABELS,
  normalKey,
  readLabelName,
  readSerialNumber,
  type AdminState,
  type KeyKind,
} from '@cpemon/domain';

/** A row of an inventory import, checked. What is absent stays as it is. */
export interface InventoryRow {
  serialNumber?: string;
  oui?: string;
  productClass?: string;
  serviceId?: string;
  /** In their normal forms; several only of MACs. */
  keys: { kind: KeyKind; value: string }[];
  adminState?: AdminState;
  /** By name; '' takes a label away. */
  labels: Record<string, string>;
  /** Columns that say what a device says itself: they are passed over. Absent where there are none. */
  leftOut?: string[];
}

export const INVENTORY_ROW_PROBLEMS = [
  'no_key',
  'invalid_sn',
  'invalid_key',
  'invalid_label',
  'invalid_state',
  'too_long',
  'too_many_labels',
] as const;
export type InventoryRowProblem = (typeof INVENTORY_ROW_PROBLEMS)[number];

export interface RefusedRow {
  code: InventoryRowProblem;
  detail: string;
}

/** Labels of one row; more are refused. */
export const MOST_LABELS = 32;
const LONGEST_LABEL_VALUE = 64;
const LONGEST_SERVICE_ID = 64;
const LONGEST_PRODUCT_CLASS = 64;
const OUI = /^[\x21-\x7e]{1,16}$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

type Column =
  | { as: 'serialNumber' | 'oui' | 'productClass' | 'serviceId' | 'adminState' }
  | { as: 'key'; kind: KeyKind }
  | { as: 'label'; name: string }
  | { as: 'leftOut'; name: string };

/** What columns are called, beside their own names. */
const COLUMN_NAMES: Readonly<Record<string, Column>> = {
  ...columns({ as: 'serialNumber' }, ['sn', 'serial', 'serial_number', 'serialnumber']),
  ...columns({ as: 'oui' }, ['oui', 'manufacturer_oui']),
  ...columns({ as: 'productClass' }, ['product_class', 'productclass', 'pc']),
  ...columns({ as: 'serviceId' }, ['service_id', 'serviceid', 'service', 'line_id']),
  ...columns({ as: 'adminState' }, ['admin_state', 'administrative_state']),
  ...columns({ as: 'key', kind: 'pon_serial' }, ['pon_serial', 'pon_sn', 'gpon_sn', 'ont_sn', 'onu_sn']),
  ...columns({ as: 'key', kind: 'mac' }, ['mac', 'macs', 'mac_address', 'wan_mac']),
  ...columns({ as: 'key', kind: 'pppoe_user' }, ['pppoe_user', 'pppoe', 'pppoe_username']),
  ...columns({ as: 'key', kind: 'subscriber' }, ['subscriber', 'subscriber_id', 'customer', 'customer_id']),
  ...columns({ as: 'key', kind: 'circuit' }, ['circuit', 'circuit_id']),
};

function columns(column: Column, names: readonly string[]): Record<string, Column> {
  return Object.fromEntries(names.map((name) => [name, column]));
}

const columnsByName = new Map<string, Column | null>();
const COLUMNS_REMEMBERED = 1000;

/** What a column means; null when its name cannot be that of a label. Many inventories have a column `model`. */
function columnOf(name: string): Column | null {
  const known = columnsByName.get(name);
  if (known !== undefined) return known;
  const label = readLabelName(name);
  const named = label === null || !Object.hasOwn(COLUMN_NAMES, label) ? undefined : COLUMN_NAMES[label];
  const column =
    named ?? (label === null ? null : { as: isOwnLabel(label) ? 'leftOut' : 'label', name: label });
  if (columnsByName.size >= COLUMNS_REMEMBERED) columnsByName.clear();
  columnsByName.set(name, column);
  return column;
}

const isOwnLabel = (label: string): boolean => (OWN_LABELS as readonly string[]).includes(label);

/** What is wrong with the columns of a table; null when nothing is. */
export function problemOfColumns(names: readonly string[]): string | null {
  const unknown = names.find((name) => columnOf(name) === null);
  if (unknown !== undefined) {
    return `"${unknown.slice(0, 40)}" can be no column: a label's name is a letter and up to 31 letters, digits and "_".`;
  }
  const isKey = (name: string): boolean => {
    const column = columnOf(name);
    return (
      column !== null && (column.as === 'serialNumber' || column.as === 'serviceId' || column.as === 'key')
    );
  };
  if (names.some(isKey)) return null;
  return `No column names a box or a line: sn, service_id, ${KEY_KINDS.join(', ')}.`;
}

/** Reads a row from its cells by the names of their columns. */
export function readInventoryRow(cells: Readonly<Record<string, string>>): InventoryRow | RefusedRow {
  const row: InventoryRow = { keys: [], labels: {} };
  let labels = 0;
  for (const name in cells) {
    const text = cells[name]!.trim();
    const column = columnOf(name);
    if (column === null) return refused('invalid_label', `"${name.slice(0, 40)}" is no name of a label.`);
    if (column.as === 'leftOut') {
      (row.leftOut ??= []).push(column.name);
    } else if (column.as === 'label') {
      labels += 1;
      if (labels > MOST_LABELS) return refused('too_many_labels', `A row has at most ${MOST_LABELS} labels.`);
      if (text.length > LONGEST_LABEL_VALUE || UNPRINTABLE.test(text))
        return refused(
          'invalid_label',
          `${column.name} is at most ${LONGEST_LABEL_VALUE} printable characters.`,
        );
      row.labels[column.name] = text;
    } else if (text !== '') {
      const problem = takeCell(row, column, text);
      if (problem !== null) return problem;
    }
  }
  if (row.serialNumber === undefined && row.serviceId === undefined && row.keys.length === 0)
    return refused('no_key', 'Nothing in the row names a box or a line.');
  return row;
}

function takeCell(row: InventoryRow, column: Column, text: string): RefusedRow | null {
  switch (column.as) {
    case 'serialNumber': {
      const { serialNumber } = readSerialNumber(text) as { serialNumber?: string };
      if (serialNumber === undefined)
        return refused('invalid_sn', 'A serial number is 1 to 64 printable ASCII characters.');
      row.serialNumber = serialNumber;
      return null;
    }
    case 'oui':
      if (!OUI.test(text)) return refused('invalid_key', 'An OUI is 1 to 16 printable ASCII characters.');
      row.oui = text;
      return null;
    case 'productClass':
      if (text.length > LONGEST_PRODUCT_CLASS || UNPRINTABLE.test(text))
        return refused('too_long', `A product class is at most ${LONGEST_PRODUCT_CLASS} characters.`);
      row.productClass = text;
      return null;
    case 'serviceId':
      if (text.length > LONGEST_SERVICE_ID || UNPRINTABLE.test(text))
        return refused('too_long', `A service_id is at most ${LONGEST_SERVICE_ID} characters.`);
      row.serviceId = text;
      return null;
    case 'adminState': {
      // A box that is expected is one in service that was not heard yet.
      const state = text.toLowerCase() === 'expected' ? 'in_service' : text.toLowerCase();
      const known = ADMIN_STATES.find((each) => each === state);
      if (known === undefined)
        return refused('invalid_state', `admin_state is expected, ${ADMIN_STATES.join(', ')}.`);
      row.adminState = known;
      return null;
    }
    case 'key': {
      // A box has several MAC addresses; everything else it has once.
      const texts = column.kind === 'mac' ? text.split(/[\s,;|]+/).filter((each) => each !== '') : [text];
      for (const each of texts) {
        const value = normalKey(column.kind, each);
        if (value === null) return refused('invalid_key', `"${each.slice(0, 40)}" is no ${column.kind}.`);
        row.keys.push({ kind: column.kind, value });
      }
      return null;
    }
    case 'label':
    case 'leftOut':
      return null;
  }
}

const refused = (code: InventoryRowProblem, detail: string): RefusedRow => ({ code, detail });
