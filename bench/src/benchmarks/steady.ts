import type { BenchContext, Benchmark } from '../benchmark.js';
import { FLEET_DEVICES } from '../load/fleet-load.js';
import { measureSteady } from '../load/steady-load.js';

const EVENTS_PER_SECOND = 10_000;
const SIZES = {
  quick: { runs: 1, warmUpSeconds: 1, seconds: 3 },
  short: { runs: 3, warmUpSeconds: 5, seconds: 30 },
  full: { runs: 3, warmUpSeconds: 10, seconds: 300 },
};

/** Accepted→visible of 100,000 devices. */
export const steady: Benchmark = {
  name: 'steady',
  about: `accepted→visible at ${EVENTS_PER_SECOND} events/s, open loop, through api, log and writer`,
  run: (context: BenchContext) =>
    measureSteady(context, {
      name: 'steady',
      eventsPerSecond: EVENTS_PER_SECOND,
      devices: FLEET_DEVICES,
      ...SIZES[context.form],
    }),
};
