import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connect, type DatabaseAddress } from '@cpemon/database';
import { initialiseDataFolder, redoLogArgument, serverEnvironment, userArguments } from './data-folder.js';
import { endProcess, identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';
import { removeSocket, socketPath } from './short-socket.js';
import type { ServerBinary } from './server-binary.js';

const MIB = 1024 * 1024;
const PROCESS_FILE = 'process.json';
const READY_TIMEOUT_MS = 120_000;

export const ADMIN_USER = 'cpemon_admin';

export interface PrivateDatabaseOptions {
  server: ServerBinary;
  /** Everything of this server lies below it: data, socket, error log. Created when missing. */
  folder: string;
  /** Password of the database user `cpemon_admin`, who may do everything; set anew at each start. */
  adminPassword: string;
  /** TCP port on 127.0.0.1; without one the server is reached by its socket only. */
  port?: number;
  bufferPoolBytes?: number;
  redoLogBytes?: number;
  /** Further server arguments, such as `--innodb-io-capacity=2000`. */
  args?: readonly string[];
  /** End a server that an earlier owner of the folder left behind, instead of refusing the folder. */
  endLeftover?: boolean;
}

export interface PrivateDatabase {
  process: ProcessIdentity;
  /** Login of `cpemon_admin`, over the socket; schema `mysql`. */
  address: DatabaseAddress;
  socket: string;
  /** Settles when the server has ended, for whatever reason. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends the server and waits; by force after `graceMs` (what is committed is safe either way). */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a database server of our own with full durability, in its own process group so that a Ctrl-C in the terminal
 * reaches its owner only. Resolves when it takes logins.
 * @throws Error with a sentence for the operator
 */
export async function startPrivateDatabase(options: PrivateDatabaseOptions): Promise<PrivateDatabase> {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const processFile = join(folder, PROCESS_FILE);
  await clearLeftover(folder, options.endLeftover ?? false);

  const redoLogBytes = options.redoLogBytes ?? 256 * MIB;
  initialiseDataFolder(options.server, join(folder, 'data'), redoLogBytes);
  const socket = socketPath(folder, 'mysqld.sock');
  const initFile = join(folder, 'init.sql');
  writeFileSync(initFile, initSql(options.server, options.adminPassword), { mode: 0o600 });

  const errorLog = join(folder, 'error.log');
  const log = openSync(errorLog, 'w', 0o600);
  const child = spawn(
    options.server.program,
    [
      '--no-defaults',
      ...options.server.args,
      `--datadir=${join(folder, 'data')}`,
      `--socket=${socket}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--init-file=${initFile}`,
      ...(options.port === undefined
        ? ['--skip-networking']
        : ['--bind-address=127.0.0.1', `--port=${options.port}`]),
      `--innodb-buffer-pool-size=${options.bufferPoolBytes ?? 256 * MIB}`,
      redoLogArgument(options.server, redoLogBytes),
      ...SETTINGS,
      ...(options.server.flavour === 'mysql' ? MYSQL_SETTINGS : []),
      ...userArguments(),
      ...(options.args ?? []),
    ],
    { cwd: folder, env: serverEnvironment(options.server), detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((settle) => {
    child.once('exit', (code, signal) => settle({ code, signal }));
    child.once('error', () => settle({ code: null, signal: null }));
  });
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  if (identity !== null) writeFileSync(processFile, JSON.stringify(identity), { mode: 0o600 });

  const address: DatabaseAddress = {
    user: ADMIN_USER,
    password: options.adminPassword,
    host: '127.0.0.1',
    port: options.port ?? 3306,
    schema: 'mysql',
    socket,
  };
  try {
    if (identity === null) throw new Error('it ended at once');
    await untilReady(child, address, folder);
  } catch (error) {
    if (identity !== null) await endProcess(identity, 0);
    throw new Error(startFailure(options, errorLog, error as Error), { cause: error });
  } finally {
    rmSync(initFile, { force: true });
  }
  return {
    process: identity,
    address,
    socket,
    ended,
    stop: async (graceMs = 8000) => {
      await endProcess(identity, graceMs);
      await ended;
      rmSync(processFile, { force: true });
      removeSocket(socket, folder);
    },
  };
}

/** The same in every way that matters to us on MariaDB and MySQL. */
const SETTINGS = [
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_bin',
  '--default-time-zone=+00:00',
  '--innodb-flush-log-at-trx-commit=1',
  // As MySQL 8.4 has it: without it MariaDB writes no page until the redo log is full, and then stops everyone for seconds.
  '--innodb-max-dirty-pages-pct-lwm=10',
  '--innodb-io-capacity=2000',
  '--innodb-io-capacity-max=10000',
  '--skip-log-bin',
  '--max-allowed-packet=64M',
  '--max-connections=500',
  '--performance-schema=OFF',
  '--skip-name-resolve',
  '--local-infile=OFF',
];

const MYSQL_SETTINGS = ['--mysqlx=OFF', '--secure-file-priv=NULL', '--event-scheduler=OFF'];

/** The server that was started on `folder` last and not stopped in order, running or not; null when there is none. */
export function readServerProcess(folder: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(join(folder, PROCESS_FILE), 'utf8')) as ProcessIdentity;
  } catch {
    // Missing, or torn by a crash: the server's own lock on its files still protects them.
    return null;
  }
}

async function clearLeftover(folder: string, endIt: boolean): Promise<void> {
  const leftover = readServerProcess(folder);
  if (leftover === null || !isRunning(leftover)) return;
  if (!endIt) {
    throw new Error(`${folder} is in use by a running database server (process ${leftover.pid})`);
  }
  await endProcess(leftover, 15_000);
}

/** Run by the server before it takes logins. One statement a line, as --init-file wants. */
function initSql(server: ServerBinary, adminPassword: string): string {
  if (!/^[A-Za-z0-9_-]{8,}$/.test(adminPassword))
    throw new Error('adminPassword needs 8 or more of A-Z a-z 0-9 _ -');
  const login = `'${ADMIN_USER}'@'%' IDENTIFIED BY '${adminPassword}';`;
  const lines = [
    `CREATE USER IF NOT EXISTS ${login}`,
    `ALTER USER ${login}`,
    `GRANT ALL PRIVILEGES ON *.* TO '${ADMIN_USER}'@'%' WITH GRANT OPTION;`,
  ];
  // MySQL creates its root without a password; MariaDB's is bound to the operating system's user.
  if (server.flavour === 'mysql')
    lines.push(`ALTER USER 'root'@'localhost' IDENTIFIED BY '${adminPassword}';`);
  return lines.join('\n') + '\n';
}

async function untilReady(child: ChildProcess, address: DatabaseAddress, folder: string): Promise<void> {
  const giveUpAt = Date.now() + READY_TIMEOUT_MS;
  let refusal: unknown;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
    }
    if (/lock \.?\/?ibdata1|Can't lock aria/i.test(readFileSync(join(folder, 'error.log'), 'utf8'))) {
      throw new Error('another server uses the same data folder');
    }
    try {
      // Its number in the pid file tells our server from another one that answers on the same socket.
      if (Number(readFileSync(join(folder, 'pid'), 'utf8')) === child.pid) {
        await (await connect(address, {})).end();
        return;
      }
    } catch (error) {
      refusal = error;
    }
    if (Date.now() > giveUpAt) throw new Error('it takes no logins', { cause: refusal });
    await new Promise((next) => setTimeout(next, 25));
  }
}

function startFailure(options: PrivateDatabaseOptions, errorLog: string, error: Error): string {
  const lines = readFileSync(errorLog, 'utf8').trim().split('\n');
  const told = lines.filter((line) => /\[ERROR\]|error while loading/.test(line)).slice(-4);
  return [
    `The database server ${options.server.program} did not start in ${options.folder}: ${error.message}.`,
    ...(told.length === 0 ? lines.slice(-4) : told).map((line) => `  ${line}`),
    `  (all of it: ${errorLog})`,
  ].join('\n');
}
