import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { installedPackages } from '../fetch-server.js';
import { unpackUnstable, writeLauncher } from '../find-or-fetch-mysql.js';
import type { ServerWish } from '../find-or-fetch-server.js';
import { runCommand } from '../run-command.js';
import { USUAL_FOLDERS, type ServerBinary } from '../server-binary.js';
import { reasonOf, unpackPackages } from '../unpack-packages.js';

/** The programs that write a dump and read it back. */
export interface DumpTools {
  flavour: ServerBinary['flavour'];
  /** mariadb-dump or mysqldump. */
  dump: string;
  /** mariadb or mysql: runs the statements of a dump. */
  client: string;
  /** What `--version` of the dump program says. */
  version: string;
  env: Record<string, string>;
}

const PACKAGE = 'mariadb-client';
const MYSQL_PACKAGE = 'mysql-client-core';
const NAMES = { mariadb: ['mariadb-dump', 'mariadb'], mysql: ['mysqldump', 'mysql'] } as const;
/** Of programs that need a launcher to run from where they were unpacked. */
const UNPACKED = '-unpacked';
const DPKG_STATUS = '/var/lib/dpkg/status';

const HINT =
  'Install them (Debian, Ubuntu: apt-get install mariadb-client; Fedora: dnf install mariadb; macOS: brew install mariadb), ' +
  'or put mysqldump and mysql of your server on the PATH.';

/**
 * The dump programs that fit a server: beside it or on the PATH, else Debian's, unpacked into the cache folder (MySQL's
 * from the unstable suite, the only one that has them). MariaDB's do not know all that MySQL writes.
 * @throws Error with a sentence that says what to install
 */
export async function findOrFetchDumpTools(
  flavour: ServerBinary['flavour'],
  wish: ServerWish,
): Promise<DumpTools> {
  const unpacked = join(wish.cacheFolder, `${flavour}-client`);
  const find = (): Promise<DumpTools | null> => findDumpTools(flavour, wish, unpacked);
  const found = await find();
  if (found !== null) return found;
  await (flavour === 'mysql' ? fetchMySqlTools(unpacked, wish) : fetchTools(unpacked, wish));
  const fetched = await find();
  if (fetched === null)
    throw new Error(`The programs in ${unpacked} do not run; remove that folder and try again. ${HINT}`);
  return fetched;
}

async function findDumpTools(
  flavour: ServerBinary['flavour'],
  { path, given, usualFolders = USUAL_FOLDERS }: ServerWish,
  unpacked: string,
): Promise<DumpTools | null> {
  const besideServer = given === undefined ? [] : [dirname(given), join(dirname(given), '../bin')];
  const places = [...besideServer, ...path.split(delimiter), ...usualFolders, join(unpacked, 'usr/bin')];
  const [dumpName, clientName] = NAMES[flavour];
  for (const place of places.filter((folder) => folder !== '')) {
    const isUnpacked = place.startsWith(unpacked);
    const suffix = isUnpacked && flavour === 'mysql' ? UNPACKED : '';
    const [dump, client] = [join(place, dumpName + suffix), join(place, clientName + suffix)];
    if (!existsSync(dump) || !existsSync(client)) continue;
    const env = isUnpacked && suffix === '' ? librariesOf(unpacked) : {};
    const answers = await Promise.all([dump, client].map((one) => runCommand(one, ['--version'], { env })));
    const version = answers[0]?.output.trim() ?? '';
    // A mysqldump may be MariaDB's under its old name.
    if (answers.every(({ ok }) => ok) && /mariadb/i.test(version) === (flavour === 'mariadb'))
      return { flavour, dump, client, version, env };
  }
  return null;
}

async function fetchTools(folder: string, { tell, signal, network }: ServerWish): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`There is no mariadb-dump on this machine. ${HINT}`);
  tell(`No mariadb-dump found: fetching Debian's ${PACKAGE} into ${folder} (4 MB)`);
  const installed = existsSync(DPKG_STATUS) ? installedPackages(DPKG_STATUS) : new Set<string>();
  const failure = await unpackPackages({
    ...{ package: PACKAGE, folder, signal, network },
    // Scripts of the package want Perl; the programs that we run do not.
    leaveOut: (name) => /perl|^debconf|^mariadb-common$|^mysql-common$/.test(name) || installed.has(name),
  });
  signal?.throwIfAborted();
  if (failure === null) return;
  const reasons = reasonOf(failure).map((line) => `  ${line}`);
  throw new Error(['There is no mariadb-dump, and fetching it failed:', ...reasons, HINT].join('\n'));
}

async function fetchMySqlTools(folder: string, wish: ServerWish): Promise<void> {
  const wanted = { package: MYSQL_PACKAGE, what: 'mysqldump of MySQL', size: '15 MB', hint: HINT };
  await unpackUnstable(wanted, folder, wish);
  for (const name of NAMES.mysql)
    writeLauncher(folder, `usr/bin/${name}`, join(folder, 'usr/bin', name + UNPACKED));
}

/** Debian names the folder of libraries after the machine. */
function librariesOf(unpacked: string): Record<string, string> {
  const folders = ['usr/lib', 'lib']
    .map((base) => join(unpacked, base))
    .filter((base) => existsSync(base))
    .flatMap((base) =>
      readdirSync(base)
        .filter((name) => name.endsWith('-linux-gnu'))
        .map((name) => join(base, name)),
    );
  return folders.length === 0 ? {} : { LD_LIBRARY_PATH: folders.join(':') };
}

/** What tells a dump program or client where to log in, as a file: an argument could be read by others on the machine. */
export function loginFile(address: {
  user: string;
  password: string;
  host: string;
  port: number;
  socket?: string;
}): string {
  const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  const where =
    address.socket === undefined
      ? [`host=${quoted(address.host)}`, `port=${address.port}`, 'protocol=TCP']
      : [`socket=${quoted(address.socket)}`];
  return [
    '[client]',
    `user=${quoted(address.user)}`,
    `password=${quoted(address.password)}`,
    ...where,
    '',
  ].join('\n');
}
