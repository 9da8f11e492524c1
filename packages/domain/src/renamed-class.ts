import { believableTime } from './apply-event.js';
import { identityOf, type DeviceIdentity } from './device-identity.js';
import type { DeviceRecord } from './device-record.js';
import { BOOT_CODE } from './event-codes.js';
import { COMMAND_EVENT_TYPE, type CpeEvent } from './event.js';
import { isObservation } from './observation.js';
import { isPlaceholderSerial } from './placeholder-serial.js';
import { identityCode, remembers } from './recent-identities.js';
import { reportInForce } from './report-values.js';

/**
 * propose: a box that comes with another product class is a device of its own, and a finding. certain: where nothing
 * leaves a doubt that its firmware calls it otherwise now, it stays the device that it was.
 */
export const MERGE_MODES = ['propose', 'certain'] as const;
export type MergeMode = (typeof MERGE_MODES)[number];

/**
 * Whether an event of another product class can only be of this device: the same OUI and serial number, which is no
 * placeholder; it boots with another firmware, on the same hardware as far as both say, at the same address, which is
 * one that only one box has; and the device was not heard of since.
 * @param device the only one with the serial number
 */
export function isSameBoxRenamed(
  device: DeviceRecord,
  event: CpeEvent,
  identity: DeviceIdentity,
  receivedAt: number,
): boolean {
  const { event_codes: codes = [], attributes = {} } = event.data;
  if (device.oui === '' || device.oui !== identity.oui) return false;
  if (device.productClass === '' || identity.productClass === '') return false;
  if (device.productClass === identity.productClass || isPlaceholderSerial(device.serialNumber)) return false;
  if (!codes.some((code) => BOOT_CODE.test(code))) return false;
  if ((believableTime(event.time, receivedAt) ?? receivedAt) <= device.lastSeenAt) return false;
  const [firmware, hardware] = [inForce(device, 'sw_version'), inForce(device, 'hw_version')];
  const address = inForce(device, 'wan_ip');
  if (firmware === undefined || attributes.sw_version === undefined) return false;
  if (firmware === attributes.sw_version) return false;
  if (hardware !== undefined && attributes.hw_version !== undefined && hardware !== attributes.hw_version)
    return false;
  return address !== undefined && address === attributes.wan_ip && !MANY_HAVE.test(address);
}

/** Addresses that boxes have behind another router, or that say nothing. Providers give those of 10/8 and 100.64/10 once. */
const MANY_HAVE = /^(?:192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|127\.|0\.|fe80:|::1?$)/i;

const inForce = (device: DeviceRecord, name: 'sw_version' | 'hw_version' | 'wan_ip'): string | undefined =>
  reportInForce(device, 'attributes', name)?.report.attributes[name];

/** Calls a device by its new class. @returns the one before */
export function renameClass(device: DeviceRecord, productClass: string, at: number): string {
  const before = device.productClass;
  device.formerClass = { productClass: before, until: at };
  device.productClass = productClass;
  return before;
}

/**
 * Whether an event names a device by its former class and is still about it: made before it was renamed, a repeat of
 * one that it remembers, or not told by the box at all. What else bears that class is of another box.
 */
export function isOfFormerClass(device: DeviceRecord, event: CpeEvent, receivedAt: number): boolean {
  const { formerClass: former } = device;
  if (former === null) return false;
  const { oui, productClass } = identityOf(event);
  if (productClass !== former.productClass || (oui !== '' && oui !== device.oui)) return false;
  if (isObservation(event) || event.type === COMMAND_EVENT_TYPE) return true;
  const madeAt = believableTime(event.time, receivedAt);
  return (
    (madeAt !== null && madeAt < former.until) ||
    remembers(device.recentIdentities, identityCode(event.source, event.id))
  );
}
