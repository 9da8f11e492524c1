import type { InventoryRow } from '@cpemon/contracts';
import { KEY_KINDS, serialNumberForms, type KeyKind } from '@cpemon/domain';
import type {
  InventoryBox,
  InventoryChanges,
  InventoryKey,
  InventoryLine,
  InventoryQuestion,
  InventorySnapshot,
} from '@cpemon/store';

/** What must be known to apply rows: everything that they name. */
export function questionOf(rows: Iterable<InventoryRow>): InventoryQuestion {
  const serialNumbers = new Set<string>();
  const serviceIds = new Set<string>();
  const keys = new Map<KeyKind, Set<string>>();
  for (const row of rows) {
    if (row.serialNumber !== undefined) {
      for (const form of serialNumberForms(row.serialNumber)) serialNumbers.add(form);
    }
    const serviceId = row.serviceId ?? serviceOfKeys(row);
    if (serviceId !== undefined) serviceIds.add(serviceId);
    for (const { kind, value } of row.keys) {
      const known = keys.get(kind);
      if (known === undefined) keys.set(kind, new Set([value]));
      else known.add(value);
      if (kind === 'pon_serial') for (const form of serialNumberForms(value)) serialNumbers.add(form);
    }
  }
  return { serialNumbers, serviceIds, keys };
}

/** The name of a line that is known by its keys only. */
export function serviceOfKeys({ keys }: InventoryRow): string | undefined {
  for (const wanted of ['circuit', 'subscriber', 'pppoe_user'] as const) {
    const key = keys.find(({ kind }) => kind === wanted);
    if (key !== undefined) return key.value.slice(0, 64);
  }
  return undefined;
}

/** The inventory as far as a batch of rows needs it, changed row by row, with the changes that have to be written. */
export interface InventoryBatch {
  /** Boxes and devices with a serial number, in any of its forms; a device not in the inventory as a box to be. */
  boxesBySerial(serialNumber: string): readonly InventoryBox[];
  boxesByKey(key: InventoryKey): ReadonlySet<InventoryBox>;
  lineByService(serviceId: string): InventoryLine | undefined;
  linesByKey(key: InventoryKey): ReadonlySet<InventoryLine>;
  addBox(identity: { serialNumber: string; oui: string; productClass: string }): InventoryBox;
  addLine(serviceId: string): InventoryLine;
  /** Puts a box on a line; whatever either had before ends. */
  link(line: InventoryLine, box: InventoryBox): void;
  /** @returns the kinds whose values are others than before */
  giveKeys(owner: InventoryBox | InventoryLine, keys: readonly InventoryKey[]): KeyKind[];
  touchBox(box: InventoryBox): void;
  touchLine(line: InventoryLine): void;
  isHeard(box: InventoryBox): boolean;
  changes(): InventoryChanges;
}

const NO_BOXES: readonly InventoryBox[] = [];
const NOBODY: ReadonlySet<never> = new Set();
const keyOf = ({ kind, value }: InventoryKey): string => `${kind}\n${value}`;
const isBox = (owner: InventoryBox | InventoryLine): owner is InventoryBox => 'boxId' in owner;

