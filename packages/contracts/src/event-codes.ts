/** Event codes of TR-069 (Amendment 6, table 8) and how other systems spell them. */

const NUMBERED: readonly string[] = [
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
];
/** Caused by a method of the ACS. */
const OF_METHODS: readonly string[] = [
  'M Reboot',
  'M ScheduleInform',
  'M Download',
  'M ScheduleDownload',
  'M Upload',
  'M ChangeDUState',
];

const STANDARD: ReadonlySet<string> = new Set([...NUMBERED, ...OF_METHODS]);
/** "1BOOT", "1" and "BOOT" by their code. A name alone is in use only where it can mean nothing else. */
const BY_SPELLING = new Map<string, string>([
  ...NUMBERED.flatMap((code): [string, string][] => {
    const [number = '', ...words] = code.split(' ');
    return [
      [lettersOf(code), code],
      [number, code],
      [words.join(''), code],
    ];
  }),
  ...OF_METHODS.map((code): [string, string] => [lettersOf(code), code]),
]);
/** Of a method or a vendor: `M X_00D09E_Restart`, `X CT-COM BIND`. */
const OTHER_CODE = /^[MX] \S/;
const LONGEST_SPELLING = 64;

/** The standard's writing of an event code ("1 Boot", "1_BOOT", "BOOT", "1"); undefined for what is none. */
export function eventCodeOf(text: string): string | undefined {
  if (STANDARD.has(text)) return text;
  if (text.length > LONGEST_SPELLING) return undefined;
  const trimmed = text.trim();
  return BY_SPELLING.get(lettersOf(trimmed)) ?? (OTHER_CODE.test(trimmed) ? trimmed : undefined);
}

function lettersOf(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}
