import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSemiSync } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../../tests/support/eventually.js';
import { readEnvironment } from '../config.js';
import { findOrFetchServer } from '../find-or-fetch-server.js';
import type { PrivateDatabase } from '../private-database.js';
import type { ServerBinary } from '../server-binary.js';
import { freePort } from './free-port.js';
import { startRelay } from './relay.js';
import { promote, setFetching, startPrimary, startReplica, withServer } from './replication.js';

let server: ServerBinary;
let folder: string;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await findOrFetchServer({ ...readEnvironment(process.env).server, tell: () => undefined });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-pair-'));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  rmSync(folder, { recursive: true });
});

async function startPair(): Promise<{ primary: PrivateDatabase; replica: PrivateDatabase }> {
  const ports = { primary: await freePort(), replica: await freePort() };
  const link = await startRelay(ports.primary, 1);
  undo.push(() => link.close());
  const options = {
    ...{ server, folder, ports, mode: 'semi-sync' as const },
    ...{ password: 'a-test-password', linkPort: link.port },
  };
  const primary = await startPrimary(options);
  undo.push(() => primary.stop(0));
  const replica = await startReplica(options, primary.address);
  undo.push(() => replica.stop(0));
  return { primary, replica };
}
const semiSync = (of: PrivateDatabase) => withServer(of.address, readSemiSync);

test('a primary says whether its replica confirms, and what it confirmed is there when the replica takes over', async () => {
  // The drill and its words are MariaDB's.
  if (server.flavour === 'mysql') return;
  const { primary, replica } = await startPair();
  expect(await semiSync(primary)).toBe('held');
  await withServer(primary.address, async (connection) => {
    await connection.query('CREATE DATABASE kept');
    await connection.query('CREATE TABLE kept.t (x INT PRIMARY KEY)');
    for (let x = 0; x < 50; x += 1) await connection.query('INSERT INTO kept.t VALUES (?)', [x]);
  });

  await setFetching(replica.address, false);
  await eventually('no replica confirms', async () => (await semiSync(primary)) === 'lost', 20_000);
  await setFetching(replica.address, true);
  await eventually('a replica confirms again', async () => (await semiSync(primary)) === 'held', 20_000);

  process.kill(primary.process.pid, 'SIGKILL');
  await primary.ended;
  await promote(replica.address);
  expect(await semiSync(replica)).toBe('off');
  await withServer(replica.address, async (connection) => {
    await connection.query('INSERT INTO kept.t VALUES (50)');
    const [[row]] = await connection.query<RowDataPacket[]>('SELECT COUNT(*) AS found FROM kept.t');
    expect(Number(row?.['found'])).toBe(51);
  });
}, 90_000);
