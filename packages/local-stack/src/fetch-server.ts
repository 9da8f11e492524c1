import { existsSync, readFileSync } from 'node:fs';
import { runCommand } from './run-command.js';
import { NETWORK_OPTIONS, reasonOf, unpackPackages } from './unpack-packages.js';

const PACKAGE = 'mariadb-server-core';

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
    throw new Error(
      [
        'There is no MySQL or MariaDB server on this machine, and fetching one failed:',
        ...reasonOf(failure).map((line) => `  ${line}`),
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
function unpack({ unpackedFolder, tell, dpkgStatus, signal, network }: FetchOptions): Promise<string | null> {
  tell(`No database server found: fetching Debian's ${PACKAGE} into ${unpackedFolder}`);
  const installed = installedPackages(dpkgStatus ?? '/var/lib/dpkg/status');
  return unpackPackages({
    package: PACKAGE,
    folder: unpackedFolder,
    leaveOut: (name) => name !== PACKAGE && installed.has(name),
    signal,
    network,
  });
}

/** Names of the packages that dpkg's record calls installed. */
export function installedPackages(statusFile: string): Set<string> {
  const records = readFileSync(statusFile, 'utf8').split('\n\n');
  const installed = records.filter((record) => /^Status: install ok installed$/m.test(record));
  return new Set(installed.flatMap((record) => /^Package: (.+)$/m.exec(record)?.[1] ?? []));
}
