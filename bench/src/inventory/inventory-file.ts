import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { serialNumberOf } from '../load/fleet-plan.js';

export const REGIONS = 10;
const OLTS_A_REGION = 50;
const PORTS_AN_OLT = 32;

const REGION_NAMES = Array.from({ length: REGIONS }, (_, n) => `region-${n}`);
export const regionOf = (device: number): string => REGION_NAMES[device % REGIONS]!;

/** Writes a file of one row a device of the fleet: a line, two keys and five labels. @returns its bytes */
export async function writeInventoryFile(path: string, devices: number, tier = 'gold'): Promise<number> {
  const out = createWriteStream(path);
  out.write('sn,service_id,mac,subscriber,region,olt,pon,bng,tier\n');
  let text = '';
  for (let device = 1; device <= devices; device += 1) {
    const olt = `${device % REGIONS}-${Math.floor(device / REGIONS) % OLTS_A_REGION}`;
    const port = Math.floor(device / (REGIONS * OLTS_A_REGION)) % PORTS_AN_OLT;
    const mac = device.toString(16).padStart(12, '0');
    text +=
      `${serialNumberOf(device)},L${device},${mac},K${Math.floor(device / 2)},${regionOf(device)},olt-${olt},` +
      `${olt}/${port},bng-${device % 20},${tier}\n`;
    if (device % 2000 !== 0) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await once(out, 'finish');
  return out.bytesWritten;
}
