/**
 * The event codes of the standard in its writing (TR-069 Amendment 6, table 8), and those that methods cause. Vendors
 * add `X …` and `M X_…` of their own.
 */
export const STANDARD_EVENT_CODES = [
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
  'M Reboot',
  'M ScheduleInform',
  'M Download',
  'M ScheduleDownload',
  'M Upload',
  'M ChangeDUState',
] as const;

const BY_UPPER_CASE: ReadonlyMap<string, string> = new Map(
  STANDARD_EVENT_CODES.flatMap((code) => [
    [code, code],
    [code.toUpperCase(), code],
  ]),
);

/** A code in the standard's writing where it differs from one of its codes in case and space only; else as sent, trimmed. */
export function standardEventCode(sent: string): string {
  const known = BY_UPPER_CASE.get(sent);
  if (known !== undefined) return known;
  const trimmed = sent.trim();
  return BY_UPPER_CASE.get(trimmed.replace(/\s+/g, ' ').toUpperCase()) ?? trimmed;
}
