import { SILENCE, type Fleet } from './fleet.js';
import { hash32 } from './seeded-random.js';

/** Columns of the inventory file, in the words of the import of cpemon-api. */
export const INVENTORY_COLUMNS = [
  ...['serial_number', 'oui', 'product_class', 'service_id', 'pon_serial', 'mac', 'pppoe_user'],
  ...['region', 'site', 'bng', 'olt', 'pon', 'dslam', 'tier', 'model'],
] as const;

/** The fleet as an ISP's inventory knows it: one line a device, after a header. */
export function* inventoryLines(fleet: Fleet): Generator<string> {
  yield `${INVENTORY_COLUMNS.join(',')}\n`;
  for (let device = 0; device < fleet.size; device++) {
    if (fleet.silence[device]! & SILENCE.gone) continue;
    const model = fleet.modelOf(device);
    const place = fleet.placeOf(device);
    const row: Record<(typeof INVENTORY_COLUMNS)[number], string> = {
      serial_number: fleet.serialNumberOf(device),
      oui: model.oui,
      product_class: fleet.productClassOf(device),
      service_id: place.serviceId,
      pon_serial: model.access === 'fibre' ? ponSerial(fleet, device) : '',
      mac: macAddress(fleet, device),
      pppoe_user: `${place.serviceId}@isp.example`,
      ...{ region: place.region, site: place.site, bng: place.bng, tier: place.tier },
      ...{ olt: place.olt ?? '', pon: place.pon ?? '', dslam: place.dslam ?? '' },
      model: model.name,
    };
    yield `${INVENTORY_COLUMNS.map((name) => quoted(row[name])).join(',')}\n`;
  }
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Vendor codes of G.984.3 serial numbers. */
const PON_VENDORS: Record<string, string> = { Huawei: 'HWTC', ZTE: 'ZTEG', Nokia: 'ALCL', 'TP-Link': 'TPLG' };

/** Four letters of the vendor and eight hexadecimal digits; a fleet of another seed has others. */
function ponSerial(fleet: Fleet, device: number): string {
  const vendor = PON_VENDORS[fleet.modelOf(device).manufacturer] ?? 'SIMU';
  const number = (device + hash32(fleet.seed, 1)) >>> 0;
  return vendor + number.toString(16).toUpperCase().padStart(8, '0');
}

/** Locally administered, so that it is nobody's. */
function macAddress(fleet: Fleet, device: number): string {
  const own = ((device + hash32(fleet.seed, 2)) >>> 0).toString(16).padStart(8, '0');
  return `02:00:${own.match(/../g)!.join(':')}`.toUpperCase();
}
