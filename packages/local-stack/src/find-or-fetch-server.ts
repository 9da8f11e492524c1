import { join } from 'node:path';
import { fetchServer } from './fetch-server.js';
import { findServer, type SearchPlaces, type ServerBinary } from './server-binary.js';

export interface ServerWish extends Omit<SearchPlaces, 'unpackedFolder'> {
  /** Where a fetched server may be unpacked, and is found again. */
  cacheFolder: string;
  /** Proxies for the fetch (http_proxy and the like). */
  network?: Record<string, string>;
  /** Aborted: a fetch is given up. */
  signal?: AbortSignal | undefined;
  /** Gets a line for the operator when something takes long. */
  tell: (line: string) => void;
}

/**
 * A database server that runs on this machine; fetched when there is none.
 * @throws Error with a sentence that says what to install
 */
export async function findOrFetchServer({
  cacheFolder,
  tell,
  network = {},
  signal,
  ...places
}: ServerWish): Promise<ServerBinary> {
  const unpackedFolder = join(cacheFolder, 'mariadb');
  const found = findServer({ ...places, unpackedFolder });
  if (found !== null) return found;
  await fetchServer({ unpackedFolder, tell, network, signal, isRoot: process.getuid?.() === 0 });
  const fetched = findServer({ ...places, unpackedFolder });
  if (fetched === null)
    throw new Error(
      `The database server in ${unpackedFolder} does not run; remove that folder and try again`,
    );
  return fetched;
}
