import type { CpeEvent } from './event.js';
import { isPlaceholderSerial } from './placeholder-serial.js';

/** OUI + product class + serial number (CWMP), the first two empty where the source does not know them. */
export interface DeviceIdentity {
  serialNumber: string;
  oui: string;
  productClass: string;
}

const OUI = /^[\x21-\x7e]{1,16}$/;
const LONGEST_OUI = 16;
const LONGEST_PRODUCT_CLASS = 64;
/** Half of a character: no database keeps it. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * An OUI as it is compared: upper-case, at most 16 printable ASCII characters. Empty for what cannot be one: of some
 * characters the upper case is longer than they are.
 */
export function readOui(text: string): string {
  const oui = text.trim().slice(0, LONGEST_OUI).toUpperCase();
  return OUI.test(oui) ? oui : '';
}

/** The identity that an event gives its device; an OUI that cannot be one counts as absent. */
export function identityOf(event: CpeEvent): DeviceIdentity {
  const oui = event.oui?.trim() ?? '';
  return {
    serialNumber: event.subject,
    oui: OUI.test(oui) ? oui : '',
    productClass: cleanProductClass(event.productclass),
  };
}

function cleanProductClass(text: string | undefined): string {
  if (text === undefined) return '';
  return text.trim().slice(0, LONGEST_PRODUCT_CLASS).replace(LONE_SURROGATE, '\uFFFD').trim();
}

/**
 * The device that an identity means among those with the same serial number; undefined when it is one not known yet.
 *
 * An identity without an OUI means the only device with that serial number; where there are several it cannot tell
 * which, and means a device of its own. A full identity means the device it names, else the only device with that
 * serial number when nothing they both name contradicts: that one was known by less, and is now known by more.
 * A placeholder for a serial number joins nothing: it means a device that is known by exactly the same.
 */
export function matchIdentity<T extends DeviceIdentity>(
  known: readonly T[],
  identity: DeviceIdentity,
): T | undefined {
  const { oui, productClass } = identity;
  const joins = known.length > 0 && !isPlaceholderSerial(identity.serialNumber);
  const only = known.length === 1 ? known[0] : undefined;
  if (joins && only !== undefined && agrees(only, identity)) return only;
  const exact = known.find((device) => device.oui === oui && device.productClass === productClass);
  if (exact !== undefined || oui === '' || !joins) return exact;
  const sameMaker = known.filter((device) => device.oui === oui && agrees(device, identity));
  return sameMaker.length === 1 ? sameMaker[0] : undefined;
}

function agrees(device: DeviceIdentity, identity: DeviceIdentity): boolean {
  return (
    (device.oui === '' || identity.oui === '' || device.oui === identity.oui) &&
    (device.productClass === '' ||
      identity.productClass === '' ||
      device.productClass === identity.productClass)
  );
}

/** Fills in what a device's identity lacks and `identity` names; true when that changed it. */
export function adoptIdentity(device: DeviceIdentity, identity: DeviceIdentity): boolean {
  const learnsOui = device.oui === '' && identity.oui !== '';
  const learnsClass = device.productClass === '' && identity.productClass !== '';
  if (learnsOui) device.oui = identity.oui;
  if (learnsClass) device.productClass = identity.productClass;
  return learnsOui || learnsClass;
}
