/** How a CPE names itself in an Inform. */
export interface NamedDevice {
  oui: string;
  productClass: string;
  serialNumber: string;
}

/** OUI-Serial or OUI-ProductClass-Serial, each part percent-encoded (TR-069 Amendment 6, 3.4.4). */
const DEVICE_NAME = /^[0-9A-F]{6}-./i;

/** Whether a user name is of the form that names one device; others are names of a fleet. */
export function isDeviceName(userName: string): boolean {
  return DEVICE_NAME.test(userName);
}

/** Whether a user name of that form names this device: parts encoded or as they are, the OUI in either case. */
export function namesDevice(userName: string, device: NamedDevice): boolean {
  const serial = device.serialNumber.trim();
  const claimed = [userName, decoded(userName)].map(upperOui);
  return [`${device.oui}-${serial}`, `${device.oui}-${device.productClass.trim()}-${serial}`]
    .map(upperOui)
    .some((name) => claimed.includes(name));
}

const upperOui = (name: string): string => name.slice(0, 6).toUpperCase() + name.slice(6);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
