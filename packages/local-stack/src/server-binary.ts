import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** A MySQL-compatible server program and what it needs to run from where it lies. */
export interface ServerBinary {
  flavour: 'mariadb' | 'mysql';
  /** Absolute path of mariadbd or mysqld. */
  program: string;
  /** What `--version` says. */
  version: string;
  /** The folder that holds share/mysql. */
  baseFolder: string;
  /** Arguments that every start needs (an unpacked server does not find its files by itself). */
  args: string[];
  env: Record<string, string>;
}

export interface SearchPlaces {
  /** A program named by the operator (CPEMON_MYSQLD): used, or an error; nothing else is tried. */
  given?: string;
  /** The PATH to search, as in the environment. */
  path: string;
  /** Folders that PATH often lacks. */
  usualFolders?: readonly string[];
  /** Where an earlier fetch unpacked a server. */
  unpackedFolder?: string;
}

export const USUAL_FOLDERS: readonly string[] = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/local/bin',
  '/usr/local/mysql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
];

/**
 * The first server program found, or null. MariaDB comes before MySQL.
 * @throws Error when the given program cannot be run
 */
export function findServer(places: SearchPlaces): ServerBinary | null {
  if (places.given !== undefined) {
    const server = describeServer(places.given);
    if (server === null)
      throw new Error(`CPEMON_MYSQLD=${places.given} is not a MySQL or MariaDB server that runs`);
    return server;
  }
  const folders = [...places.path.split(delimiter), ...(places.usualFolders ?? USUAL_FOLDERS)];
  for (const name of ['mariadbd', 'mysqld']) {
    for (const folder of folders) {
      const program = join(folder, name);
      if (folder !== '' && isExecutable(program)) {
        const server = describeServer(program);
        if (server !== null) return server;
      }
    }
  }
  return places.unpackedFolder === undefined ? null : findUnpackedServer(places.unpackedFolder);
}

/** A server whose Debian packages were unpacked into `folder`, or null. */
export function findUnpackedServer(folder: string): ServerBinary | null {
  const program = join(folder, 'usr/sbin/mariadbd');
  if (!isExecutable(program)) return null;
  const libraries = libraryFolders(folder);
  return describeServer(program, {
    args: [
      `--lc-messages-dir=${join(folder, 'usr/share/mysql')}`,
      `--character-sets-dir=${join(folder, 'usr/share/mysql/charsets')}`,
      `--plugin-dir=${join(folder, 'usr/lib/mysql/plugin')}`,
    ],
    env: libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(':') },
  });
}

/** The server program as it tells about itself; null when it does not run. */
export function describeServer(
  program: string,
  needs: { args: string[]; env: Record<string, string> } = { args: [], env: {} },
): ServerBinary | null {
  const answer = spawnSync(program, ['--version'], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', ...needs.env },
  });
  if (answer.status !== 0) return null;
  const real = realpathSync(program);
  const baseFolder = dirname(dirname(real));
  return {
    flavour: /mariadb/i.test(answer.stdout) ? 'mariadb' : 'mysql',
    program: real,
    version: answer.stdout.trim(),
    baseFolder,
    args: [`--basedir=${baseFolder}`, ...needs.args],
    env: needs.env,
  };
}

/** The unpacked packages' library folders: Debian names them after the machine (`x86_64-linux-gnu`). */
function libraryFolders(folder: string): string[] {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch;
  return ['usr/lib', 'lib']
    .flatMap((base) => [join(folder, base, `${machine}-linux-gnu`), join(folder, base)])
    .filter((path) => existsSync(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
