import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it can be recognised later: a number alone may be given to another one. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the system's own words; comparable only for equality on the same machine. */
  started: string;
}

/** The running process of that number, or null. A process that ended but was not waited for counts as gone. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces. proc(5): state is field 3, start time (ticks since boot) field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return { pid, started: `${bootId()}/${fields[19]}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform === 'linux') return null;
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  const started = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim();
  return started ? { pid, started } : null;
}

export function isRunning(identity: ProcessIdentity): boolean {
  const current = identifyProcess(identity.pid);
  return current !== null && current.started === identity.started;
}

/** Ends the process, by force after `graceMs`; resolves when it is gone. Does nothing to a process of another start. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (!isRunning(identity)) return;
  signal(identity.pid, 'SIGTERM');
  const forceAt = Date.now() + graceMs;
  for (let forced = false; isRunning(identity);) {
    if (!forced && Date.now() >= forceAt) {
      signal(identity.pid, 'SIGKILL');
      forced = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Tells this boot from others, as ticks since boot repeat. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
