import { CLOCKS, type Fleet } from './fleet.js';
import { unitOf } from './seeded-random.js';

const STREAM = { skew: 70 };
const HOUR_MS = 3_600_000;
const LOCAL_OFFSET_HOURS = 7;

/** What the clock of a CPE says at a true time, as CurrentTime and the like carry it. */
export function clockText(fleet: Fleet, device: number, atMs: number, uptimeSeconds: number): string {
  switch (CLOCKS[fleet.clock[device]!]) {
    case 'skewed':
      return secondsOf(atMs + (unitOf(fleet.seed, device, STREAM.skew) - 0.5) * 20 * HOUR_MS) + 'Z';
    case 'unset':
      return secondsOf(uptimeSeconds * 1000) + 'Z';
    case 'local':
      return secondsOf(atMs + LOCAL_OFFSET_HOURS * HOUR_MS);
    case 'since-boot':
      // TR-069 Amendment 6, A.2.1: year 1 and no zone is the time since the boot.
      return secondsOf(uptimeSeconds * 1000).replace('1970', '0001');
    default:
      return new Date(atMs).toISOString();
  }
}

const secondsOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
