import { DOWNLOAD_CODE, TRANSFER_CODE, UPLOAD_CODE } from './event-codes.js';

/**
 * Why a device booted, as far as an Inform tells. client_restart: its uptime went on, so only its TR-069 client began
 * anew. bootstrap: a factory reset, or another ACS.
 */
export const BOOT_CAUSES = ['acs', 'firmware', 'bootstrap', 'client_restart', 'power_or_crash'] as const;
export type BootCause = (typeof BOOT_CAUSES)[number];

/** @param uptimeWentOn whether the device told an uptime that has not begun anew */
export function bootCauseOf(codes: readonly string[], uptimeWentOn: boolean): BootCause {
  const has = (pattern: RegExp): boolean => codes.some((code) => pattern.test(code));
  if (has(/^M Reboot$/i)) return 'acs';
  if (has(DOWNLOAD_CODE) || (has(TRANSFER_CODE) && !has(UPLOAD_CODE))) return 'firmware';
  if (has(/^0(\s|$)/)) return 'bootstrap';
  return uptimeWentOn ? 'client_restart' : 'power_or_crash';
}
