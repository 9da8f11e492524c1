import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

/** For every call of apt that reaches for the network. */
export const NETWORK_OPTIONS: readonly string[] = [
  ...['-o', 'Acquire::http::Timeout=20'],
  ...['-o', 'Acquire::https::Timeout=20'],
  ...['-o', 'Acquire::Retries=1'],
];

export interface UnpackOptions {
  package: string;
  /** Where the packages' files are in the end; what was there before is replaced. */
  folder: string;
  /** A line of sources.list to take them from; absent: the machine's own package sources. */
  source?: string;
  /** Packages of the closure that are not needed. */
  leaveOut: (name: string) => boolean;
  /** Aborted: given up. */
  signal?: AbortSignal | undefined;
  /** Proxies (http_proxy and the like). */
  network?: Record<string, string> | undefined;
}

/**
 * Downloads a Debian or Ubuntu package with all it depends on and unpacks them into a folder of their own, as any user;
 * the machine's own packages stay as they are. apt checks the signatures and checksums.
 * @returns what apt said when it failed, null when the files are there
 */
export async function unpackPackages(options: UnpackOptions): Promise<string | null> {
  const aptFolder = `${options.folder}.apt`;
  const archives = join(aptFolder, 'archives');
  const unfinished = `${options.folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const folder of [join(aptFolder, 'lists/partial'), join(archives, 'partial'), unfinished]) {
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync(join(aptFolder, 'status'), '');
  // Package lists of our own: the system's may be missing, old, or not ours to write. And a record of no installed
  // package at all, which gives the whole closure, whatever state the machine's own packages are in.
  const apt = [
    ...['-o', `Dir::State::lists=${join(aptFolder, 'lists')}`],
    ...['-o', `Dir::State::status=${join(aptFolder, 'status')}`],
    ...['-o', `Dir::Cache=${aptFolder}`, '-o', `Dir::Cache::archives=${archives}`],
    ...['-o', 'Debug::NoLocking=1', ...NETWORK_OPTIONS],
  ];
  if (options.source !== undefined) {
    const list = join(aptFolder, 'sources.list');
    writeFileSync(list, `${options.source}\n`);
    apt.push('-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=-');
  }
  // apt's own user cannot read a folder of ours.
  if (process.getuid?.() === 0) apt.push('-o', 'APT::Sandbox::User=root');
  const how = { env: options.network ?? {}, signal: options.signal, folder: archives };
  const update = await runCommand('apt-get', ['update', ...apt], how);
  const closure = await runCommand('apt-get', [
    ...['install', '-y', '--no-install-recommends', '--print-uris'],
    ...apt,
    options.package,
  ]);
  if (!closure.ok) return update.output + closure.output;
  const wanted = packageNames(closure.output).filter((name) => !options.leaveOut(name));
  const download = await runCommand('apt-get', ['download', ...apt, ...wanted], how);
  if (!download.ok) return update.output + download.output;

  for (const name of readdirSync(archives).filter((entry) => entry.endsWith('.deb'))) {
    const result = await runCommand('dpkg-deb', ['-x', join(archives, name), unfinished], how);
    if (!result.ok) return result.output;
  }
  rmSync(options.folder, { recursive: true, force: true });
  renameSync(unfinished, options.folder);
  rmSync(aptFolder, { recursive: true, force: true });
  return null;
}

/** From the lines of --print-uris: `'URI' name_version_architecture.deb size checksum`. */
export function packageNames(printedUris: string): string[] {
  return [...printedUris.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb /gm)].map((match) => match[1]!);
}

/** The part of what apt said that says why, at most four lines. */
export function reasonOf(output: string): string[] {
  const reasons = output
    .split('\n')
    .filter((line) => /^(E|Err|dpkg|W):?/.test(line))
    .slice(-4);
  return reasons.length === 0 ? output.trim().split('\n').slice(-3) : reasons;
}
