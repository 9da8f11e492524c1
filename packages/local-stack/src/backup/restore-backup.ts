import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { connect, type DatabaseAddress } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { prepareDatabase } from '../prepare-database.js';
import { reopenLog } from '../reopen-log.js';
import type { StackSecrets } from '../secrets.js';
import { checkBackup, differingRows } from './check-backup.js';
import { loginFile, type DumpTools } from './dump-tools.js';
import type { BackupManifest } from './manifest.js';

export interface RestoreOptions {
  /** Of one backup. */
  folder: string;
  /** Login that may create users; its schema is missing or empty. */
  address: DatabaseAddress;
  tools: DumpTools;
  migrationsFolder: string;
  /** Absent: schema and logins stay as the backup and the server have them; `migrate` comes next. */
  passwords?: StackSecrets['databaseUsers'];
  say: (line: string) => void;
}

export interface Restored {
  manifest: BackupManifest;
  /** In which the log goes on. */
  generation: number;
  /** Each step and how long it took. */
  steps: { name: string; seconds: number }[];
}

/**
 * Brings a backup into an empty schema, applies the migrations of this release, and opens a new generation of the log: no
 * position that was given after the backup is given again. Nothing may take events there meanwhile.
 * @throws Error with a sentence for the operator
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { folder, address, migrationsFolder, passwords, say } = options;
  const steps: Restored['steps'] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const since = performance.now();
    const result = await work();
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    steps.push({ name, seconds });
    say(`${name}: ${seconds} s`);
    return result;
  };
  const manifest = await step('Read the backup and compare it with its manifest', () => checkBackup(folder));
  await refuseUnlessEmpty(address);
  await step('Load the dump', () => load(options, manifest));
  await step('Count every table', () => compareCounts(address, manifest));
  if (passwords !== undefined) {
    const { migrations } = await step('Migrations and logins of the services', () =>
      prepareDatabase(address, migrationsFolder, passwords),
    );
    if (migrations.applied.length > 0) say(`Applied ${migrations.applied.join(', ')}`);
  }
  const generation = await step('Open a new generation of the log', () =>
    reopenLog(address, `restored from the backup of ${manifest.begun_at}`),
  );
  return { manifest, generation, steps };
}

async function refuseUnlessEmpty(address: DatabaseAddress): Promise<void> {
  const connection = await connect({ ...address, schema: 'information_schema' }, {});
  try {
    await connection.query(
      `CREATE DATABASE IF NOT EXISTS \`${address.schema}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    );
    const [[row]] = await connection.query<RowDataPacket[]>(
      'SELECT COUNT(*) AS tables FROM information_schema.tables WHERE table_schema = ?',
      [address.schema],
    );
    if (Number(row?.['tables']) > 0)
      throw new Error(
        `The schema ${address.schema} is not empty: a backup is restored into an empty one only.`,
      );
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

async function load({ folder, address, tools }: RestoreOptions, { dump }: BackupManifest): Promise<void> {
  const own = mkdtempSync(join(tmpdir(), 'cpemon-restore-'));
  try {
    const login = join(own, 'login.cnf');
    writeFileSync(login, loginFile(address), { mode: 0o600 });
    const child = spawn(
      tools.client,
      [
        `--defaults-file=${login}`,
        '--default-character-set=utf8mb4',
        '--max-allowed-packet=64M',
        '--batch',
        address.schema,
      ],
      {
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...tools.env },
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    );
    const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    // Where the client ends early its own words say why.
    const fed = pipeline(createReadStream(join(folder, dump.file)), createGunzip(), child.stdin);
    const [, [code, signal]] = await Promise.all([fed.catch(() => undefined), exited]);
    if (code !== 0)
      throw new Error(
        `The database did not take the dump (${signal ?? `exit code ${code}`}): ${said.trim().split('\n').slice(-3).join(' ')}`,
      );
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

async function compareCounts(address: DatabaseAddress, { rows }: BackupManifest): Promise<void> {
  const connection = await connect(address, {});
  try {
    const found: Record<string, number> = {};
    for (const table of Object.keys(rows)) {
      const [[row]] = await connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS found FROM \`${table}\``);
      found[table] = Number(row?.['found']);
    }
    const wrong = differingRows(rows, found);
    if (wrong.length > 0) throw new Error(`The database does not hold what was dumped: ${wrong.join('; ')}`);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}
