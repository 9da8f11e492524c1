import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, formatDatabaseUrl, migrate, type DatabaseAddress } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import {
  createMySqlAppender,
  openGeneration,
  openGenerationAfterRestore,
  readLogStats,
  STATE_GROUP,
} from '@cpemon/event-log';
import { findOrFetchServer, startPrivateDatabase, type PrivateDatabase } from '@cpemon/local-stack';
import { createLogger } from '@cpemon/service-kit';
import type { RowDataPacket } from 'mysql2/promise';
import { eventually } from '../../../tests/support/eventually.js';
import { MIGRATIONS_FOLDER } from '../../../tests/support/test-database.js';
import { readConfig } from './config.js';
import { startWriter } from './writer.js';

const logger = createLogger({ service: 'cpemon-writer', level: 'silent' });
const folder = mkdtempSync(join(tmpdir(), 'cpemon-restore-'));
const DEVICES = 20;

let server: PrivateDatabase | undefined;
afterAll(async () => {
  await server?.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a server on the data folder. */
async function startServer(): Promise<DatabaseAddress> {
  const given = process.env['CPEMON_MYSQLD'];
  const program = await findOrFetchServer({
    path: process.env['PATH'] ?? '',
    cacheFolder: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cpemon'),
    tell: () => undefined,
    ...(given === undefined ? {} : { given }),
  });
  server = await startPrivateDatabase({
    ...{ server: program, folder: join(folder, 'mysql'), adminPassword: 'restore-test-1' },
    redoLogBytes: 64 * 1024 * 1024,
  });
  return { ...server.address, schema: 'cpemon' };
}

async function stopServer(): Promise<void> {
  await server?.stop(10_000);
  server = undefined;
}

async function query(address: DatabaseAddress, sql: string): Promise<RowDataPacket[]> {
  const connection = await connect(address, {});
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
}

const heartbeat = (device: number, n: number): CpeEvent => ({
  id: `SN${device}-${n}`,
  source: '/heartbeat',
  type: 'cpemon.heartbeat.v1',
  subject: `SN${device}`,
  data: { interval_seconds: 60, metrics: { uptime_seconds: n } },
});

/** One call a number, each with an event of every device. */
async function append(address: DatabaseAddress, from: number, to: number): Promise<void> {
  const appender = await createMySqlAppender({ address, producer: 'test' });
  for (let n = from; n < to; n += 1) {
    await appender.append(
      Array.from({ length: DEVICES }, (_, device) => heartbeat(device, n)),
      'heartbeat',
    );
  }
  await appender.close();
}

async function drain(address: DatabaseAddress): Promise<void> {
  const config = readConfig({ DATABASE_URL: formatDatabaseUrl(address), OPS_PORT: '0' });
  const writer = await startWriter(config, { logger, signal: new AbortController().signal });
  await eventually(
    'the log is applied',
    async () => {
      const connection = await connect(address, {});
      const { lanes } = await readLogStats(connection, STATE_GROUP);
      await connection.end();
      return lanes.every(({ lagEvents }) => lagEvents === 0);
    },
    30_000,
  );
  await writer.stop();
}

const open = async (address: DatabaseAddress, lanes: number) => {
  const connection = await connect(address, {});
  const opened = await openGeneration(connection, { lanes, reason: 'test', actor: 'tester' });
  await connection.end();
  return opened;
};
const positionsOf = async (address: DatabaseAddress) =>
  new Map(
    (await query(address, 'SELECT generation, lane, sequence, id FROM v_event_log')).map((row) => [
      `${row['generation']}-${row['lane']}-${row['sequence']}`,
      row['id'] as string,
    ]),
  );

test('a restored data folder loses nothing from before the backup, and no position is given twice', async () => {
  let address = await startServer();
  await query(
    { ...address, schema: 'mysql' },
    'CREATE DATABASE cpemon CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  );
  await migrate(address, MIGRATIONS_FOLDER);
  await append(address, 0, 10);
  await drain(address);
  // The backup holds events that are not applied yet.
  await append(address, 10, 15);
  const inBackup = await positionsOf(address);
  await stopServer();
  cpSync(join(folder, 'mysql'), join(folder, 'backup'), { recursive: true });

  address = await startServer();
  await append(address, 15, 20);
  await open(address, 5);
  await append(address, 20, 25);
  await drain(address);
  const beforeRestore = await positionsOf(address);
  expect(beforeRestore.size).toBe(25 * DEVICES);
  await stopServer();

  rmSync(join(folder, 'mysql'), { recursive: true });
  cpSync(join(folder, 'backup'), join(folder, 'mysql'), { recursive: true });
  address = await startServer();
  const connection = await connect(address, {});
  await openGenerationAfterRestore(connection, { reason: 'disk lost', actor: 'tester' });
  await connection.end();
  await append(address, 25, 30);
  await drain(address);

  const after = await positionsOf(address);
  expect(after.size).toBe(20 * DEVICES);
  for (const [position, id] of inBackup) expect(after.get(position)).toBe(id);
  for (const [position, id] of after) expect(beforeRestore.get(position) ?? id).toBe(id);
  const states = await query(
    address,
    'SELECT applied_events, duplicate_events, late_events, uptime_seconds FROM v_devices',
  );
  expect(states).toHaveLength(DEVICES);
  for (const state of states) {
    expect(Number(state['applied_events'])).toBe(20);
    expect(Number(state['duplicate_events']) + Number(state['late_events'])).toBe(0);
    expect(Number(state['uptime_seconds'])).toBe(29);
  }
}, 120_000);
