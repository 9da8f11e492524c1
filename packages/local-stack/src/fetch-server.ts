import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

const PACKAGE = 'mariadb-server-core';

const NETWORK_OPTIONS = [
  '-o',
  'Acquire::http::Timeout=20',
  '-o',
  'Acquire::https::Timeout=20',
  '-o',
  'Acquire::Retries=1',
];

const INSTALL_HINT =
  'Install one (Debian, Ubuntu: apt-get install mariadb-server-core; Fedora: dnf install mariadb-server; macOS: brew install mariadb), ' +
  'name its program with CPEMON_MYSQLD=/path/to/mariadbd, or name a running database with DATABASE_URL=mysql://user:password@host:3306/cpemon.';

export interface FetchOptions {
  /** Folder into which an ordinary user's server is unpacked. */
  unpackedFolder: string;
  /** Gets a line for the operator before something that takes long. */
  tell: (line: string) => void;
  /** Whether packages may be installed for the whole machine. */
  isRoot: boolean;
  /** Aborted: given up. */
  signal?: AbortSignal | undefined;
  /** Proxies (http_proxy and the like). */
  network?: Record<string, string>;
  /** dpkg's record of what is installed. */
  dpkgStatus?: string;
}

/**
 * Brings MariaDB's server from the machine's own Debian or Ubuntu package sources: installed when we are root, else
 * unpacked into a folder together with the libraries that the machine lacks.
 * @throws Error with a sentence that says what to install instead
 */
export async function fetchServer(options: FetchOptions): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`There is no MySQL or MariaDB server on this machine. ${INSTALL_HINT}`);
  }
  const failure = options.isRoot ? await install(options) : await unpack(options);
  options.signal?.throwIfAborted();
  if (failure !== null) {
    const reason = failure
      .split('\n')
      .filter((line) => /^(E|Err|dpkg|W):?/.test(line))
      .slice(-4);
    throw new Error(
      [
        'There is no MySQL or MariaDB server on this machine, and fetching one failed:',
        ...(reason.length === 0 ? failure.trim().split('\n').slice(-3) : reason).map((line) => `  ${line}`),
        INSTALL_HINT,
      ].join('\n'),
    );
  }
}

/** @returns what apt said when it failed, null when the server is installed */
async function install({ tell, signal, network }: FetchOptions): Promise<string | null> {
  tell(`No database server found: installing Debian's ${PACKAGE} (7 MB)`);
  const env = { DEBIAN_FRONTEND: 'noninteractive', ...network };
  const args = [
    'install',
    '-y',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=60',
    ...NETWORK_OPTIONS,
    PACKAGE,
  ];
  const known = (await runCommand('apt-cache', ['policy', PACKAGE])).output;
  if (/Candidate: (?!\(none\))/.test(known)) {
    // Package lists may be older than the packages that the mirror still has.
    if ((await runCommand('apt-get', args, { env })).ok) return null;
  }
  const update = await runCommand('apt-get', ['update', ...NETWORK_OPTIONS], { env, signal });
  signal?.throwIfAborted();
  // Not to be cut off: it would leave a half-installed package.
  const result = await runCommand('apt-get', args, { env });
  return result.ok ? null : update.output + result.output;
}

/** @returns what apt said when it failed, null when the server is unpacked */
async function unpack({
  unpackedFolder,
  tell,
  dpkgStatus,
  signal,
  network = {},
}: FetchOptions): Promise<string | null> {
  tell(`No database server found: fetching Debian's ${PACKAGE} into ${unpackedFolder}`);
  const aptFolder = `${unpackedFolder}.apt`;
  const archives = join(aptFolder, 'archives');
  const unfinished = `${unpackedFolder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const folder of [join(aptFolder, 'lists/partial'), join(archives, 'partial'), unfinished]) {
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync(join(aptFolder, 'status'), '');
  // Package lists of our own: the system's may be missing, old, or not ours to write. And a record of no installed
  // package at all, which gives the whole closure, whatever state the machine's own packages are in.
  const apt = [
    ...[
      '-o',
      `Dir::State::lists=${join(aptFolder, 'lists')}`,
      '-o',
      `Dir::State::status=${join(aptFolder, 'status')}`,
    ],
    ...['-o', `Dir::Cache=${aptFolder}`, '-o', `Dir::Cache::archives=${archives}`],
    ...['-o', 'Debug::NoLocking=1', ...NETWORK_OPTIONS],
  ];
  const how = { env: network, signal, folder: archives };
  const update = await runCommand('apt-get', ['update', ...apt], how);
  const closure = await runCommand('apt-get', [
    'install',
    '-y',
    '--no-install-recommends',
    '--print-uris',
    ...apt,
    PACKAGE,
  ]);
  if (!closure.ok) return update.output + closure.output;
  const installed = installedPackages(dpkgStatus ?? '/var/lib/dpkg/status');
  const missing = packageNames(closure.output).filter((name) => name === PACKAGE || !installed.has(name));
  const download = await runCommand('apt-get', ['download', ...apt, ...missing], how);
  if (!download.ok) return update.output + download.output;

  for (const name of readdirSync(archives).filter((entry) => entry.endsWith('.deb'))) {
    const result = await runCommand('dpkg-deb', ['-x', join(archives, name), unfinished], how);
    if (!result.ok) return result.output;
  }
  rmSync(unpackedFolder, { recursive: true, force: true });
  renameSync(unfinished, unpackedFolder);
  rmSync(aptFolder, { recursive: true, force: true });
  return null;
}

/** From the lines of --print-uris: `'URI' name_version_architecture.deb size checksum`. */
export function packageNames(printedUris: string): string[] {
  return [...printedUris.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb /gm)].map((match) => match[1]!);
}

/** Names of the packages that dpkg's record calls installed. */
export function installedPackages(statusFile: string): Set<string> {
  const records = readFileSync(statusFile, 'utf8').split('\n\n');
  const installed = records.filter((record) => /^Status: install ok installed$/m.test(record));
  return new Set(installed.flatMap((record) => /^Package: (.+)$/m.exec(record)?.[1] ?? []));
}
