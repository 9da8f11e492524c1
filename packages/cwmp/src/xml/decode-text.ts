import { isAscii, isUtf8 } from 'node:buffer';
import {
  charsetNamed,
  charsetOfContentType,
  decodeWindows1252,
  UNSUPPORTED_CHARSET,
  type Refusal,
} from '@cpemon/contracts';
import { XML_DECLARATION_CHARACTERS } from './xml-limits.js';

/**
 * The text of an XML body. The charset is that of the byte order mark, else of the Content-Type, else of the XML
 * declaration, else UTF-8 (RFC 7303, 3). Bytes that are not UTF-8 cost a device no report: where nobody said that they
 * were, they are Windows-1252; where somebody did, they become U+FFFD (an SSID is any 32 bytes, and is sent like that).
 */
export function decodeXmlText(body: Buffer, contentType: string | undefined): string | Refusal {
  const bom = byteOrderMark(body);
  if (bom === 'utf-16') return UNSUPPORTED_CHARSET;
  const declared = bom ?? charsetOfContentType(contentType) ?? charsetOfDeclaration(body);
  if (declared !== undefined && declared !== 'utf-8') {
    const charset = charsetNamed(declared);
    if (charset === undefined) return UNSUPPORTED_CHARSET;
    if (charset === 'windows-1252') return decodeWindows1252(body);
  }
  if (isAscii(body)) return body.toString('latin1');
  if (isUtf8(body)) return body.toString('utf8');
  // One of two declarations is wrong: then it is the one that does not fit the bytes.
  const alternative = bom === undefined ? charsetOfDeclaration(body) : undefined;
  if (alternative !== undefined && charsetNamed(alternative) === 'windows-1252')
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

const DECLARED_ENCODING = /^[\0-\x20\ufeff]*<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"'>]+)["']/;

function charsetOfDeclaration(body: Buffer): string | undefined {
  return DECLARED_ENCODING.exec(body.toString('latin1', 0, XML_DECLARATION_CHARACTERS))?.[1];
}
