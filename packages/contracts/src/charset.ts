import { isAscii, isUtf8 } from 'node:buffer';
import { refuse, type Refusal } from './refusal.js';

export type Charset = 'utf-8' | 'windows-1252';

/**
 * ISO-8859-1 is read as Windows-1252, as browsers do (WHATWG Encoding, 4.2): they differ in control characters that no
 * document has.
 */
const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['ascii', 'utf-8'],
  ['iso-8859-1', 'windows-1252'],
  ['iso8859-1', 'windows-1252'],
  ['iso_8859-1', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['latin-1', 'windows-1252'],
  ['windows-1252', 'windows-1252'],
  ['cp1252', 'windows-1252'],
]);

/** The charset of a name in any case; undefined for one that is not read. */
export const charsetNamed = (name: string): Charset | undefined => CHARSETS.get(name.toLowerCase());

export const UNSUPPORTED_CHARSET = refuse(
  'unsupported_charset',
  'The charset must be UTF-8, ISO-8859-1 or Windows-1252.',
);

const CHARSET_PARAMETER = /;\s*charset\s*=\s*["']?([^\s"';]+)/i;

/** What a Content-Type says, in quotes or without. */
export function charsetOfContentType(contentType: string | undefined): string | undefined {
  if (contentType === undefined || contentType.length === 0) return undefined;
  return CHARSET_PARAMETER.exec(contentType)?.[1];
}

/**
 * The text of a body without its byte order mark. The charset is that of the mark, else of the Content-Type, else UTF-8.
 * Bytes that are not UTF-8 cost a device no report: where nobody said that they were, they are Windows-1252; where
 * somebody did, they become U+FFFD (an SSID is any 32 bytes, and is sent like that).
 */
export function decodeText(body: Buffer, contentType: string | undefined): string | Refusal {
  const [first, second, third] = body;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return UNSUPPORTED_CHARSET;
  const marked = first === 0xef && second === 0xbb && third === 0xbf;
  if (marked) return body.toString('utf8', 3);
  const declared = charsetOfContentType(contentType);
  const charset = declared === undefined ? undefined : charsetNamed(declared);
  if (declared !== undefined && charset === undefined) return UNSUPPORTED_CHARSET;
  if (charset === 'windows-1252') return decodeWindows1252(body);
  if (isAscii(body)) return body.toString('latin1');
  return isUtf8(body) || charset === 'utf-8' ? body.toString('utf8') : decodeWindows1252(body);
}

/** Characters of the bytes 0x80 to 0x9F, in which Windows-1252 differs from ISO-8859-1; the five unused stay as they are. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const C1_CONTROL = /[\x80-\x9f]/;

/** By hand: TextDecoder takes some of these bytes for ISO-8859-1 in some releases of Node. */
export function decodeWindows1252(body: Buffer): string {
  const text = body.toString('latin1');
  if (!C1_CONTROL.test(text)) return text;
  const units = Buffer.allocUnsafe(body.length * 2);
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]!;
    const unit = byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252.charCodeAt(byte - 0x80) : byte;
    units[at * 2] = unit & 0xff;
    units[at * 2 + 1] = unit >> 8;
  }
  return units.toString('utf16le');
}
