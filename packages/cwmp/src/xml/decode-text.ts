import { isAscii, isUtf8 } from 'node:buffer';
import { refuse, type Refusal } from '@cpemon/contracts';
import { XML_DECLARATION_CHARACTERS } from './xml-limits.js';

type Charset = 'utf-8' | 'windows-1252';

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

const UNSUPPORTED = refuse('unsupported_charset', 'The charset must be UTF-8, ISO-8859-1 or Windows-1252.');

/**
 * The text of an XML body. The charset is that of the byte order mark, else of the Content-Type, else of the XML
 * declaration, else UTF-8 (RFC 7303, 3). Bytes that are not UTF-8 cost a device no report: where nobody said that they
 * were, they are Windows-1252; where somebody did, they become U+FFFD (an SSID is any 32 bytes, and is sent like that).
 */
export function decodeXmlText(body: Buffer, contentType: string | undefined): string | Refusal {
  const bom = byteOrderMark(body);
  if (bom === 'utf-16') return UNSUPPORTED;
  const declared = bom ?? charsetOfContentType(contentType) ?? charsetOfDeclaration(body);
  if (declared !== undefined && declared !== 'utf-8') {
    const charset = CHARSETS.get(declared.toLowerCase());
    if (charset === undefined) return UNSUPPORTED;
    if (charset === 'windows-1252') return decodeWindows1252(body);
  }
  if (isAscii(body)) return body.toString('latin1');
  if (isUtf8(body)) return body.toString('utf8');
  // One of two declarations is wrong: then it is the one that does not fit the bytes.
  const alternative = bom === undefined ? charsetOfDeclaration(body)?.toLowerCase() : undefined;
  if (alternative !== undefined && CHARSETS.get(alternative) === 'windows-1252')
    return decodeWindows1252(body);
  return declared === undefined ? decodeWindows1252(body) : body.toString('utf8');
}

/** Two bytes a character are told by their mark, or by the NUL beside the first "<". */
function byteOrderMark(body: Buffer): 'utf-8' | 'utf-16' | undefined {
  const [first, second, third] = body;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'utf-16';
  if ((first === 0 && second === LESS_THAN) || (first === LESS_THAN && second === 0)) return 'utf-16';
  return undefined;
}
const LESS_THAN = 0x3c;

const CHARSET_PARAMETER = /;\s*charset\s*=\s*["']?([^\s"';]+)/i;

function charsetOfContentType(contentType: string | undefined): string | undefined {
  if (contentType === undefined || contentType.length === 0) return undefined;
  return CHARSET_PARAMETER.exec(contentType)?.[1];
}

const DECLARED_ENCODING = /^[\0-\x20\ufeff]*<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"'>]+)["']/;

function charsetOfDeclaration(body: Buffer): string | undefined {
  return DECLARED_ENCODING.exec(body.toString('latin1', 0, XML_DECLARATION_CHARACTERS))?.[1];
}

/** Characters of the bytes 0x80 to 0x9F, in which Windows-1252 differs from ISO-8859-1; the five unused stay as they are. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const C1_CONTROL = /[\x80-\x9f]/;

/** By hand: TextDecoder takes some of these bytes for ISO-8859-1 in some releases of Node. */
function decodeWindows1252(body: Buffer): string {
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
