import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw, type Zlib, type ZlibOptions } from 'node:zlib';
import { isRefusal, refuse, type Refusal } from '@cpemon/contracts';
import { PROCESS_BODY_BUDGET } from './body-budget.js';
import { tooLarge } from './body-refusal.js';
import { createTurns } from './turns.js';

/** Nobody compresses twice on purpose; each encoding costs a whole body. */
const LISTED_ENCODINGS = 3;
/** Bodies that are inflated at once: as many as Node has threads for it. Each holds up to its limit. */
const INFLATED_AT_ONCE = 4;
/**
 * Bytes that tell text from compressed bytes, of which one in nine is a control character: fewer than one in a million
 * compressed bodies passes for text.
 */
const TEXT_SAMPLE_BYTES = 128;

type Coding = 'gzip' | 'deflate';
const CODINGS: Record<string, Coding> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' };

const UNSUPPORTED = refuse('unsupported_encoding', 'Bodies may be compressed with gzip or deflate.');
const INVALID = refuse('invalid_encoding', 'The body is neither plain nor what Content-Encoding says.');

const turns = createTurns(INFLATED_AT_ONCE);

/**
 * Undoes `Content-Encoding`: gzip (RFC 1952) and deflate, with its wrapper (RFC 1950) or, as many senders have it,
 * without (RFC 1951). Goes by the bytes where they contradict the header: agents announce gzip and send plain bytes,
 * and proxies compress and forget the header.
 *
 * A plain body is handed back at once. Compressed ones are inflated by other threads, a few at a time; those that wait
 * are counted with the bodies on their way in, so that new ones are turned away when they are too many.
 * @param limitBytes of the plain body; inflating stops there
 * @returns the plain body, or `unsupported_encoding`, `invalid_encoding` (corrupt, cut short) or `body_too_large`;
 *   never rejects
 */
export function decodeBody(
  body: Buffer,
  contentEncoding: string | undefined,
  limitBytes: number,
): Promise<Buffer | Refusal> {
  const codings = codingsOf(contentEncoding);
  if (isRefusal(codings)) return Promise.resolve(codings);
  if (codings.length === 0 && isGzip(body)) codings.push('gzip');
  if (codings.length === 0 || isPlain(body)) {
    return Promise.resolve(body.length > limitBytes ? tooLarge(limitBytes) : body);
  }
  const counted = PROCESS_BODY_BUDGET.take(body.length, limitBytes);
  return turns(() => undoAll(body, codings, limitBytes)).finally(() => {
    if (counted) PROCESS_BODY_BUDGET.give(body.length);
  });
}

/** The encodings of the header that change anything, in the order in which they were applied. */
function codingsOf(header: string | undefined): Coding[] | Refusal {
  const codings: Coding[] = [];
  if (header === undefined || header === '') return codings;
  for (const part of header.split(',', LISTED_ENCODINGS + 1)) {
    const name = part.trim().toLowerCase();
    if (name === '' || name === 'identity') continue;
    const coding = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
    if (coding === undefined || codings.length === LISTED_ENCODINGS) return UNSUPPORTED;
    codings.push(coding);
  }
  return codings;
}

async function undoAll(
  body: Buffer,
  codings: readonly Coding[],
  limitBytes: number,
): Promise<Buffer | Refusal> {
  let decoded = body;
  for (const coding of [...codings].reverse()) {
    // The header may list more encodings than there are.
    if (isPlain(decoded)) break;
    const undone = await undo(decoded, coding, limitBytes);
    if (isRefusal(undone)) return undone;
    decoded = undone;
  }
  return decoded;
}

/** The bytes say which wrapper there is; the header only whether there may be none. */
async function undo(bytes: Buffer, coding: Coding, limitBytes: number): Promise<Buffer | Refusal> {
  if (isGzip(bytes)) return run(gunzipBytes, bytes, limitBytes);
  let result: Buffer | Refusal = INVALID;
  if (isZlib(bytes)) result = await run(inflateBytes, bytes, limitBytes);
  // Any two bytes may begin a bare stream, those of a wrapper too.
  if (result === INVALID && coding === 'deflate') result = await run(inflateRawBytes, bytes, limitBytes);
  return result === INVALID && isText(bytes) && bytes.length <= limitBytes ? bytes : result;
}

interface Inflated {
  buffer: Buffer;
  engine: Zlib;
}
type Inflater = (bytes: Buffer, options: ZlibOptions) => Promise<Inflated>;

// With `info`, which their types do not know, these give the engine as well.
const gunzipBytes = promisify(gunzip) as unknown as Inflater;
const inflateBytes = promisify(inflate) as unknown as Inflater;
const inflateRawBytes = promisify(inflateRaw) as unknown as Inflater;

async function run(inflater: Inflater, bytes: Buffer, limitBytes: number): Promise<Buffer | Refusal> {
  try {
    const { buffer, engine } = await inflater(bytes, { maxOutputLength: limitBytes, info: true });
    // Without a checksum, only a stream that ends where the bytes end was one.
    return inflater === inflateRawBytes && engine.bytesWritten < bytes.length ? INVALID : buffer;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(limitBytes) : INVALID;
  }
}

export const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** RFC 1950, 2.2: method 8, and the two bytes are a multiple of 31. */
const isZlib = (bytes: Buffer): boolean =>
  bytes.length >= 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;

/** Certainly not compressed. */
const isPlain = (bytes: Buffer): boolean =>
  bytes.length === 0 || (bytes.length >= TEXT_SAMPLE_BYTES && isText(bytes));

/** XML, JSON, CSV in any charset that devices use; UTF-16 by its mark, with which no compressed stream begins. */
function isText(bytes: Buffer): boolean {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  if (mark === 0xfeff || mark === 0xfffe) return true;
  const end = Math.min(bytes.length, TEXT_SAMPLE_BYTES);
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}
