import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createDumpReader } from './dump-reader.js';
import { DUMP_FILE, MANIFEST_TABLES, manifestOf, writeManifest } from './manifest.js';
import { counting, folderName, type TakenBackup } from './take-backup.js';

/** Holds the time at which the dump was begun, in ISO 8601. */
const BEGUN_FILE = 'begun';

/**
 * Makes a backup of a dump that another program has put into `incoming` (`dump.sql.gz` and `begun`), where the dump
 * program and this one are in different images.
 * @param to the folder of backups, on the same disk
 * @throws Error with a sentence when the dump is not whole; `incoming` stays as it is then
 */
export async function adoptDump(incoming: string, to: string, now: () => Date): Promise<TakenBackup> {
  const begun = new Date(readFileSync(join(incoming, BEGUN_FILE), 'utf8').trim());
  if (Number.isNaN(begun.getTime())) throw new Error(`${join(incoming, BEGUN_FILE)} holds no time`);
  const total = { hash: createHash('sha256'), bytes: 0 };
  const reader = createDumpReader(MANIFEST_TABLES);
  let beginning = '';
  await pipeline(
    createReadStream(join(incoming, DUMP_FILE)),
    counting(total),
    createGunzip(),
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (beginning.length < 1024) beginning += chunk.toString('latin1', 0, 1024);
        reader.push(chunk);
        done();
      },
    }),
  );
  const manifest = manifestOf(reader.contents(), {
    ...{ begun_at: begun.toISOString(), ended_at: now().toISOString() },
    server: /^-- Server version\s+(\S+)/m.exec(beginning)?.[1] ?? 'unknown',
    tool: /^-- (.* dump .*)$/im.exec(beginning)?.[1] ?? 'unknown',
    dump: { file: DUMP_FILE, bytes: total.bytes, sha256: total.hash.digest('hex') },
  });
  rmSync(join(incoming, BEGUN_FILE));
  writeManifest(incoming, manifest);
  const folder = join(to, folderName(begun));
  renameSync(incoming, folder);
  return { folder, manifest };
}
