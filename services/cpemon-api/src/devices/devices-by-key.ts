import type { DevicesQuery } from '@cpemon/contracts';
import { serialNumberForms } from '@cpemon/domain';
import { findInInventory, readDevicesBySerial, readIntakeMoment } from '@cpemon/store';
import { maySee } from '../access/principal.js';
import type { DatabaseReader } from '../database-reader.js';
import type { Asked } from '../routes/api-routes.js';
import { RequestProblem } from '../routes/request-problem.js';
import { auditLookUp, reasonOf } from './device-gate.js';
import { withLabels, type DeviceListPage } from './device-list-reads.js';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * Devices that are known by a whole key: a serial number in any form, a service, or a key of their box or line. Support
 * gets one, and its look-up is written down.
 * @throws RequestProblem `exact_key_needed`, `invalid_parameter`, `reason_needed`, `several_devices`
 */
export async function devicesByKey(
  { read, act }: { read: DatabaseReader; act: DatabaseReader },
  { query, principal, request }: Pick<Asked<DevicesQuery, unknown>, 'query' | 'principal' | 'request'>,
): Promise<DeviceListPage> {
  const { key } = query;
  const support = principal.role === 'support';
  const others = Object.keys(query).filter((name) => name !== 'key' && name !== 'reason');
  if (key === undefined || (support && others.length > 0)) {
    const detail =
      'Support looks at one device at a time: ask with key, a whole serial number, service or external key.';
    throw new RequestProblem(403, 'exact_key_needed', detail);
  }
  if (others.length > 0)
    throw new RequestProblem(400, 'invalid_parameter', `key stands alone, without ${others.join(', ')}.`);
  if (support) {
    reasonOf(request);
    await auditLookUp(act, principal, key, request);
  }
  const page = await read(async (connection): Promise<DeviceListPage> => {
    const { boxes, lines } = await findInInventory(connection, key.trim());
    const serialNumbers = [
      ...(PRINTABLE_ASCII.test(key) ? serialNumberForms(key.trim()) : []),
      ...boxes.flatMap(({ serialNumber }) => serialNumberForms(serialNumber)),
      ...lines.flatMap(({ box }) => (box === null ? [] : serialNumberForms(box.serialNumber))),
    ];
    const found = await readDevicesBySerial(connection, [...new Set(serialNumbers)]);
    const devices = await withLabels(connection, found);
    return {
      ...{ end: null, intake: await readIntakeMoment(connection) },
      devices: devices.filter(({ labels }) => maySee(principal, labels)),
    };
  });
  if (support && page.devices.length > 1) {
    const detail = 'Several devices are known by this key: ask by another one.';
    throw new RequestProblem(409, 'several_devices', detail);
  }
  return page;
}
