/**
 * Values as SQL literals, for the one statement that is written for every event: building its text here costs a
 * third of what the driver's own escaping of nested arrays does. All sessions are utf8mb4 and without
 * NO_BACKSLASH_ESCAPES (packages/database sets both), which is what makes this escaping complete.
 */

// eslint-disable-next-line no-control-regex -- NUL and Ctrl-Z have escapes of their own
const SPECIAL = /[\0\n\r\x1a'"\\]/;
// eslint-disable-next-line no-control-regex -- as above
const EVERY_SPECIAL = /[\0\n\r\x1a'"\\]/g;
/** A double quote stands as it is in a string in single quotes; JSON is full of them. */
const SPECIAL_IN_JSON = /['\\]/;
const EVERY_SPECIAL_IN_JSON = /['\\]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\x1a': '\\Z',
  "'": "\\'",
  '"': '\\"',
  '\\': '\\\\',
};

export function sqlString(text: string): string {
  return SPECIAL.test(text) ? `'${text.replace(EVERY_SPECIAL, (unit) => ESCAPES[unit]!)}'` : `'${text}'`;
}

export function sqlStringOrNull(text: string | null | undefined): string {
  return text === null || text === undefined ? 'NULL' : sqlString(text);
}

/** What JSON text becomes between the quotes of a literal. @param json without raw control characters */
export function escapeJson(json: string): string {
  return SPECIAL_IN_JSON.test(json) ? json.replace(EVERY_SPECIAL_IN_JSON, '\\$&') : json;
}

/** A finite number, else NULL. */
export function sqlNumberOrNull(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? 'NULL' : `${value}`;
}

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const MILLISECONDS = Array.from({ length: 1000 }, (_, n) => `.${String(n).padStart(3, '0')}'`);
const DAYS_REMEMBERED = 64;
const days = new Map<number, string>();

/** A DATETIME(3) literal in UTC. @param ms epoch milliseconds of a year from 1000 to 9999 */
export function sqlTime(ms: number): string {
  const whole = Math.floor(ms);
  const day = Math.floor(whole / DAY_MS);
  const inDay = whole - day * DAY_MS;
  const seconds = Math.floor(inDay / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return (
    `'${dayText(day)} ${TWO_DIGITS[hours]!}:${TWO_DIGITS[minutes - hours * 60]!}:` +
    `${TWO_DIGITS[seconds - minutes * 60]!}${MILLISECONDS[inDay - seconds * 1000]!}`
  );
}

export function sqlTimeOrNull(ms: number | null): string {
  return ms === null ? 'NULL' : sqlTime(ms);
}

function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size >= DAYS_REMEMBERED) days.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  days.set(day, text);
  return text;
}
