import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createDumpReader } from './dump-reader.js';
import { readManifest, type BackupManifest } from './manifest.js';
import { counting } from './take-backup.js';

/**
 * Reads a whole backup and compares it with its manifest: checksum, end of the dump, rows of every table. It does not
 * show that a server takes it: a restore does.
 * @throws Error with a sentence that says what is wrong
 */
export async function checkBackup(folder: string): Promise<BackupManifest> {
  const manifest = readManifest(folder);
  const file = join(folder, manifest.dump.file);
  if (!existsSync(file)) throw new Error(`${file} is missing`);
  const total = { hash: createHash('sha256'), bytes: 0 };
  const reader = createDumpReader([]);
  const reading = pipeline(
    createReadStream(file),
    counting(total),
    createGunzip(),
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        reader.push(chunk);
        done();
      },
    }),
  );
  try {
    await reading;
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const sha256 = total.hash.digest('hex');
  if (sha256 !== manifest.dump.sha256)
    throw new Error(`${file} is not what was written: its checksum is ${sha256}`);
  const { rows, complete } = reader.contents();
  if (!complete) throw new Error(`${file} has no end`);
  const wrong = differingRows(manifest.rows, rows);
  if (wrong.length > 0) throw new Error(`${file} does not hold what its manifest says: ${wrong.join('; ')}`);
  return manifest;
}

/** Tables whose number of rows is another, as text. */
export function differingRows(
  wanted: Readonly<Record<string, number>>,
  found: Readonly<Record<string, number>>,
): string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .sort()
    .filter((table) => (wanted[table] ?? 0) !== (found[table] ?? 0))
    .map((table) => `${table} has ${found[table] ?? 0} rows in place of ${wanted[table] ?? 0}`);
}
