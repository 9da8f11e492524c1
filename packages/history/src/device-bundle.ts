import { createByteSink } from './byte-sink.js';
import { createByteSource } from './byte-source.js';

/** Keys of devices as four bytes each, so that the database can look for one of them in a column. */
export function deviceIdBytes(deviceIds: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(deviceIds.length * 4);
  for (let n = 0; n < deviceIds.length; n += 1) bytes.writeUInt32BE(deviceIds[n]!, n * 4);
  return bytes;
}

export function readDeviceIds(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, n) => bytes.readUInt32BE(n * 4));
}

/** Blocks of several devices as one; the keys stand beside it, in the same order. */
export function bundleBlocks(blocks: readonly Buffer[]): Buffer {
  const out = createByteSink(blocks.reduce((sum, { length }) => sum + length + 4, 16));
  for (const block of blocks) out.block(block);
  return out.bytes();
}

/** The blocks of a bundle in order. @param wanted the only one to be read; undefined: all of them */
export function readBlocks(bundle: Buffer, wanted?: number): Buffer[] {
  const from = createByteSource(bundle);
  const blocks: Buffer[] = [];
  for (let n = 0; !from.ended(); n += 1) {
    if (wanted !== undefined && n !== wanted) {
      from.skipBlock();
      continue;
    }
    blocks.push(from.block());
    if (wanted !== undefined) break;
  }
  return blocks;
}
