import type { DeviceIdentity } from './device-identity.js';

/** open: who reports is a device. inventory: who is expected. quarantine: who is released by an operator. */
export const ADMISSION_MODES = ['open', 'inventory', 'quarantine'] as const;
export type AdmissionMode = (typeof ADMISSION_MODES)[number];

export interface AdmissionRules {
  mode: AdmissionMode;
  /** New devices that one source may bring in an hour, the whole fleet over; 0: any number. */
  newDevicesPerHour: number;
}

export const QUARANTINE_REASONS = ['not_expected', 'not_released', 'too_many_new'] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** Whether nobody is ever kept out, so that nothing need be known to admit. */
export function admitsAnyone({ mode, newDevicesPerHour }: AdmissionRules): boolean {
  return mode === 'open' && newDevicesPerHour === 0;
}

/**
 * Why an identity that is neither a device nor in quarantine goes there; null when it becomes a device.
 * @param newThisHour new devices of its source in its lane and hour so far
 * @param lanes of the generation: each has its share of the limit, as devices are spread over them evenly
 */
export function quarantineReason(
  { mode, newDevicesPerHour }: AdmissionRules,
  { expected, newThisHour, lanes }: { expected: boolean; newThisHour: number; lanes: number },
): QuarantineReason | null {
  if (mode === 'quarantine') return 'not_released';
  if (mode === 'inventory') return expected ? null : 'not_expected';
  const share = Math.ceil(newDevicesPerHour / lanes);
  return newDevicesPerHour > 0 && newThisHour >= share ? 'too_many_new' : null;
}

/** Whether the inventory names an identity; an OUI or class that it leaves empty is any, and so is one not sent. */
export function isExpected(
  expected: readonly DeviceIdentity[],
  { oui, productClass }: DeviceIdentity,
): boolean {
  const fits = (named: string, sent: string): boolean => named === '' || sent === '' || named === sent;
  return expected.some((device) => fits(device.oui, oui) && fits(device.productClass, productClass));
}
