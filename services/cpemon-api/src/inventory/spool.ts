import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes of one import: some 1.5 million rows. */
export const IMPORT_BYTES = 256 * 1024 * 1024;

export type Spooled = { path: string; bytes: number } | { problem: 'body_too_large' | 'aborted' | 'no_room' };

/**
 * Writes a body to a file, so that whoever sends it need not wait for its rows to be applied: those take longer than a
 * request may.
 */
export async function spoolBody(
  request: IncomingMessage,
  folder: string,
  most = IMPORT_BYTES,
): Promise<Spooled> {
  const path = join(folder, `cpemon-import-${randomUUID()}`);
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > most ? new Error('too large') : null, chunk);
    },
  });
  try {
    await pipeline(request, count, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
    return { path, bytes };
  } catch {
    await unlink(path).catch(() => undefined);
    if (bytes > most) return { problem: 'body_too_large' };
    return { problem: request.destroyed && !request.complete ? 'aborted' : 'no_room' };
  }
}
