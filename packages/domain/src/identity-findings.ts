import type { DeviceRecord } from './device-record.js';
import { isPlaceholderSerial } from './placeholder-serial.js';
import { reportInForce } from './report-values.js';

/** See sql/0009_identity.sql; merged: a device goes by another product class since (renamed-class.ts). */
export const FINDING_KINDS = ['placeholder', 'ambiguous', 'merge', 'merged', 'conflict'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Something about identities that a person should look at; it changes no device. */
export interface IdentityFinding {
  kind: FindingKind;
  device: DeviceRecord;
  other: DeviceRecord | null;
  /** When it was first so, epoch ms. */
  at: number;
  data: object;
}

/** What a new device says about identities. @param namesakes devices with its serial number, perhaps itself */
export function findingsOfNewDevice(
  added: DeviceRecord,
  namesakes: readonly DeviceRecord[],
  at: number,
): IdentityFinding[] {
  if (isPlaceholderSerial(added.serialNumber)) {
    return [{ kind: 'placeholder', device: added, other: null, at, data: {} }];
  }
  const others = namesakes.filter((device) => device !== added);
  if (added.oui === '' && others.length > 1) {
    return [{ kind: 'ambiguous', device: added, other: null, at, data: { candidates: others.length } }];
  }
  return others
    .filter((device) => isOtherClass(device, added))
    .map((device) => ({ kind: 'merge', device, other: added, at, data: {} }));
}

/**
 * The conflicts that a report of a device shows: another came to its OUI and serial number with another class, and it
 * is not silent since. Two classes at one address are one box that names itself in two ways.
 */
export function conflictsOf(
  device: DeviceRecord,
  namesakes: readonly DeviceRecord[],
  at: number,
): IdentityFinding[] {
  const conflicts: IdentityFinding[] = [];
  for (const other of namesakes) {
    if (!isOtherClass(device, other) || device.firstSeenAt > other.firstSeenAt) continue;
    if (device.lastSeenAt <= other.firstSeenAt) continue;
    const [address, otherAddress] = [addressOf(device), addressOf(other)];
    if (address !== null && address === otherAddress) continue;
    if (isPlaceholderSerial(device.serialNumber)) continue;
    conflicts.push({ kind: 'conflict', device, other, at, data: { addresses: [address, otherAddress] } });
  }
  return conflicts;
}

function isOtherClass(one: DeviceRecord, other: DeviceRecord): boolean {
  return (
    one.oui !== '' &&
    one.oui === other.oui &&
    one.productClass !== '' &&
    other.productClass !== '' &&
    one.productClass !== other.productClass
  );
}

function addressOf(record: DeviceRecord): string | null {
  return reportInForce(record, 'attributes', 'wan_ip')?.report.attributes.wan_ip ?? null;
}
