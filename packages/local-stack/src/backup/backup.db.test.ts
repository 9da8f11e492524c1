import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, migrate, type DatabaseAddress } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import {
  createTestDatabase,
  MIGRATIONS_FOLDER,
  type TestDatabase,
} from '../../../../tests/support/test-database.js';
import { writeLog } from '../../../../tests/support/write-log.js';
import { readEnvironment } from '../config.js';
import { adoptDump } from './adopt-dump.js';
import { checkBackup } from './check-backup.js';
import { findOrFetchDumpTools, type DumpTools } from './dump-tools.js';
import { MANIFEST_FILE, readManifest, waitingIn } from './manifest.js';
import { restoreBackup } from './restore-backup.js';
import { takeBackup } from './take-backup.js';

const SERIAL_NUMBER = "Ünïcode 'quoted', (bracketed);\n\\ \u{1F4E1}";
const EVENT = { source: '/heartbeat', id: 'e-1', subject: 'A1', type: 'cpemon.test.v1', data: {} };

/** The dump programs may have to be fetched first. */
const FETCHED_WITHIN_MS = 180_000;

let database: TestDatabase;
let login: DatabaseAddress;
let tools: DumpTools;
let folder: string;
let restored: DatabaseAddress;

beforeAll(async () => {
  // As in production: the schema is the migrator's, who alone can read its procedures.
  database = await createTestDatabase({ migrations: null });
  login = await database.login('migrator');
  await migrate(login, MIGRATIONS_FOLDER);
  const events = [1, 2, 3].map((n) => ({
    event: { ...EVENT, id: `e-${n}` } as unknown as CpeEvent,
    receivedAt: Date.parse('2026-11-22T00:00:00Z') + n,
  }));
  await writeLog(database.pool, events);
  await database.pool.query(
    "INSERT INTO operator_audit (at, actor, action, target, outcome, detail) VALUES (SYSDATE(3), ?, 'x', 'y', 'done', '{}')",
    [SERIAL_NUMBER],
  );
  tools = await findOrFetchDumpTools(await flavour(), {
    ...readEnvironment(process.env).server,
    tell: () => undefined,
  });
}, FETCHED_WITHIN_MS);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-backup-'));
  restored = { ...database.address, schema: `${database.schema}_restored` };
});
afterEach(async () => {
  await database.pool.query(`DROP DATABASE IF EXISTS ${restored.schema}`);
  rmSync(folder, { recursive: true });
});
afterAll(() => database.drop());

async function flavour(): Promise<DumpTools['flavour']> {
  const [[row]] = await database.pool.query<RowDataPacket[]>('SELECT VERSION() AS version');
  return /mariadb/i.test(String(row?.['version'])) ? 'mariadb' : 'mysql';
}
const now = () => new Date('2026-11-22T03:20:00.500Z');
const take = () => takeBackup({ address: login, tools, to: folder, now, say: () => undefined });
const restore = (from: string) =>
  restoreBackup({
    ...{ folder: from, address: restored, tools, migrationsFolder: MIGRATIONS_FOLDER },
    say: () => undefined,
  });
const rowsOf = async (address: DatabaseAddress, sql: string): Promise<RowDataPacket[]> => {
  const connection = await connect(address, {});
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
};

