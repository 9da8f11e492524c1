import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ServerWish } from './find-or-fetch-server.js';
import { reasonOf, unpackPackages } from './unpack-packages.js';

/** Programs of Prometheus and its Alertmanager by what they are called here. */
export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
  alertmanager: string;
  amtool: string;
}

/** File names, on Debian and as the projects ship them. */
const PROGRAMS: Record<keyof PrometheusPrograms, readonly string[]> = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['alertmanager-unpacked', 'prometheus-alertmanager', 'alertmanager'],
  amtool: ['amtool'],
};

export type PrometheusWish = Pick<ServerWish, 'path' | 'cacheFolder' | 'network' | 'signal' | 'tell'>;

/**
 * Prometheus and Alertmanager: on this machine, else unpacked before, else from the machine's own Debian or Ubuntu package
 * sources (30 MB), unpacked into the cache folder as any user. They need nothing but the C library.
 * @throws Error with a sentence that says what to install
 */
export async function findOrFetchPrometheus(wish: PrometheusWish): Promise<PrometheusPrograms> {
  const found = findPrometheus(wish);
  if (found !== null) return found;
  if (!existsSync('/usr/bin/apt-get'))
    throw new Error(
      'Prometheus and Alertmanager are not on the PATH, and there is no apt-get to fetch them with',
    );
  wish.tell(`Fetching Debian's prometheus and prometheus-alertmanager into ${wish.cacheFolder} (30 MB)`);
  for (const name of ['prometheus', 'prometheus-alertmanager', 'promtool']) {
    // Newer suites have promtool in a package of its own.
    if (name === 'promtool' && findPrometheus(wish) !== null) break;
    const failure = await unpackPackages({
      package: name,
      folder: join(wish.cacheFolder, name),
      leaveOut: (other) => other !== name,
      signal: wish.signal,
      network: wish.network,
    });
    wish.signal?.throwIfAborted();
    if (failure === null) {
      if (name === 'prometheus-alertmanager') writeLauncher(join(wish.cacheFolder, name));
      continue;
    }
    const reasons = reasonOf(failure).map((line) => `  ${line}`);
    throw new Error(
      ['Prometheus and Alertmanager are not on the PATH, and fetching them failed:', ...reasons].join('\n'),
    );
  }
  const fetched = findPrometheus(wish);
  if (fetched === null)
    throw new Error(`What was fetched into ${wish.cacheFolder} holds no Prometheus that is known`);
  return fetched;
}

/** Those that are there; null when one is missing. */
export function findPrometheus({
  path,
  cacheFolder,
}: Pick<PrometheusWish, 'path' | 'cacheFolder'>): PrometheusPrograms | null {
  const folders = [
    ...path.split(delimiter).filter((folder) => folder !== ''),
    ...['prometheus', 'prometheus-alertmanager', 'promtool'].map((name) =>
      join(cacheFolder, name, 'usr/bin'),
    ),
  ];
  const entries = Object.entries(PROGRAMS).map(([name, files]) => [
    name,
    folders
      .flatMap((folder) => files.map((file) => join(folder, file)))
      .find((program) => existsSync(program)),
  ]);
  if (entries.some(([, program]) => program === undefined)) return null;
  return Object.fromEntries(entries) as PrometheusPrograms;
}

/**
 * Debian's Alertmanager reads its templates from /usr/share and from nowhere else. It is shown those that came with it, in
 * a mount namespace of its own: the machine stays as it is.
 */
function writeLauncher(folder: string): void {
  writeFileSync(
    join(folder, 'usr/bin/alertmanager-unpacked'),
    `#!/bin/sh
here=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
[ -e /usr/share/prometheus/alertmanager/default.tmpl ] && exec "$here/usr/bin/prometheus-alertmanager" "$@"
[ "$(id -u)" = 0 ] && as= || as=--map-root-user
exec unshare $as --mount sh -c 'mount -t overlay overlay -o "lowerdir=$0/usr/share:/usr/share" /usr/share &&
  exec "$0/usr/bin/prometheus-alertmanager" "$@"' "$here" "$@"
`,
    { mode: 0o755 },
  );
}
