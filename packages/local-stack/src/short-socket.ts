import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** sockaddr_un holds 108 bytes on Linux, 104 elsewhere. */
const LONGEST_SOCKET_PATH = 100;

/** Path for a Unix socket: in `folder` when that fits, else in a folder of this user under the system's temporary one. */
export function socketPath(folder: string, name: string): string {
  const inFolder = join(folder, name);
  if (Buffer.byteLength(inFolder) <= LONGEST_SOCKET_PATH) return inFolder;
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const user = process.getuid?.() ?? 0;
  const short = join(tmpdir(), `cpemon-${user}-${hash}`);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  const owner = lstatSync(short);
  if (!owner.isDirectory() || owner.uid !== user) {
    throw new Error(
      `${short} belongs to somebody else: remove it, or choose a data folder with a shorter path`,
    );
  }
  return join(short, name);
}

/** Removes the socket of that path, and the folder that was made for it outside `folder`. */
export function removeSocket(path: string, folder: string): void {
  rmSync(dirname(path) === folder ? path : dirname(path), { recursive: true, force: true });
}
