import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ServerWish } from './find-or-fetch-server.js';
import { runCommand } from './run-command.js';
import { describeServer, USUAL_FOLDERS, type ServerBinary } from './server-binary.js';
import { reasonOf, unpackPackages } from './unpack-packages.js';

const PACKAGE = 'mysql-server-core';
const OLDEST = [8, 4] as const;

/** Needed to install or to administer a server, not to run one. */
const NOT_NEEDED = /^(perl|libperl|debconf|base-passwd|tzdata)/;

const HINT =
  'Name one with CPEMON_MYSQLD=/path/to/mysqld, or put it on the PATH (MySQL 8.4 or later; MariaDB does not count).';

/**
 * Oracle's MySQL, 8.4 or later: the one given, else on this machine, else from Debian's unstable suite, unpacked into
 * the cache folder with all the libraries it needs (66 MB; the machine itself stays as it is).
 * @throws Error with a sentence that says what to do
 */
export async function findOrFetchMySql(wish: ServerWish): Promise<ServerBinary> {
  if (wish.given !== undefined) {
    const server = describeServer(wish.given);
    if (server !== null && isRecentMySql(server)) return server;
    throw new Error(`${wish.given} is not a MySQL server of 8.4 or later that runs`);
  }
  const folder = join(wish.cacheFolder, 'mysql');
  const places = [
    ...[...wish.path.split(delimiter), ...(wish.usualFolders ?? USUAL_FOLDERS)].map((path) =>
      join(path, 'mysqld'),
    ),
    launcherOf(folder),
  ];
  const find = (): ServerBinary | undefined =>
    places
      .filter((program) => existsSync(program))
      .map((program) => describeServer(program))
      .find((server) => server !== null && isRecentMySql(server)) ?? undefined;
  const found = find();
  if (found !== undefined) return found;
  await fetchMySql(folder, wish);
  const fetched = find();
  if (fetched === undefined)
    throw new Error(`The MySQL server in ${folder} does not run; remove that folder and try again. ${HINT}`);
  return fetched;
}

/** Of a line such as `mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))`. */
export function isRecentMySql({ flavour, version }: Pick<ServerBinary, 'flavour' | 'version'>): boolean {
  const [, major, minor] = /Ver (\d+)\.(\d+)/.exec(version) ?? [];
  if (flavour !== 'mysql' || major === undefined) return false;
  return Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
}

async function fetchMySql(folder: string, wish: ServerWish): Promise<void> {
  await unpackUnstable({ package: PACKAGE, what: 'MySQL server', size: '66 MB', hint: HINT }, folder, wish);
  writeLauncher(folder, 'usr/sbin/mysqld', launcherOf(folder), SERVER_ARGUMENTS);
}

/**
 * Unpacks a package of Debian's unstable suite with all the libraries it needs.
 * @throws Error with a sentence that says what to do
 */
export async function unpackUnstable(
  wanted: { package: string; what: string; size: string; hint: string },
  folder: string,
  { tell, network, signal }: ServerWish,
): Promise<void> {
  const { what, hint } = wanted;
  const source = await unstableSource();
  if (source === null) throw new Error(`There is no ${what} on this machine. ${hint}`);
  tell(`No ${what} found: fetching Debian's ${wanted.package} into ${folder} (${wanted.size})`);
  const leaveOut = (name: string): boolean => NOT_NEEDED.test(name);
  const failure = await unpackPackages({
    ...{ package: wanted.package, folder, source, leaveOut, signal, network },
  });
  signal?.throwIfAborted();
  if (failure === null) return;
  const reasons = reasonOf(failure).map((line) => `  ${line}`);
  throw new Error([`There is no ${what}, and fetching one failed:`, ...reasons, hint].join('\n'));
}

/** Debian's unstable suite, the only one that has MySQL, from the mirror that this machine uses; null elsewhere. */
async function unstableSource(): Promise<string | null> {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  if (!existsSync(keyring)) return null;
  const targets = await runCommand('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)']);
  const mirror = targets.output
    .split('\n')
    .map((line) => line.split(' '))
    .find(([uri, release]) => /\/debian\/?$/.test(uri ?? '') && !/security/.test(release ?? ''))?.[0];
  return mirror === undefined ? null : `deb [signed-by=${keyring}] ${mirror} sid main`;
}

const launcherOf = (folder: string): string => join(folder, 'usr/bin/mysqld-unpacked');

const SERVER_ARGUMENTS = ` \\
  --lc-messages-dir="$here/usr/share/mysql" --character-sets-dir="$here/usr/share/mysql/charsets" \\
  --plugin-dir="$here/usr/lib/mysql/plugin"`;

/**
 * An unpacked program needs the C library that it was unpacked with, which only that library's own loader finds. The
 * options it must be told come last, as `--no-defaults` must come first.
 * @param program below `folder`
 * @param launcher two folders below `folder`
 */
export function writeLauncher(folder: string, program: string, launcher: string, args = ''): void {
  const loader = ['usr/lib64', 'usr/lib']
    .filter((path) => existsSync(join(folder, path)))
    .flatMap((path) => readdirSync(join(folder, path)).map((name) => join(path, name)))
    .find((path) => /\/ld-linux[^/]*\.so\.\d+$/.test(path));
  if (loader === undefined) throw new Error(`${folder} holds no loader of programs`);
  const libraries = readdirSync(join(folder, 'usr/lib')).find((name) => /^\w+-linux-gnu$/.test(name)) ?? '';
  writeFileSync(
    launcher,
    `#!/bin/sh
here=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
exec "$here/${loader}" --library-path "$here/usr/lib/${libraries}:$here/usr/lib/mysql/private" "$here/${program}" "$@"${args}
`,
    { mode: 0o755 },
  );
}
