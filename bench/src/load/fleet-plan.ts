/**
 * Which device sends the n-th event of a load and what time it carries. A plain object, so that the generator and
 * the check that follows it work it out apart from each other and agree.
 */
export interface FleetPlan {
  /** Devices `SIM-00000001` to `SIM-<devices>`, at most 99,999,999. */
  devices: number;
  /** Order of the devices: one order, repeated, so that two events of a device are a whole round apart. */
  order: 'by-number' | { seed: number };
  /** Device time of event 0, epoch milliseconds. */
  startMs: number;
  /** Events that share one millisecond of device time. */
  eventsPerMs: number;
}

export interface FleetSchedule {
  /** Number of the device (from 1) that sends event n. */
  deviceOf(n: number): number;
  /** Device time of event n, epoch milliseconds. */
  timeOf(n: number): number;
}

/**
 * Device time at this many events a millisecond runs slower than the clock at any rate a benchmark reaches, so no
 * event carries a time in the future, and still gives each of 100,000 devices a new time every half second.
 */
export const EVENTS_PER_MS = 200;

export function scheduleOf(plan: FleetPlan): FleetSchedule {
  const order = plan.order === 'by-number' ? null : shuffledNumbers(plan.devices, plan.order.seed);
  return {
    deviceOf: (n) => (order === null ? (n % plan.devices) + 1 : order[n % plan.devices]!),
    timeOf: (n) => plan.startMs + Math.floor(n / plan.eventsPerMs),
  };
}

export const serialNumberOf = (device: number): string => `SIM-${String(device).padStart(8, '0')}`;

/** The numbers 1 to `count` in an order that depends on nothing but `seed`. */
export function shuffledNumbers(count: number, seed: number): Int32Array {
  const numbers = Int32Array.from({ length: count }, (_, index) => index + 1);
  let state = seed | 1;
  for (let last = count - 1; last > 0; last--) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const other = (state >>> 0) % (last + 1);
    const kept = numbers[last]!;
    numbers[last] = numbers[other]!;
    numbers[other] = kept;
  }
  return numbers;
}
