import { randomUUID } from 'node:crypto';
import type { EraseRequest } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import {
  ERASE_EVENT_TYPE,
  readSerialNumber,
  serialNumberForms,
  sourceOfPath,
  type CpeEvent,
  type DeviceIdentity,
} from '@cpemon/domain';
import { OperatorError, audited } from '@cpemon/event-log';
import {
  beginErasure,
  eraseInventory,
  findOpenErasure,
  findTombstones,
  findTraces,
  readErasure,
  readErasureKeys,
  type Erasure,
  type ErasureSubject,
} from '@cpemon/store';

export type EraseWishOf = EraseRequest & { actor: string };

/** An erasure that is written down, and what the lanes are to be told; nothing when they know already. */
export interface AskedErasure {
  erasure: Erasure;
  events: CpeEvent[];
}

/**
 * Writes down an erasure with its row of the audit. No message and no row of the audit names the device: they outlive it.
 * @throws OperatorError `invalid_sn`, `unknown_device`, `ambiguous_serial_number`
 */
export async function askErasure(connection: Connection, wish: EraseWishOf): Promise<AskedErasure> {
  const { serialNumber } = readSerialNumber(wish.device) as { serialNumber?: string };
  if (serialNumber === undefined)
    throw new OperatorError(400, 'invalid_sn', 'A serial number is 1 to 64 printable ASCII characters.');
  const id = randomUUID();
  const { actor, reason, inventory = false } = wish;
  const named: DeviceIdentity = { serialNumber, oui: wish.oui ?? '', productClass: wish.product_class ?? '' };
  const detail = { reason, inventory, ...(wish.all === undefined ? {} : { all: true }) };
  const act = { actor, action: 'erasure.ask', target: `erasure ${id}`, detail };
  let subjects: DeviceIdentity[] = [];
  const erasure = await audited(
    connection,
    act,
    async () => {
      const open = await findOpenErasure(connection, serialNumber);
      if (open !== null) return open;
      const earlier = await judge(connection, named, wish.all === true);
      if (earlier !== null) return earlier;
      subjects = serialNumberForms(serialNumber).map((form) => ({ ...named, serialNumber: form }));
      const rows = inventory ? await eraseInventory(connection, named) : 0;
      await beginErasure(connection, { id, actor, reason, inventory: rows }, subjects);
      return (await readErasure(connection, id))!;
    },
    ({ id: done }) => (done === id ? {} : { same_as: done }),
  );
  return { erasure, events: subjects.map((subject) => eventOf({ ...subject, erasureId: id })) };
}

/** An earlier erasure, when the device is erased already; null when there is something to erase. */
async function judge(connection: Connection, named: DeviceIdentity, all: boolean): Promise<Erasure | null> {
  const { devices, elsewhere } = await findTraces(connection, serialNumberForms(named.serialNumber));
  const isOne = named.oui !== '' || named.productClass !== '';
  const meant = isOne
    ? devices.filter(({ oui, productClass }) => oui === named.oui && productClass === named.productClass)
    : devices;
  if (meant.length > 1 && !all) {
    const candidates = devices
      .map(({ oui, productClass }) => `${oui || '-'} ${productClass || '-'}`)
      .join(', ');
    const detail = `Several devices have this serial number: name oui and product_class, or all. They are: ${candidates}.`;
    throw new OperatorError(409, 'ambiguous_serial_number', detail);
  }
  if (meant.length > 0 || (!isOne && elsewhere > 0)) return null;
  const keys = await readErasureKeys(connection);
  const tombstones = await findTombstones(connection, keys, [named.serialNumber]);
  for (const { erasureId } of tombstones.get(named.serialNumber) ?? []) {
    const earlier = await readErasure(connection, erasureId);
    if (earlier !== null) return earlier;
  }
  const detail = 'Nothing is known by this serial number. What waits in the log was not looked through.';
  throw new OperatorError(404, 'unknown_device', detail);
}

/** What the owner of a lane is told. */
export function eventOf({ erasureId, serialNumber, oui, productClass }: ErasureSubject): CpeEvent {
  const isOne = oui !== '' || productClass !== '';
  return {
    id: erasureId,
    source: sourceOfPath('command'),
    type: ERASE_EVENT_TYPE,
    subject: serialNumber,
    ...(oui === '' ? {} : { oui }),
    ...(productClass === '' ? {} : { productclass: productClass }),
    data: { erase: { erasure: erasureId, scope: isOne ? 'identity' : 'serial_number' } },
  };
}
