import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** A message inflated, where it is compressed. */
export interface PlainBody {
  body: Buffer;
  isInflated: boolean;
}

/** What any path takes at most, and a message is inflated to. */
export const LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024;

/** By its bytes: a captured body has lost its headers. What only begins like a compressed one stands for itself. */
export function plainBody(bytes: Buffer): PlainBody {
  const inflate = [0x1f8b, 0x789c, 0x7801, 0x78da].includes(bytes.length > 1 ? bytes.readUInt16BE(0) : 0);
  if (!inflate) return { body: bytes, isInflated: false };
  for (const attempt of [gunzipSync, inflateSync, inflateRawSync]) {
    try {
      return { body: attempt(bytes, { maxOutputLength: LARGEST_MESSAGE_BYTES }), isInflated: true };
    } catch {
      continue;
    }
  }
  return { body: bytes, isInflated: false };
}
