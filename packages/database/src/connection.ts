import type { Connection as CallbackConnection } from 'mysql2';
import {
  createConnection,
  createPool,
  type Connection as SingleConnection,
  type ConnectionOptions,
  type Pool,
} from 'mysql2/promise';

export type { SingleConnection };
export type DatabasePool = Pool;
/** Whatever can run a statement: a pool, or a connection inside a transaction. */
export type Connection = Pick<SingleConnection, 'query' | 'execute'>;

/** Where the database is and who asks: parsed from `mysql://user:password@host:port/schema?socket=/path`. */
export interface DatabaseAddress {
  user: string;
  password: string;
  host: string;
  port: number;
  schema: string;
  /** Unix socket; takes the place of host and port. */
  socket?: string;
}

/** @throws Error with a sentence for the operator when the URL is not a usable database address */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error('is not a URL (expected mysql://user:password@host:3306/schema)');
  }
  if (url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') throw new Error('must begin with mysql://');
  const schema = decodeURIComponent(url.pathname.slice(1));
  if (!/^[A-Za-z0-9_]{1,64}$/.test(schema)) throw new Error('needs a schema name after the host: /cpemon');
  const socket = url.searchParams.get('socket');
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    host: url.hostname || '127.0.0.1',
    port: url.port === '' ? 3306 : Number(url.port),
    schema,
    ...(socket === null ? {} : { socket }),
  };
}

export function formatDatabaseUrl(address: DatabaseAddress): string {
  const login = `${encodeURIComponent(address.user)}:${encodeURIComponent(address.password)}`;
  const socket = address.socket === undefined ? '' : `?socket=${encodeURIComponent(address.socket)}`;
  return `mysql://${login}@${address.host}:${address.port}/${address.schema}${socket}`;
}

export interface SessionSettings {
  /**
   * Seconds after which the server drops a session that holds a lock but says nothing, and one that does not read
   * its result. Set to the lease time on connections that append or apply; the server's default otherwise.
   */
  abandonedAfterSeconds?: number;
  /** Seconds a statement waits for a row lock before error 1205. */
  lockWaitSeconds?: number;
}

export interface PoolSettings extends SessionSettings {
  /** Connections at most. */
  connections: number;
}

/** A pool whose every connection is READ COMMITTED, UTC, utf8mb4 and strict. For short, independent statements. */
export function openPool(address: DatabaseAddress, settings: PoolSettings): DatabasePool {
  const pool = createPool({
    ...connectionOptions(address),
    connectionLimit: settings.connections,
    maxIdle: settings.connections,
    queueLimit: 1000,
  });
  // The driver hands its callback form here whatever the types say, and runs statements of one connection in
  // order: these precede whatever the borrower sends, and if one fails the borrower's own statement reports it.
  pool.on('connection', (connection) => {
    const raw = connection as unknown as CallbackConnection;
    for (const statement of sessionStatements(settings)) raw.query(statement, () => undefined);
  });
  return pool;
}

/** One connection of its own, for work that holds locks or a lease. The caller ends or destroys it. */
export async function connect(
  address: DatabaseAddress,
  settings: SessionSettings,
): Promise<SingleConnection> {
  const connection = await createConnection(connectionOptions(address));
  // Without a listener a connection that breaks while idle would end the process; the next statement reports it.
  connection.on('error', () => undefined);
  try {
    for (const statement of sessionStatements(settings)) await connection.query(statement);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return connection;
}

function connectionOptions(address: DatabaseAddress): ConnectionOptions {
  return {
    user: address.user,
    password: address.password,
    database: address.schema,
    ...(address.socket === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.socket }),
    connectTimeout: 5000,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    supportBigNumbers: true,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
  };
}

export const SQL_MODE =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

/** The statements that every session of ours begins with. */
export function sessionStatements(settings: SessionSettings): string[] {
  const statements = [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET SESSION time_zone = '+00:00', sql_mode = '${SQL_MODE}'`,
  ];
  if (settings.abandonedAfterSeconds !== undefined) {
    const seconds = Math.ceil(settings.abandonedAfterSeconds);
    statements.push(`SET SESSION wait_timeout = ${seconds}, net_write_timeout = ${seconds}`);
  }
  if (settings.lockWaitSeconds !== undefined) {
    statements.push(`SET SESSION innodb_lock_wait_timeout = ${Math.ceil(settings.lockWaitSeconds)}`);
  }
  return statements;
}
