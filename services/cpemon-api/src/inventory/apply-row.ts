import type { InventoryRow } from '@cpemon/contracts';
import { isBoxKey, matchIdentity, type DeviceIdentity } from '@cpemon/domain';
import type { ImportOutcome, InventoryBox, InventoryLine } from '@cpemon/store';
import { serviceOfKeys, type InventoryBatch } from './inventory-batch.js';

/** What became of a row; `code` and `detail` where somebody has to look at it. */
export interface RowResult {
  outcome: ImportOutcome;
  code: string;
  detail: string;
}

/** Rows that named a box or a line before this one, in the same import. */
export interface RowsSeen {
  /** @returns the number of the row that named it first, when that was another one */
  box(box: DeviceIdentity, row: number): number | undefined;
  line(line: InventoryLine, row: number): number | undefined;
}

const result = (outcome: ImportOutcome, code = '', detail = ''): RowResult => ({ outcome, code, detail });

/** Applies one row to the batch. A row that is not matched changes nothing. */
export function applyRow(
  batch: InventoryBatch,
  row: InventoryRow,
  number: number,
  seen: RowsSeen,
): RowResult {
  const foundBox = findBox(batch, row);
  if ('outcome' in foundBox) return foundBox;
  const foundLine = findLine(batch, row, foundBox.box);
  if ('outcome' in foundLine) return foundLine;
  const box =
    foundBox.box ?? (row.serialNumber === undefined ? (foundLine.line?.box ?? undefined) : undefined);
  const canAddBox = row.serialNumber !== undefined;
  if (box === undefined && !canAddBox && foundLine.line === undefined) {
    return result('unmatched', 'unmatched', 'No box and no line is known by what the row names.');
  }
  const namesBox = foundBox.box !== undefined || canAddBox;
  const named = box ?? (canAddBox ? newBoxOf(batch, row) : undefined);
  const twice = named !== undefined && namesBox ? seen.box(identityWith(named, row), number) : undefined;
  if (twice !== undefined) {
    const code = row.serialNumber === undefined ? 'duplicate_key' : 'duplicate_serial';
    return result('refused', code, `Row ${twice} names the same box.`);
  }
  const line = foundLine.line ?? (named === undefined ? undefined : newLineOf(batch, row, named));
  const lineTwice =
    line === undefined || line.box === null || named === line.box ? undefined : seen.line(line, number);
  if (lineTwice !== undefined) {
    return result(
      'refused',
      'duplicate_service_id',
      `Row ${lineTwice} gives ${line!.serviceId} another box.`,
    );
  }
  if (line !== undefined && namesBox) seen.line(line, number);

  const wasKnown = named === undefined ? true : named.boxId !== 0;
  const changes = [
    ...applyIdentity(batch, row, named),
    ...applyLink(batch, line, namesBox ? named : undefined),
    ...applyState(batch, row, named),
    ...applyLabels(batch, row, line, named),
    ...applyKeys(batch, row, line, named),
  ];
  if (!wasKnown && named !== undefined) {
    batch.touchBox(named);
    return result('added');
  }
  if (changes.length === 0) return result('unchanged');
  return result('changed', 'changed', changes.join('; '));
}

/** A box as it is known with what the row adds. */
const identityWith = (
  { serialNumber, oui, productClass }: InventoryBox,
  row: InventoryRow,
): DeviceIdentity => ({
  serialNumber,
  oui: oui === '' ? (row.oui ?? '') : oui,
  productClass: productClass === '' ? (row.productClass ?? '') : productClass,
});

type Found<T> = T | RowResult;

function findBox(batch: InventoryBatch, row: InventoryRow): Found<{ box?: InventoryBox }> {
  const keys = row.keys.filter(({ kind }) => isBoxKey(kind));
  const owners = new Set(keys.flatMap((key) => [...batch.boxesByKey(key)]));
  if (row.serialNumber !== undefined) {
    const wanted = {
      serialNumber: row.serialNumber,
      oui: row.oui ?? '',
      productClass: row.productClass ?? '',
    };
    const candidates = batch.boxesBySerial(row.serialNumber);
    const box = matchIdentity(candidates, wanted);
    if (box === undefined && candidates.length > 0 && wanted.oui === '') {
      return result(
        'ambiguous',
        'several_devices',
        `${candidates.length} boxes have this serial number: name oui and product_class as well.`,
      );
    }
    const other = [...owners].find((owner) => owner !== box);
    if (other !== undefined) return disagree(box, other);
    return box === undefined ? {} : { box };
  }
  // Boxes whose serial number is the PON serial number: many are.
  for (const { kind, value } of keys) {
    if (kind === 'pon_serial') for (const box of batch.boxesBySerial(value)) owners.add(box);
  }
  if (owners.size > 1) {
    const names = [...owners].slice(0, 4).map(({ serialNumber }) => serialNumber);
    return result('ambiguous', 'several_devices', `The keys are those of ${names.join(', ')}.`);
  }
  const [box] = owners;
  return box === undefined ? {} : { box };
}

