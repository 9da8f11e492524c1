/** What one text tells of a device's identity. */
export interface NamedDevice {
  serialNumber: string;
  oui?: string;
  productClass?: string;
}

/** Devices with four hex digits and in lower case exist. */
const OUI = /^[0-9A-Fa-f]{4,6}$/;
/** OUI, product class and serial number, each percent-escaped, take no more. */
const LONGEST_ID = 512;

/**
 * Takes `OUI-ProductClass-SerialNumber` or `OUI-SerialNumber` apart, as GenieACS and the user names of CWMP write them:
 * every part percent-escaped, a hyphen within it too (TR-069 Amendment 6, 3.4.4). Where a sender did not escape the
 * hyphens of a product class, the serial number is what follows the last.
 * @returns undefined when the text has no such form
 */
export function readDeviceId(text: string): NamedDevice | undefined {
  if (text.length > LONGEST_ID) return undefined;
  const parts = text.trim().split('-');
  const [oui = '', ...rest] = parts;
  const serialNumber = unescapePart(rest.pop() ?? '');
  if (serialNumber === '' || !OUI.test(oui)) return undefined;
  return rest.length === 0
    ? { oui, serialNumber }
    : { oui, productClass: unescapePart(rest.join('-')), serialNumber };
}

function unescapePart(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const MAC = /^[0-9A-Fa-f]{12}$/;

/** A MAC as a serial number, for systems that know a device by nothing else: 12 hex digits in upper case. */
export function serialNumberOfMac(text: string): string | undefined {
  const digits = text.replace(/[:.\- ]/g, '');
  return MAC.test(digits) ? digits.toUpperCase() : undefined;
}
