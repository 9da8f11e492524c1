import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  connect,
  formatDatabaseUrl,
  migrate,
  type DatabaseAddress,
  type SingleConnection,
} from '@cpemon/database';
import { startPrivateDatabase } from '@cpemon/local-stack';
import type { BenchContext } from '../benchmark.js';
import { summariseProfile } from '../report/cpu-profile.js';
import { freePort } from './free-port.js';
import { REPOSITORY } from './repository.js';
import { spawnService, type ServiceProcess } from './service-process.js';

const GIB = 1024 ** 3;

/** The settings behind the word "database settings" of the benchmarks. */
const DATABASE_SIZE = { bufferPoolBytes: 2 * GIB, redoLogBytes: 2 * GIB };

/** A service that takes requests. */
export interface IngestProcess extends ServiceProcess {
  port: number;
  /** Bearer token it accepts. */
  token: string;
}

/** A database and processes of a benchmark's own. Everything ends with the benchmark, unless `close` came first. */
export interface PrivateStack {
  address: DatabaseAddress;
  databasePid: number;
  /** Where the server keeps the files of the schema, one or more a table. */
  schemaFolder: string;
  /** A new connection that is closed at the end. */
  connect(): Promise<SingleConnection>;
  /** cpemon-api, ready to take events. `extra` are further environment variables. */
  startApi(extra?: Record<string, string>): Promise<IngestProcess>;
  /** acs-ingest, ready for CPEs of any kind on its one port. `extra` are further environment variables. */
  startAcsIngest(extra?: Record<string, string>): Promise<ServiceProcess & { port: number }>;
  /** cpemon-writer, spawned: `ready()` waits for it. */
  spawnWriter(extra?: Record<string, string>): Promise<ServiceProcess>;
  /** Stops a service, prints its profile if one was taken. @throws Error when it does not end cleanly */
  stop(service: ServiceProcess): Promise<void>;
  /** Ends all of it and removes the database. */
  close(): Promise<void>;
}

/**
 * Starts an empty, migrated database and tells what it is.
 * @param name tells its folder and processes from those of another stack of the same benchmark
 */
export async function startPrivateStack(context: BenchContext, name = ''): Promise<PrivateStack> {
  const folder = join(context.directory, 'database', name);
  const database = await startPrivateDatabase({
    server: context.server,
    folder,
    adminPassword: randomBytes(12).toString('hex'),
    ...DATABASE_SIZE,
  });
  const running = new Set<ServiceProcess>();
  const connections: SingleConnection[] = [];
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    for (const service of running) service.kill();
    for (const connection of connections) connection.destroy();
    await database.stop(30_000);
  };
  context.atEnd(() => (ended ??= end()));

  const admin = await connect(database.address, {});
  connections.push(admin);
  await admin.query('CREATE DATABASE cpemon CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
  const address = { ...database.address, schema: 'cpemon' };
  await migrate(address, join(REPOSITORY, 'sql'));
  context.say(await databaseSettings(admin));

  let spawned = 0;
  const spawn = async (service: string, extra: Record<string, string>): Promise<[ServiceProcess, number]> => {
    const [port, opsPort] = [await freePort(), await freePort()];
    const process = spawnService({
      service,
      name: [service, name, ++spawned].filter((part) => part !== '').join('-'),
      env: {
        DATABASE_URL: formatDatabaseUrl(address),
        MAINTENANCE_DATABASE_URL: formatDatabaseUrl(address),
        LISTEN_HOST: '127.0.0.1',
        PORT: String(port),
        OPS_PORT: String(opsPort),
        ...extra,
      },
      readyUrl: `http://127.0.0.1:${opsPort}/readyz`,
      directory: context.directory,
      profile: context.profile,
    });
    running.add(process);
    return [process, port];
  };
  return {
    address,
    databasePid: database.process.pid,
    schemaFolder: join(folder, 'data', 'cpemon'),
    async connect() {
      const connection = await connect(address, {});
      connections.push(connection);
      return connection;
    },
    async startApi(extra = {}) {
      const token = randomBytes(16).toString('hex');
      const [process, port] = await spawn('cpemon-api', {
        INGEST_TOKENS: token,
        READ_AUTH: 'none',
        ...extra,
      });
      await process.ready();
      return { ...process, port, token };
    },
    async startAcsIngest(extra = {}) {
      const [process, port] = await spawn('acs-ingest', {
        ...{ WEBHOOK_AUTH: 'none', CWMP_AUTH: 'none', CWMP_PORT: '0' },
        ...extra,
      });
      await process.ready();
      return { ...process, port };
    },
    async spawnWriter(extra = {}) {
      const [process] = await spawn('cpemon-writer', extra);
      return process;
    },
    async stop(service) {
      await service.stop();
      for (const known of running) if (known.name === service.name) running.delete(known);
      if (context.profile) sayProfiles(context, service.name);
    },
    async close() {
      await (ended ??= end());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One line with what decides speed and durability of the server. */
async function databaseSettings(connection: SingleConnection): Promise<string> {
  const names = [
    'version',
    'innodb_flush_log_at_trx_commit',
    'innodb_buffer_pool_size',
    'innodb_log_file_size',
    'innodb_redo_log_capacity',
    'innodb_flush_method',
    'innodb_doublewrite',
    'log_bin',
    'sync_binlog',
  ];
  const [rows] = await connection.query('SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [names]);
  const values = new Map(
    (rows as { Variable_name: string; Value: string }[]).map((row) => [row.Variable_name, row.Value]),
  );
  const said = names.filter((name) => values.has(name)).map((name) => `${name}=${values.get(name)}`);
  return `database: ${said.join(' ')}`;
}

/** Profiles are written when a process ends, so those of the service that ended just now are the newest. */
function sayProfiles(context: BenchContext, name: string): void {
  const files = readdirSync(context.directory).filter(
    (file) => file.startsWith(`${name}-`) && file.endsWith('.cpuprofile'),
  );
  const newest = files.sort().at(-1);
  if (newest === undefined) return;
  context.say(`profile of ${name} (${join(context.directory, newest)}):`);
  for (const line of summariseProfile(join(context.directory, newest), 20)) context.say(`  ${line}`);
}