const disagree = (box: InventoryBox | undefined, other: InventoryBox): RowResult =>
  result(
    'ambiguous',
    'keys_disagree',
    `A key of the row is known as that of ${other.serialNumber}, not of ${box?.serialNumber ?? 'a new box'}.`,
  );

function findLine(
  batch: InventoryBatch,
  row: InventoryRow,
  box: InventoryBox | undefined,
): Found<{ line?: InventoryLine }> {
  if (row.serviceId !== undefined) {
    const line = batch.lineByService(row.serviceId);
    return line === undefined ? {} : { line };
  }
  const keys = row.keys.filter(({ kind }) => !isBoxKey(kind));
  const owners = new Set(keys.flatMap((key) => [...batch.linesByKey(key)]));
  if (box?.line != null && (owners.size === 0 || owners.has(box.line))) return { line: box.line };
  if (owners.size > 1) {
    const names = [...owners].slice(0, 4).map(({ serviceId }) => serviceId);
    return result('ambiguous', 'several_lines', `The keys are those of the lines ${names.join(', ')}.`);
  }
  const [line] = owners;
  return line === undefined ? {} : { line };
}

function newBoxOf(batch: InventoryBatch, row: InventoryRow): InventoryBox {
  const { serialNumber = '', oui = '', productClass = '' } = row;
  return batch.addBox({ serialNumber, oui, productClass });
}

function newLineOf(batch: InventoryBatch, row: InventoryRow, box: InventoryBox): InventoryLine | undefined {
  const serviceId = row.serviceId ?? serviceOfKeys(row);
  if (serviceId === undefined) return undefined;
  const line = batch.lineByService(serviceId) ?? batch.addLine(serviceId);
  if (box.line === null) line.labels = { ...box.labels, ...line.labels };
  return line;
}

function applyIdentity(batch: InventoryBatch, row: InventoryRow, box: InventoryBox | undefined): string[] {
  if (box === undefined) return [];
  const learns =
    (box.oui === '' && row.oui !== undefined) || (box.productClass === '' && row.productClass !== undefined);
  if (!learns) return [];
  box.oui = box.oui === '' ? (row.oui ?? '') : box.oui;
  box.productClass = box.productClass === '' ? (row.productClass ?? '') : box.productClass;
  batch.touchBox(box);
  return [`is ${box.oui} ${box.productClass}`.trim()];
}

function applyLink(
  batch: InventoryBatch,
  line: InventoryLine | undefined,
  box: InventoryBox | undefined,
): string[] {
  if (line === undefined || box === undefined || box.line === line) return [];
  const from = box.line?.serviceId;
  const replaced = line.box?.serialNumber;
  batch.link(line, box);
  box.labels = { ...line.labels };
  if (box.adminState === 'retired') box.adminState = 'in_service';
  const told = [from === undefined ? `line ${line.serviceId}` : `line ${from} to ${line.serviceId}`];
  if (replaced !== undefined) told.push(`in place of ${replaced}`);
  return told;
}

function applyState(
  batch: InventoryBatch,
  { adminState }: InventoryRow,
  box: InventoryBox | undefined,
): string[] {
  if (adminState === undefined || box === undefined || box.adminState === adminState) return [];
  const from = box.adminState;
  box.adminState = adminState;
  batch.touchBox(box);
  return [`admin_state ${from} to ${adminState}`];
}

function applyLabels(
  batch: InventoryBatch,
  row: InventoryRow,
  line: InventoryLine | undefined,
  named: InventoryBox | undefined,
): string[] {
  const owner = line ?? named?.line ?? named;
  if (owner === undefined) return [];
  const told: string[] = [];
  for (const name in row.labels) {
    const value = row.labels[name]!;
    const had = Object.hasOwn(owner.labels, name) ? owner.labels[name]! : '';
    if (had === value) continue;
    if (value === '') delete owner.labels[name];
    else owner.labels[name] = value;
    told.push(`${name} ${had === '' ? '-' : had} to ${value === '' ? '-' : value}`);
  }
  const isLine = 'lineId' in owner;
  if (told.length > 0 && isLine) batch.touchLine(owner);
  const box = isLine ? owner.box : owner;
  if (told.length > 0 && box !== null) {
    if (isLine) box.labels = { ...owner.labels };
    batch.touchBox(box);
  }
  return told;
}

function applyKeys(
  batch: InventoryBatch,
  { keys }: InventoryRow,
  line: InventoryLine | undefined,
  box: InventoryBox | undefined,
): string[] {
  const changed =
    box === undefined
      ? []
      : batch.giveKeys(
          box,
          keys.filter(({ kind }) => isBoxKey(kind)),
        );
  const owner = line ?? box?.line;
  if (owner != null)
    changed.push(
      ...batch.giveKeys(
        owner,
        keys.filter(({ kind }) => !isBoxKey(kind)),
      ),
    );
  return changed;
}
