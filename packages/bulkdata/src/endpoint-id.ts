/** The parts of a USP endpoint id (TR-369, 2.3): `authority-scheme ":" [authority-id] ":" instance-id`. */
const ENDPOINT_ID = /^([a-z][a-z0-9-]*):([^:]*):(.+)$/i;
const OS = /^([0-9A-F]{6})-(.+)$/i;
/** Its hyphens within OUI, product class and serial number are percent-encoded. */
const OPS = /^([0-9A-F]{6})-([^-]*)-(.+)$/i;

/**
 * What an endpoint id says of its device. `os` and `ops` hold OUI and serial number, `oui` and `cid` the maker's number and
 * an instance of its own; of any other scheme the id is all that is known, and stands for the serial number.
 */
export function readEndpointId(
  text: string,
): { serialNumber: string; oui: string; productClass: string } | undefined {
  const id = text.trim();
  if (id === '') return undefined;
  const whole = { serialNumber: id, oui: '', productClass: '' };
  const [, scheme = '', authority = '', instance = ''] = ENDPOINT_ID.exec(id) ?? [];
  switch (scheme.toLowerCase()) {
    case 'os': {
      const [, oui, serial] = OS.exec(instance) ?? [];
      return oui === undefined ? whole : { serialNumber: decoded(serial!), oui, productClass: '' };
    }
    case 'ops': {
      const [, oui, productClass, serial] = OPS.exec(instance) ?? [];
      if (oui === undefined) return whole;
      return { serialNumber: decoded(serial!), oui, productClass: decoded(productClass!) };
    }
    case 'oui':
    case 'cid':
      return authority === '' ? whole : { serialNumber: decoded(instance), oui: authority, productClass: '' };
    case 'imei':
      return { ...whole, serialNumber: instance };
    default:
      return whole;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
