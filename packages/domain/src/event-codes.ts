/** Event codes of TR-069 in its writing (Amendment 6, table 8). */
export const NUMBERED_EVENT_CODES = [
  '0 BOOTSTRAP',
  '1 BOOT',
  '2 PERIODIC',
  '3 SCHEDULED',
  '4 VALUE CHANGE',
  '5 KICKED',
  '6 CONNECTION REQUEST',
  '7 TRANSFER COMPLETE',
  '8 DIAGNOSTICS COMPLETE',
  '9 REQUEST DOWNLOAD',
  '10 AUTONOMOUS TRANSFER COMPLETE',
  '11 DU STATE CHANGE COMPLETE',
  '12 AUTONOMOUS DU STATE CHANGE COMPLETE',
  '13 WAKEUP',
  '14 HEARTBEAT',
] as const;
/** Those that a method of the ACS causes. */
export const METHOD_EVENT_CODES = [
  'M Reboot',
  'M ScheduleInform',
  'M Download',
  'M ScheduleDownload',
  'M Upload',
  'M ChangeDUState',
] as const;
/** Vendors add `X …` and `M X_…` of their own. */
export const STANDARD_EVENT_CODES = [...NUMBERED_EVENT_CODES, ...METHOD_EVENT_CODES] as const;

// What codes mean here; senders write them in either case.

/** `0 BOOTSTRAP`, `1 BOOT`; `M Reboot` says why. */
export const BOOT_CODE = /^(?:[01](?:\s|$)|M Reboot$)/i;
/** `2 PERIODIC`, `14 HEARTBEAT`: what the interval causes. */
export const PERIODIC_CODE = /^(?:2|14)(?:\s|$)/;
export const CONNECTION_REQUEST_CODE = /^6(?:\s|$)/;
/** `7 TRANSFER COMPLETE`, `10 AUTONOMOUS TRANSFER COMPLETE`; the request that says which follows in the session. */
export const TRANSFER_CODE = /^(?:7|10)(?:\s|$)/;
export const DOWNLOAD_CODE = /^M (?:Schedule)?Download$/i;
export const UPLOAD_CODE = /^M Upload$/i;
export const DIAGNOSTICS_CODE = /^8(?:\s|$)/;
/** `X <OUI> …`, `M X_<OUI>_…` */
export const VENDOR_CODE = /^(?:X |M X_)/i;