test('a backup says what it holds, and leaves no login behind', async () => {
  const { folder: taken, manifest } = await take();
  expect(taken).toBe(join(folder, 'cpemon-20261122T032000Z'));
  expect(readdirSync(folder)).toEqual(['cpemon-20261122T032000Z']);
  expect(readdirSync(taken).sort()).toEqual(['dump.sql.gz', 'manifest.json']);
  expect(manifest.begun_at).toBe('2026-11-22T03:20:00.500Z');
  expect(manifest.rows).toMatchObject({ operator_audit: 1, log_generations: 1 });
  expect(manifest.log.lanes).toBe(16);
  expect(manifest.schema_version).toBe(manifest.rows['schema_migrations']);
  expect(manifest.log.positions.reduce((sum, { head }) => sum + head, 0)).toBe(3);
  expect(waitingIn(manifest)).toBe(3);
  expect(manifest.log.last_received_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  expect(await checkBackup(taken)).toEqual(manifest);
});

test('what is restored is what was there, and the log goes on above what anybody may have seen', async () => {
  const { folder: taken, manifest } = await take();
  const { generation } = await restore(taken);
  const records =
    'SELECT lane, last_seq, event_count, CAST(events AS CHAR) AS events FROM log_records ORDER BY lane';
  expect(await rowsOf(restored, records)).toEqual(await rowsOf(login, records));
  const actors = await rowsOf(restored, "SELECT actor FROM operator_audit WHERE action = 'x'");
  expect(actors).toEqual([{ actor: SERIAL_NUMBER }]);
  expect(generation).toBeGreaterThan(manifest.log.generation);
  const generations = await rowsOf(
    restored,
    'SELECT generation, sealed_at IS NOT NULL AS is_sealed, reason FROM log_generations ORDER BY generation',
  );
  expect(generations).toMatchObject([
    { generation: manifest.log.generation, is_sealed: 1 },
    { generation, is_sealed: 0, reason: `restored from the backup of ${manifest.begun_at}` },
  ]);
  const heads = await rowsOf(
    restored,
    `SELECT MIN(base_seq) AS base FROM log_lanes WHERE generation = ${generation}`,
  );
  expect(Number(heads[0]?.['base'])).toBe(Math.max(...manifest.log.positions.map(({ head }) => head)));
});

test('a schema that holds anything is not restored into', async () => {
  const { folder: taken } = await take();
  await database.pool.query(`CREATE DATABASE ${restored.schema}`);
  await database.pool.query(`CREATE TABLE ${restored.schema}.mine (x INT)`);
  await expect(restore(taken)).rejects.toThrow('is not empty');
});

test('a backup that was damaged, cut off or changed is refused before anything is loaded', async () => {
  const { folder: taken, manifest } = await take();
  const dump = join(taken, 'dump.sql.gz');
  const whole = readFileSync(dump);
  const changed = Buffer.from(whole);
  changed[changed.length - 40]! ^= 0xff;
  writeFileSync(dump, changed);
  await expect(restore(taken)).rejects.toThrow(/cannot be read|checksum/);
  truncateSync(dump, Math.floor(whole.length / 2));
  await expect(restore(taken)).rejects.toThrow(/cannot be read|checksum/);
  writeFileSync(dump, whole);
  const wrong = { ...manifest, rows: { ...manifest.rows, operator_audit: 2 } };
  writeFileSync(join(taken, MANIFEST_FILE), JSON.stringify(wrong));
  await expect(restore(taken)).rejects.toThrow('operator_audit has 1 rows in place of 2');
  writeFileSync(join(taken, MANIFEST_FILE), JSON.stringify({ ...manifest, format: 2 }));
  await expect(restore(taken)).rejects.toThrow('has format 2; this release reads 1');
  const schemas = await rowsOf(login, 'SHOW DATABASES');
  expect(schemas.map(({ Database: name }) => String(name))).not.toContain(restored.schema);
});

test('a dump program that fails leaves nothing behind, and says why', async () => {
  const wrong = takeBackup({
    ...{ tools, to: folder, now, say: () => undefined },
    address: { ...login, schema: 'mysql' },
  });
  await expect(wrong).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

test('a dump that met a change of partitions is begun anew', async () => {
  const met = join(folder, 'met');
  const program = join(folder, 'dump-that-meets-upkeep');
  writeFileSync(
    program,
    `#!/bin/sh
if [ ! -e ${met} ]; then
  touch ${met}
  echo "Error 1412: Table definition has changed, please retry transaction when dumping table log_records" >&2
  exit 3
fi
exec ${tools.dump} "$@"
`,
    { mode: 0o755 },
  );
  const said: string[] = [];
  const to = join(folder, 'backups');
  const { manifest } = await takeBackup({
    ...{ address: login, to, now, say: (line: string) => void said.push(line) },
    tools: { ...tools, dump: program },
  });
  expect(said).toEqual(['A table got or lost a partition while it was to be read: the dump begins anew']);
  expect(manifest.rows).toMatchObject({ operator_audit: 1 });
  expect(readdirSync(to)).toEqual(['cpemon-20261122T032000Z']);
});

test('a login that may not read the procedures makes no backup that looks whole', async () => {
  const api = await database.login('api');
  await expect(
    takeBackup({ address: api, tools, to: join(folder, 'other'), now, say: () => undefined }),
  ).rejects.toThrow();
  expect(readdirSync(join(folder, 'other'))).toEqual([]);
});

test('a dump that another program wrote becomes a backup', async () => {
  const { folder: taken, manifest } = await take();
  const incoming = join(folder, 'incoming');
  mkdirSync(incoming);
  writeFileSync(join(incoming, 'dump.sql.gz'), readFileSync(join(taken, 'dump.sql.gz')));
  writeFileSync(join(incoming, 'begun'), '2026-11-21T03:20:00Z\n');
  const adopted = await adoptDump(incoming, folder, now);
  expect(adopted.folder).toBe(join(folder, 'cpemon-20261121T032000Z'));
  expect(readManifest(adopted.folder)).toMatchObject({
    ...{ rows: manifest.rows, log: manifest.log, dump: manifest.dump },
    begun_at: '2026-11-21T03:20:00.000Z',
  });
  expect(readdirSync(folder)).not.toContain('incoming');
  expect(readdirSync(adopted.folder).sort()).toEqual(['dump.sql.gz', 'manifest.json']);
});
