/** TR-069 event codes (Amendment 6, table 8) by what they mean here; senders write them in either case. */

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
