import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type * as LocalStack from '@cpemon/local-stack';
import type { PrivateDatabase, ProcessIdentity } from '@cpemon/local-stack';

const FOLDER_PREFIX = 'cpemon-test-';
const MIB = 1024 * 1024;

/** The server of this run, for stop-database.ts and for a Ctrl-C. */
export interface RunningTestServer {
  database: PrivateDatabase;
  folder: string;
}

declare global {
  var cpemonTestServer: RunningTestServer | undefined;
}

/**
 * One private database server for a whole jest run, in a temporary folder; each test file makes its schema on it
 * (test-database.ts). CPEMON_TEST_DATABASE_URL names a given server instead: a login that may create schemas and users.
 */
export default async function startDatabase(): Promise<void> {
  if (process.env.CPEMON_TEST_DATABASE_URL !== undefined) return;
  const { findOrFetchServer, startPrivateDatabase, identifyProcess, isRunning, endProcess } =
    await loadLocalStack();
  const { formatDatabaseUrl } = await import('@cpemon/database');

  const base = tmpdir();
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    await removeLeftover(join(base, name), isRunning, endProcess);
  }
  const folder = mkdtempSync(join(base, FOLDER_PREFIX));
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(identifyProcess(process.pid)));

  const given = process.env.CPEMON_MYSQLD;
  const server = await findOrFetchServer({
    path: process.env.PATH ?? '',
    cacheFolder: join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cpemon'),
    tell: (line) => process.stderr.write(`${line}\n`),
    ...(given === undefined ? {} : { given }),
  });
  const database = await startPrivateDatabase({
    server,
    folder: join(folder, 'mysql'),
    adminPassword: randomBytes(18).toString('base64url'),
    redoLogBytes: 64 * MIB,
  });
  globalThis.cpemonTestServer = { database, folder };
  process.env.CPEMON_TEST_DATABASE_URL = formatDatabaseUrl(database.address);
  // jest ends without its teardown on these.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.kill(database.process.pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  }
}

/**
 * jest runs this file by Node's own loader, which knows nothing of the mapping from `x.js` to `x.ts`: so it uses the
 * built packages, brought up to date here (half a second when they are).
 */
async function loadLocalStack(): Promise<typeof LocalStack> {
  const root = resolve(__dirname, '../..');
  const tsc = require.resolve('typescript/bin/tsc');
  const build = spawnSync(process.execPath, [tsc, '-b', 'packages/local-stack'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (build.status !== 0) process.stderr.write(build.stdout);
  return import('@cpemon/local-stack');
}

/** A run that was killed outright leaves its server behind. */
async function removeLeftover(
  folder: string,
  isRunning: (identity: ProcessIdentity) => boolean,
  endProcess: (identity: ProcessIdentity, graceMs: number) => Promise<void>,
): Promise<void> {
  try {
    if (statSync(folder).uid !== process.getuid?.()) return;
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ProcessIdentity;
    if (isRunning(read('owner.json'))) return;
    await endProcess(read('mysql/process.json'), 0);
  } catch {
    // No server was started there, or its owner is only just starting.
    if (Date.now() - statSync(folder).mtimeMs < 60_000) return;
  }
  rmSync(folder, { recursive: true, force: true });
}
