import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { ServerBinary } from './server-binary.js';

/** Size of the redo log is fixed at initialisation on MariaDB unless given again at each start. */
export function redoLogArgument(server: ServerBinary, bytes: number): string {
  return server.flavour === 'mariadb'
    ? `--innodb-log-file-size=${bytes}`
    : `--innodb-redo-log-capacity=${bytes}`;
}

/** The server refuses to run as root unless told to. */
export function userArguments(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/**
 * Creates the server's system tables in `dataFolder` unless it has them. Built beside it and renamed, so that a run that was
 * stopped halfway leaves no folder that looks complete.
 * @throws Error with the server's own words
 */
export function initialiseDataFolder(server: ServerBinary, dataFolder: string, redoLogBytes: number): void {
  if (existsSync(join(dataFolder, 'mysql'))) return;
  const unfinished = `${dataFolder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const common = [
    '--no-defaults',
    ...server.args,
    `--datadir=${unfinished}`,
    redoLogArgument(server, redoLogBytes),
    ...userArguments(),
  ];
  const result =
    server.flavour === 'mariadb'
      ? spawnSync(server.program, [...common, ...BOOTSTRAP_ARGUMENTS], {
          input: mariadbBootstrapSql(server),
          encoding: 'utf8',
          env: { ...serverEnvironment(server) },
        })
      : spawnSync(server.program, [...common, '--initialize-insecure', '--secure-file-priv=NULL'], {
          encoding: 'utf8',
          env: { ...serverEnvironment(server) },
        });
  if (result.error !== undefined || result.status !== 0) {
    const words = result.error?.message ?? result.stderr.trim().split('\n').slice(-5).join('\n');
    throw new Error(`${server.program} could not create its system tables in ${dataFolder}:\n${words}`);
  }
  rmSync(dataFolder, { recursive: true, force: true });
  renameSync(unfinished, dataFolder);
}

export function serverEnvironment(server: ServerBinary): Record<string, string> {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C', TZ: 'UTC', ...server.env };
}

const BOOTSTRAP_ARGUMENTS = [
  '--bootstrap',
  '--silent-startup',
  '--log-warnings=0',
  '--enforce-storage-engine=',
  '--max-allowed-packet=8M',
  '--net-buffer-length=16K',
];

/**
 * What mariadb-install-db feeds to the server, without that script: it needs my_print_defaults, which is in the client
 * package. The operating system's user becomes the database's root over the socket; nobody gets an empty password.
 */
function mariadbBootstrapSql(server: ServerBinary): string {
  const folder = join(server.baseFolder, 'share/mysql');
  const prefix = existsSync(join(folder, 'mysql_system_tables.sql')) ? 'mysql' : 'mariadb';
  const read = (name: string) => readFileSync(join(folder, `${prefix}_${name}.sql`), 'utf8');
  return [
    'CREATE DATABASE IF NOT EXISTS mysql;',
    'USE mysql;',
    `SET @auth_root_socket = '${userInfo().username.replaceAll(/['\\]/g, '\\$&')}';`,
    read('system_tables'),
    read('performance_tables'),
    read('system_tables_data'),
  ].join('\n');
}
