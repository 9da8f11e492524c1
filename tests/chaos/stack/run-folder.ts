import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  endProcess,
  identifyProcess,
  isRunning,
  readServerProcess,
  type ProcessIdentity,
} from '@cpemon/local-stack';
import type { SmallDisk } from '../faults/fault.js';

/** Everything of one run lies below it. */
export interface RunFolder {
  path: string;
  /** Where the database lies: on a small filesystem of its own if one could be mounted. */
  database: string;
  disk: SmallDisk | undefined;
  /** Removes it; or keeps the logs and the data in it and says where. */
  close(keep: boolean): void;
}

const MIB = 1024 * 1024;

/**
 * Makes the folder of a run, and removes those of runs that were killed, with their databases.
 * @param diskBytes size of the database's filesystem; without one it lies with everything else
 */
export async function makeRunFolder(base: string, diskBytes: number | undefined): Promise<RunFolder> {
  mkdirSync(base, { recursive: true });
  for (const name of readdirSync(base)) await removeLeftover(join(base, name));
  const path = join(base, `run-${process.pid}`);
  const database = join(path, 'database');
  mkdirSync(database, { recursive: true });
  writeFileSync(join(path, 'owner.json'), JSON.stringify(identifyProcess(process.pid)));
  const mounted = diskBytes !== undefined && mount(database, diskBytes);
  const filler = join(database, 'filler');
  return {
    path,
    database,
    disk: mounted
      ? { fill: () => fill(filler, database), free: () => rmSync(filler, { force: true }) }
      : undefined,
    close(keep) {
      rmSync(filler, { force: true });
      if (mounted && keep) cpSync(database, join(path, 'database-kept'), { recursive: true });
      if (mounted) unmount(database);
      if (keep) rmSync(join(path, 'owner.json'), { force: true });
      else rmSync(path, { recursive: true, force: true });
    },
  };
}

function mount(folder: string, bytes: number): boolean {
  const options = `size=${Math.ceil(bytes / MIB)}m,mode=700`;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'cpemon-chaos', folder]).status === 0;
}

function unmount(folder: string): void {
  spawnSync('umount', [folder]);
}

/** Takes what room there is, in steps: the database may take some of it at the same time. */
function fill(filler: string, folder: string): void {
  const file = openSync(filler, 'w');
  const block = Buffer.alloc(MIB);
  try {
    for (let left = statfsSync(folder).bavail; left > 0; left -= 1) writeSync(file, block);
  } catch {
    // Full.
  }
  try {
    for (;;) writeSync(file, block, 0, 4096);
  } catch {
    // To the last page.
  }
  closeSync(file);
}

async function removeLeftover(folder: string): Promise<void> {
  const copyOf = /\/plant-(\d+)$/.exec(folder)?.[1];
  if (copyOf !== undefined) {
    if (identifyProcess(Number(copyOf)) === null) rmSync(folder, { recursive: true, force: true });
    return;
  }
  const owner = join(folder, 'owner.json');
  // Kept on purpose by the run that made it.
  if (!existsSync(owner)) return;
  if (isRunning(JSON.parse(readFileSync(owner, 'utf8')) as ProcessIdentity)) return;
  const server = readServerProcess(join(folder, 'database'));
  if (server !== null) await endProcess(server, 0);
  unmount(join(folder, 'database'));
  rmSync(folder, { recursive: true, force: true });
}
