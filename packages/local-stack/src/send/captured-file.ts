import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isRefusal } from '@cpemon/contracts';
import { readEnvelope, type CwmpMessage } from '@cpemon/cwmp';

/** A captured body, kept as the bytes that the file holds. */
export interface CapturedFile {
  name: string;
  bytes: Buffer;
  /** The file is gzip: it is sent as it is, and says so. */
  isGzip: boolean;
  format: 'xml' | 'json';
  /** What it says, where it is an envelope that can be read. */
  message: CwmpMessage | undefined;
}

/** More than any service takes, so that too large a body can be sent on purpose. */
const LARGEST_FILE_BYTES = 16 * 1024 * 1024;

/** @throws Error with a sentence when the file cannot be read or is larger than anything a device sends */
export function readCapturedFile(path: string): CapturedFile {
  const bytes = readFileSync(path);
  if (bytes.length > LARGEST_FILE_BYTES)
    throw new Error(`${path} has more than ${LARGEST_FILE_BYTES} bytes.`);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isGzip ? unzipped(bytes) : bytes;
  const format = looksLikeJson(plain) ? 'json' : 'xml';
  return { name: basename(path), bytes, isGzip, format, message: format === 'xml' ? read(plain) : undefined };
}

/** The bytes to send as the answer to a request of the ACS: the same, under the request's ID. */
export function underId({ bytes, isGzip }: CapturedFile, id: string): Buffer {
  const plain = isGzip ? unzipped(bytes) : bytes;
  // Latin-1 there and back leaves every byte of every charset in place.
  const withId = plain
    .toString('latin1')
    .replace(ID_ELEMENT, (_all, open: string, close: string) => open + id + close);
  return Buffer.from(withId, 'latin1');
}

const ID_ELEMENT = /(<(?:[\w-]+:)?ID(?:\s[^<>]*)?>)[^<]*(<\/(?:[\w-]+:)?ID\s*>)/;

/** A file that only begins like gzip is sent all the same. */
function unzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_FILE_BYTES });
  } catch {
    return bytes;
  }
}

function looksLikeJson(bytes: Buffer): boolean {
  const start = bytes
    .subarray(0, 200)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  return start.startsWith('{') || start.startsWith('[');
}

function read(plain: Buffer): CwmpMessage | undefined {
  const message = readEnvelope(plain, undefined);
  return isRefusal(message) ? undefined : message;
}
