import type { Fleet } from './fleet.js';

/** Who is silent, and why: a device reports when no reason is left. */
export interface Silencing {
  /** @returns how many were not silent for this reason (a bit of SILENCE) */
  silence(devices: Iterable<number>, reason: number): number;
  /** @returns how many were silent for this reason */
  unsilence(devices: Iterable<number>, reason: number): number;
  /** Devices silent for any reason. */
  readonly count: number;
}

/** @param silenced is told of each device that has a further reason */
export function createSilencing(fleet: Fleet, silenced: (device: number) => void): Silencing {
  let count = 0;
  return {
    silence(devices, reason) {
      let changed = 0;
      for (const device of devices) {
        const before = fleet.silence[device]!;
        if ((before & reason) !== 0) continue;
        fleet.silence[device] = before | reason;
        changed += 1;
        if (before === 0) count += 1;
        silenced(device);
      }
      return changed;
    },
    unsilence(devices, reason) {
      let changed = 0;
      for (const device of devices) {
        const before = fleet.silence[device]!;
        if ((before & reason) === 0) continue;
        fleet.silence[device] = before & ~reason;
        changed += 1;
        if (fleet.silence[device] === 0) count -= 1;
      }
      return changed;
    },
    get count() {
      return count;
    },
  };
}