export function openInventoryBatch(snapshot: InventorySnapshot): InventoryBatch {
  const bySerial = new Map<string, InventoryBox[]>();
  const byService = new Map<string, InventoryLine>();
  const owners = new Map<string, Set<InventoryBox | InventoryLine>>();
  const boxes = new Set<InventoryBox>();
  const lines = new Set<InventoryLine>();
  const linked: InventoryChanges['linked'][number][] = [];
  const unlinked: InventoryChanges['unlinked'][number][] = [];
  const addedKeys: InventoryChanges['addedKeys'][number][] = [];
  const removedKeys: InventoryChanges['removedKeys'][number][] = [];

  const place = (box: InventoryBox): void => {
    for (const form of serialNumberForms(box.serialNumber)) {
      const others = bySerial.get(form);
      if (others === undefined) bySerial.set(form, [box]);
      else others.push(box);
    }
  };
  const own = (key: InventoryKey, owner: InventoryBox | InventoryLine): void => {
    const known = owners.get(keyOf(key));
    if (known === undefined) owners.set(keyOf(key), new Set([owner]));
    else known.add(owner);
  };
  for (const line of snapshot.lines) {
    byService.set(line.serviceId, line);
    for (const key of line.keys) own(key, line);
  }
  for (const box of snapshot.boxes) {
    place(box);
    for (const key of box.keys) own(key, box);
  }
  const heard = new Set(snapshot.devices.flatMap(({ serialNumber }) => serialNumberForms(serialNumber)));
  for (const device of snapshot.devices) {
    const known = bySerial.get(device.serialNumber) ?? NO_BOXES;
    if (!known.some((box) => isSame(box, device))) place(newBox(device));
  }

  const batch: InventoryBatch = {
    boxesBySerial: (serialNumber) => bySerial.get(serialNumber) ?? NO_BOXES,
    boxesByKey: (key) => (owners.get(keyOf(key)) as ReadonlySet<InventoryBox> | undefined) ?? NOBODY,
    lineByService: (serviceId) => byService.get(serviceId),
    linesByKey: (key) => (owners.get(keyOf(key)) as ReadonlySet<InventoryLine> | undefined) ?? NOBODY,
    addBox(identity) {
      const box = newBox(identity);
      place(box);
      return box;
    },
    addLine(serviceId) {
      const line: InventoryLine = { lineId: 0, serviceId, labels: {}, keys: [], box: null };
      byService.set(serviceId, line);
      lines.add(line);
      return line;
    },
    link(line, box) {
      const before = line.box;
      if (before !== null && before !== box) {
        unlinked.push({ line, box: before });
        before.line = null;
        before.labels = {};
        // It lies in a drawer: its silence means nothing.
        if (before.adminState === 'in_service') before.adminState = 'retired';
        boxes.add(before);
      }
      if (box.line !== null && box.line !== line) {
        unlinked.push({ line: box.line, box });
        box.line.box = null;
      }
      line.box = box;
      box.line = line;
      linked.push({ line, box });
      boxes.add(box);
    },
    giveKeys(owner, keys) {
      const changed = new Set<KeyKind>();
      for (const kind of KEY_KINDS) {
        const wanted = keys.filter((key) => key.kind === kind);
        if (wanted.length === 0) continue;
        for (const key of owner.keys.filter((had) => had.kind === kind)) {
          if (wanted.some(({ value }) => value === key.value)) continue;
          owner.keys.splice(owner.keys.indexOf(key), 1);
          owners.get(keyOf(key))?.delete(owner);
          removedKeys.push({ key, owner });
          changed.add(kind);
        }
        for (const key of wanted) {
          if (owner.keys.some((had) => had.kind === kind && had.value === key.value)) continue;
          owner.keys.push(key);
          own(key, owner);
          addedKeys.push({ key, owner });
          changed.add(kind);
        }
      }
      // What has a key must be there to have it.
      if (changed.size > 0) {
        if (isBox(owner) && owner.boxId === 0) boxes.add(owner);
        else if (!isBox(owner) && owner.lineId === 0) lines.add(owner);
      }
      return [...changed];
    },
    touchBox: (box) => void boxes.add(box),
    touchLine: (line) => void lines.add(line),
    isHeard: ({ serialNumber }) => heard.has(serialNumber),
    changes: () => ({ boxes, lines, linked, unlinked, addedKeys, removedKeys }),
  };
  return batch;
}

const newBox = ({
  serialNumber,
  oui,
  productClass,
}: Pick<InventoryBox, 'serialNumber' | 'oui' | 'productClass'>): InventoryBox => ({
  ...{ boxId: 0, serialNumber, oui, productClass, line: null },
  ...{ adminState: 'in_service', labels: {}, keys: [] },
});

/** Whether a box of the inventory is that device, as far as both are known. */
function isSame(box: InventoryBox, device: { oui: string; productClass: string }): boolean {
  return (
    (box.oui === '' || device.oui === '' || box.oui === device.oui) &&
    (box.productClass === '' || device.productClass === '' || box.productClass === device.productClass)
  );
}
