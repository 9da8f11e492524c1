import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used so far (user and system); NaN where /proc does not tell. */
export function cpuSecondsOf(pid: number): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return NaN;
  }
  // The name in parentheses may hold spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in bytes; NaN where /proc does not tell. */
export const residentBytesOf = (pid: number): number => memoryBytesOf(pid, 'VmRSS');

/** The highest it has been since the process started. */
export const peakResidentBytesOf = (pid: number): number => memoryBytesOf(pid, 'VmHWM');

function memoryBytesOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  } catch {
    return NaN;
  }
}

export interface CpuMeter {
  /** Cores each process has used on average since the meter started, by name. */
  cores(): Record<string, number>;
}

export function startCpuMeter(pids: Record<string, number>): CpuMeter {
  const startedAt = performance.now();
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, seconds: cpuSecondsOf(pid) }));
  return {
    cores() {
      const seconds = (performance.now() - startedAt) / 1000;
      return Object.fromEntries(
        before.map((entry) => [entry.name, (cpuSecondsOf(entry.pid) - entry.seconds) / seconds]),
      );
    },
  };
}
