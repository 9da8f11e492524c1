import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';

/**
 * Makes this process the only one that runs a stack on the data folder of `file`.
 * @returns what gives the folder free again
 * @throws Error with a sentence when another process has it
 */
export function lockStack(file: string, dataFolder: string): () => void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identifyProcess(process.pid)), { mode: 0o600 });
  try {
    while (!tryLink(own, file)) {
      const holder = readHolder(file);
      if (holder !== null && isRunning(holder)) {
        throw new Error(
          `A stack is running on ${dataFolder} already (process ${holder.pid}). ` +
            'Stop it, or start another one with its own --data and --base-port.',
        );
      }
      takeAwayStale(file, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** Creating a link fails when the name exists: of several processes one wins. */
function tryLink(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity | null;
  } catch {
    return null;
  }
}

/** Moved aside first and looked at again: somebody else may have replaced the stale lock by a live one meanwhile. */
function takeAwayStale(file: string, stale: ProcessIdentity | null): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== null && moved.started !== stale?.started && isRunning(moved)) tryLink(aside, file);
  rmSync(aside, { force: true });
}
