import { REDACTED, isSecretName } from '@cpemon/contracts';
import { maskWords } from './mask-words.js';
import { redactJson } from './redact-json.js';
import { redactXml } from './redact-xml.js';
import { isParameterName } from './secret-places.js';

/** `parsed`: secrets are replaced; `masked`: it could not be taken apart; `binary`: it is no text. */
export type ShownAs = 'parsed' | 'masked' | 'binary';

/** More than any body of one event may have; what follows is not looked at. */
const LOOKED_AT_BYTES = 64 * 1024;
/** JSON in XML in JSON. */
const NESTED_TEXTS = 2;
/** Up to the `@`, or to the end of a body that was cut off before it. */
const CREDENTIALS_IN_URL = /:\/\/[^/\s"'<>]*(@|$)/g;

/** A body as text without its secrets. Never throws. */
export function redactBody(body: Buffer): { text: string; shownAs: ShownAs } {
  const text = decode(body.subarray(0, LOOKED_AT_BYTES));
  if (text === undefined) {
    const start = body.subarray(0, 4).toString('hex');
    return { text: `${body.length} bytes that are no text; they begin with ${start}`, shownAs: 'binary' };
  }
  const parsed = redactParts(text, 0);
  return parsed === undefined
    ? { text: withoutCredentials(maskWords(text)), shownAs: 'masked' }
    : { text: parsed, shownAs: 'parsed' };
}

/** Undefined when it is neither XML nor JSON. */
function redactParts(text: string, depth: number): string | undefined {
  const inside = (each: string): string => redactText(each, depth + 1);
  return text.trimStart().startsWith('<') ? redactXml(text, inside) : redactJson(text, inside);
}

/** A text inside a body: an envelope in JSON, a form, an address. */
function redactText(text: string, depth: number): string {
  if (/^\s*[<{[]/.test(text)) {
    if (depth > NESTED_TEXTS) return REDACTED;
    return redactParts(text, depth) ?? maskWords(text);
  }
  const mayHoldSecret = isSecretName(text) && !isParameterName(text.trim());
  return withoutCredentials(mayHoldSecret ? maskWords(text) : text);
}

const withoutCredentials = (text: string): string =>
  text.replace(CREDENTIALS_IN_URL, (all, end: string) =>
    end === '' && !all.includes(':', 3) ? all : `://${REDACTED}${end}`,
  );

/** Undefined for bytes that are no text of a charset that CPEs use. */
function decode(bytes: Buffer): string | undefined {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark === 0xfeff) return new TextDecoder('utf-16be').decode(bytes);
  if (mark === 0xfffe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const control = bytes.reduce(
      (count, byte) => count + (byte < 32 && ![9, 10, 13].includes(byte) ? 1 : 0),
      0,
    );
    return control > bytes.length / 20 ? undefined : new TextDecoder('windows-1252').decode(bytes);
  }
}
