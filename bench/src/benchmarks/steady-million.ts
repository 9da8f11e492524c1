import type { BenchContext, Benchmark } from '../benchmark.js';
import { measureSteady } from '../load/steady-load.js';

/** A million devices with one report a minute each. */
const EVENTS_PER_SECOND = 16_667;
const SIZES = {
  quick: { devices: 100_000, runs: 1, warmUpSeconds: 1, seconds: 3 },
  short: { devices: 300_000, runs: 3, warmUpSeconds: 5, seconds: 30 },
  full: { devices: 1_000_000, runs: 3, warmUpSeconds: 60, seconds: 180 },
};

/** The headline's load: everything on the machine's cores, whether they are two or more. */
export const steadyMillion: Benchmark = {
  name: 'steady-million',
  about: `accepted→visible at ${EVENTS_PER_SECOND} events/s: --full 1,000,000 devices, one report a minute each; short 300,000 devices`,
  run: (context: BenchContext) =>
    measureSteady(context, {
      name: 'steady-million',
      eventsPerSecond: EVENTS_PER_SECOND,
      ...SIZES[context.form],
    }),
};
