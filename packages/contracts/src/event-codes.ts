import { METHOD_EVENT_CODES, NUMBERED_EVENT_CODES, STANDARD_EVENT_CODES } from '@cpemon/domain';

const STANDARD: ReadonlySet<string> = new Set(STANDARD_EVENT_CODES);
/** "1BOOT", "1" and "BOOT" by their code. A name alone is in use only where it can mean nothing else. */
const BY_SPELLING = new Map<string, string>([
  ...NUMBERED_EVENT_CODES.flatMap((code): [string, string][] => {
    const [number = '', ...words] = code.split(' ');
    return [
      [lettersOf(code), code],
      [number, code],
      [words.join(''), code],
    ];
  }),
  ...METHOD_EVENT_CODES.map((code): [string, string] => [lettersOf(code), code]),
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

/** All that tells one spelling from another. */
function lettersOf(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}
