import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connect, migrate, refreshUsers, userName, type DatabaseAddress } from '@cpemon/database';
import type { DatabaseRole, SingleConnection } from '@cpemon/database';
import { startPrivateDatabase, type PrivateDatabase, type ServerBinary } from '@cpemon/local-stack';
import { pause, waitFor, withinTime } from '../pause.js';
import { makeMarks } from '../watch/seen-for-good.js';

const MIB = 1024 * 1024;
const SCHEMA = 'cpemon';
const ROLES: readonly DatabaseRole[] = ['ingest', 'writer', 'api', 'maintenance'];

export interface ChaosDatabaseOptions {
  server: ServerBinary;
  folder: string;
  /** Holds the migrations in sql/. */
  program: string;
  say: (line: string) => void;
}

/** A private database server that can be killed and comes back. */
export interface ChaosDatabase {
  /** Login that may do everything, by the socket: beside the proxies. */
  address: DatabaseAddress;
  /** Login of a role, by the socket. */
  login(role: DatabaseRole): DatabaseAddress;
  pid(): number | undefined;
  /** SIGKILL; it is started again. Resolves when it takes logins. */
  killAndRestart(): Promise<void>;
  /** A connection of one's own to it; the caller ends it. Waits a while for a server that is coming back. */
  connect(): Promise<SingleConnection>;
  /** Runs `work` with a connection and ends that. */
  using<T>(work: (connection: SingleConnection) => Promise<T>): Promise<T>;
  /** Waits until it takes logins. */
  answers(timeoutMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts an empty server, migrates it and makes the users of the services. */
export async function startChaosDatabase(options: ChaosDatabaseOptions): Promise<ChaosDatabase> {
  const adminPassword = randomBytes(12).toString('hex');
  const rolePasswords = Object.fromEntries(
    ROLES.map((role) => [role, `Pass-1-${randomBytes(12).toString('hex')}`]),
  ) as Partial<Record<DatabaseRole, string>>;
  let running: PrivateDatabase | undefined;
  let stopping = false;
  let starting: Promise<void> | undefined;

  const start = async (): Promise<void> => {
    const database = await startPrivateDatabase({
      server: options.server,
      folder: options.folder,
      adminPassword,
      bufferPoolBytes: 192 * MIB,
      redoLogBytes: 64 * MIB,
      endLeftover: true,
    });
    running = database;
    void database.ended.then(() => {
      running = undefined;
      if (!stopping) starting = comeBack();
    });
  };
  const comeBack = async (): Promise<void> => {
    for (let attempt = 0; !stopping; attempt += 1) {
      try {
        return await start();
      } catch (error) {
        options.say(`the database does not start (attempt ${attempt + 1}): ${(error as Error).message}`);
        await pause(1000);
      }
    }
  };

  await start();
  const first = running as unknown as PrivateDatabase;
  const address: DatabaseAddress = { ...first.address, schema: SCHEMA };
  const admin = await connect(first.address, {});
  await admin.query(`CREATE DATABASE ${SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await migrate(address, join(options.program, 'sql'));
  await refreshUsers(admin, SCHEMA, rolePasswords);
  await makeMarks(admin);
  await admin.end();

  const connectSoon = async (): Promise<SingleConnection> => {
    const giveUpAt = performance.now() + 20_000;
    for (;;) {
      try {
        return await withinTime(connect(address, {}), 5000, 'a login');
      } catch (error) {
        if (performance.now() > giveUpAt || stopping) throw error;
        await pause(100);
      }
    }
  };

  const using = async <T>(work: (connection: SingleConnection) => Promise<T>): Promise<T> => {
    const connection = await connectSoon();
    try {
      return await work(connection);
    } finally {
      connection.destroy();
    }
  };

  return {
    address,
    login: (role) => ({ ...address, user: userName(role), password: rolePasswords[role] ?? '' }),
    pid: () => running?.process.pid,
    async killAndRestart() {
      const killed = running;
      if (killed === undefined) return starting;
      process.kill(killed.process.pid, 'SIGKILL');
      await killed.ended;
      await pause(0);
      await starting;
    },
    connect: connectSoon,
    using,
    answers: (timeoutMs) =>
      waitFor(async () => {
        await (await withinTime(connect(address, {}), 3000, 'a login')).end();
        return true;
      }, timeoutMs),
    async stop() {
      stopping = true;
      await starting?.catch(() => undefined);
      await running?.stop(15_000);
    },
  };
}
