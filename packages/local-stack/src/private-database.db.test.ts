import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect } from '@cpemon/database';
import { readEnvironment } from './config.js';
import { findOrFetchServer } from './find-or-fetch-server.js';
import { startPrivateDatabase, type PrivateDatabase } from './private-database.js';
import { isRunning } from './process-identity.js';
import type { ServerBinary } from './server-binary.js';

let server: ServerBinary;
let folder: string;
const running: PrivateDatabase[] = [];

beforeAll(async () => {
  server = await findOrFetchServer({ ...readEnvironment(process.env).server, tell: () => undefined });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-private-'));
});
afterEach(async () => {
  for (const database of running.splice(0)) await database.stop(0);
  rmSync(folder, { recursive: true });
});

async function start(at = folder, endLeftover = false): Promise<PrivateDatabase> {
  const database = await startPrivateDatabase({
    server,
    folder: at,
    adminPassword: 'a-test-password',
    bufferPoolBytes: 32 * 1024 * 1024,
    redoLogBytes: 16 * 1024 * 1024,
    endLeftover,
  });
  running.push(database);
  return database;
}

async function query(database: PrivateDatabase, sql: string): Promise<unknown> {
  const connection = await connect(database.address, {});
  const [rows] = await connection.query(sql);
  await connection.end();
  return rows;
}

test('a committed row is there after a crash and a restart, with full durability set', async () => {
  const first = await start();
  expect(
    await query(first, 'SELECT @@innodb_flush_log_at_trx_commit AS f, @@character_set_server AS c'),
  ).toEqual([{ f: 1, c: 'utf8mb4' }]);
  await query(first, 'CREATE DATABASE kept');
  await query(first, 'CREATE TABLE kept.t (x INT)');
  await query(first, 'INSERT INTO kept.t VALUES (7)');
  process.kill(first.process.pid, 'SIGKILL');
  expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' });
  const second = await start();
  expect(await query(second, 'SELECT x FROM kept.t')).toEqual([{ x: 7 }]);
});

test('nobody logs in without a password or with another one', async () => {
  const { address } = await start();
  for (const login of [
    { user: 'cpemon_admin', password: '' },
    { user: 'cpemon_admin', password: 'guess' },
    { user: '', password: '' },
  ]) {
    const refusal = await connect({ ...address, ...login }, {}).catch((error: { errno: number }) => error);
    // Access denied; the second when the account is bound to a user of the operating system.
    expect([1045, 1698]).toContain((refusal as { errno: number }).errno);
  }
});

test('a folder that a running server uses is refused, or taken over when it is a leftover', async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(
    `${folder} is in use by a running database server (process ${first.process.pid})`,
  );
  const second = await start(folder, true);
  expect(isRunning(first.process)).toBe(false);
  expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a path too long for a socket gets a short one elsewhere', async () => {
  const deep = join(folder, 'd'.repeat(60), 'e'.repeat(60));
  mkdirSync(deep, { recursive: true });
  const database = await start(deep);
  expect(Buffer.byteLength(database.socket)).toBeLessThanOrEqual(100);
  expect(await query(database, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await database.stop(0);
  expect(existsSync(dirname(database.socket))).toBe(false);
});

test('stop waits until the server is gone', async () => {
  const database = await start();
  await database.stop();
  expect(isRunning(database.process)).toBe(false);
});

test('a server that cannot start says why', async () => {
  const wrong = startPrivateDatabase({
    server,
    folder,
    adminPassword: 'a-test-password',
    args: ['--no-such-option=1'],
  });
  await expect(wrong).rejects.toThrow(/did not start in .*no-such-option/s);
});
