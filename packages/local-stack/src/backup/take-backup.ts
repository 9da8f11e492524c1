import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { connect, readServerVariables, type DatabaseAddress } from '@cpemon/database';
import { createDumpReader, type DumpContents } from './dump-reader.js';
import { loginFile, type DumpTools } from './dump-tools.js';
import { DUMP_FILE, MANIFEST_TABLES, manifestOf, writeManifest, type BackupManifest } from './manifest.js';

export interface BackupOptions {
  /** Login that reads everything: of `cpemon_migrator`, or of an administrator. */
  address: DatabaseAddress;
  tools: DumpTools;
  /** Gets one folder for each backup. */
  to: string;
  now: () => Date;
  say: (line: string) => void;
}

export interface TakenBackup {
  folder: string;
  manifest: BackupManifest;
}

/**
 * A consistent picture of the moment at which the dump begins, while everything goes on. What partitions are made and
 * dropped for (every hour) makes a dump that has not read that table yet useless: then it is begun anew.
 */
const TRIES = 3;
/** MySQL: the table's definition has changed since the transaction began. */
const DEFINITION_CHANGED = /\b1412\b/;
const UNFINISHED = '.unfinished';
/** Fast, as a slow dump keeps old versions of rows in the database. */
const GZIP_LEVEL = 1;

const COMMON_ARGUMENTS = [
  '--single-transaction',
  '--quick',
  '--routines',
  '--triggers',
  '--complete-insert',
  '--hex-blob',
  '--skip-lock-tables',
  '--no-tablespaces',
  '--default-character-set=utf8mb4',
  // The largest record of the log has 16 MiB, twice as much in hexadecimal.
  '--max-allowed-packet=64M',
];
/** A restored server is not to believe that it has executed what another one did. */
const MYSQL_ARGUMENTS = ['--set-gtid-purged=OFF'];

/** Backs the schema of `address` up into a new folder. @throws Error with a sentence; nothing half-made is left then */
export async function takeBackup(options: BackupOptions): Promise<TakenBackup> {
  const { to, now, say } = options;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (let tries = 1; ; tries += 1) {
    const begun = now();
    const folder = join(to, folderName(begun));
    const unfinished = folder + UNFINISHED;
    mkdirSync(unfinished, { mode: 0o700 });
    try {
      const manifest = await dumpInto(unfinished, begun, options);
      renameSync(unfinished, folder);
      return { folder, manifest };
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (tries === TRIES || !DEFINITION_CHANGED.test((error as Error).message)) throw error;
      say('A table got or lost a partition while it was to be read: the dump begins anew');
    }
  }
}

/** `cpemon-20261122T004500Z`: sorts by time. */
export const folderName = (at: Date): string => `cpemon-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;

async function dumpInto(
  folder: string,
  begun: Date,
  { address, tools, now }: BackupOptions,
): Promise<BackupManifest> {
  const server = await versionOf(address);
  const login = join(folder, 'login.cnf');
  writeFileSync(login, loginFile(address), { mode: 0o600 });
  try {
    const { contents, ...dump } = await runDump(tools, login, address.schema, join(folder, DUMP_FILE));
    const facts = { begun_at: begun.toISOString(), ended_at: now().toISOString() };
    const file = { dump: { file: DUMP_FILE, ...dump } };
    const manifest = manifestOf(contents, { ...facts, server, tool: tools.version, ...file });
    writeManifest(folder, manifest);
    return manifest;
  } finally {
    rmSync(login, { force: true });
  }
}

async function versionOf(address: DatabaseAddress): Promise<string> {
  const connection = await connect(address, {});
  try {
    return (await readServerVariables(connection)).get('version') ?? 'unknown';
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

async function runDump(
  { dump, flavour, env }: DumpTools,
  login: string,
  schema: string,
  file: string,
): Promise<{ bytes: number; sha256: string; contents: DumpContents }> {
  const args = [
    `--defaults-file=${login}`,
    ...COMMON_ARGUMENTS,
    ...(flavour === 'mysql' ? MYSQL_ARGUMENTS : []),
    schema,
  ];
  const child = spawn(dump, args, {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const reader = createDumpReader(MANIFEST_TABLES);
  const written = { hash: createHash('sha256'), bytes: 0 };
  const passing = pipeline(
    child.stdout,
    watching((chunk) => reader.push(chunk)),
    createGzip({ level: GZIP_LEVEL }),
    counting(written),
    createWriteStream(file, { mode: 0o600, flush: true }),
  );
  const [result] = await Promise.allSettled([passing, exited]);
  const [code, signal] = await exited;
  if (code !== 0)
    throw new Error(
      `${dump} ended with ${signal ?? `exit code ${code}`}: ${said.trim().split('\n').slice(-3).join(' ')}`,
    );
  if (result.status === 'rejected')
    throw new Error(`${file} cannot be written: ${(result.reason as Error).message}`, {
      cause: result.reason,
    });
  return { bytes: written.bytes, sha256: written.hash.digest('hex'), contents: reader.contents() };
}

/** Passes everything on and shows it to `look`. */
export const watching = (look: (chunk: Buffer) => void): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });

/** Passes everything on, with its length and checksum. */
export const counting = (total: { hash: Hash; bytes: number }): Transform =>
  watching((chunk) => {
    total.hash.update(chunk);
    total.bytes += chunk.length;
  });
