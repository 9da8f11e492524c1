import { residentBytesOf } from './process-cpu.js';

const LOOK_EVERY_MS = 100;

/** Highest resident memory of processes over a time. */
export interface MemoryWatch {
  /** Ends it. Bytes by name; NaN where /proc does not tell. */
  stop(): Record<string, number>;
}

export function watchMemory(pids: Record<string, number>): MemoryWatch {
  const highest = new Map<string, number>();
  const look = (): void => {
    for (const [name, pid] of Object.entries(pids)) {
      const bytes = residentBytesOf(pid);
      highest.set(name, Math.max(highest.get(name) ?? bytes, bytes));
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      look();
      return Object.fromEntries(highest);
    },
  };
}
