import type { BenchContext, Benchmark } from '../benchmark.js';
import { shuffledFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import { plainFigure, ratioFigure } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { measureDrain, type DrainRun } from '../stack/measure-drain.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { settle } from '../stack/settle.js';

const SIZES = {
  quick: { rounds: 1, events: 50_000, fleets: [5_000, 20_000] },
  short: { rounds: 3, events: 400_000, fleets: [10_000, 100_000] },
  full: { rounds: 3, events: 2_000_000, fleets: [10_000, 100_000, 1_000_000] },
};

/** A fleet with a database and services of its own. */
interface Fleet {
  devices: number;
  runs: DrainRun[];
  drain(): Promise<DrainRun>;
  check(): Promise<void>;
}

/** The same number of queued events to state, whether few devices sent many each or many a few. */
export const fleetSize: Benchmark = {
  name: 'fleet-size',
  about:
    'drain of the same number of events of 10,000 and 100,000 devices (--full: and 1,000,000), memory of the writer',
  async run(context: BenchContext) {
    const { rounds, events, fleets: sizes } = SIZES[context.form];
    const fleets: Fleet[] = [];
    for (const devices of sizes) fleets.push(await startFleet(context, devices, events));

    // In turns, so that what the machine does meanwhile falls on all sizes.
    for (let round = 1; round <= rounds; round++) {
      for (const fleet of fleets) {
        const run = await fleet.drain();
        fleet.runs.push(run);
        context.say(`${fleet.devices} devices: ${run.text}`);
      }
    }
    for (const fleet of fleets) await fleet.check();

    const [smallest, ...others] = fleets;
    const pairs = (fleet: Fleet) =>
      fleet.runs.map((run, round) => ({
        ours: run.eventsPerSecond,
        limit: smallest!.runs[round]!.eventsPerSecond,
      }));
    return [
      ...others.map((fleet) =>
        ratioFigure(`fleet-size.${fleet.devices}`, 'events/s', `${smallest!.devices}-devices`, pairs(fleet)),
      ),
      ...fleets.map((fleet) =>
        plainFigure(
          `fleet-size.${fleet.devices}.memory-writer`,
          'MiB',
          fleet.runs.map(({ peakBytes }) => peakBytes / 1024 ** 2),
        ),
      ),
    ];
  },
};

async function startFleet(context: BenchContext, devices: number, events: number): Promise<Fleet> {
  const stack = await startPrivateStack(context, `${devices}-devices`);
  const connection = await stack.connect();
  const expected = createExpectedState(devices);
  const api = await stack.startApi();
  const firstWriter = await stack.spawnWriter();
  const startedAt = performance.now();
  await registerFleet(stack, api, expected, devices);
  context.say(`${devices} devices registered in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await stack.stop(firstWriter);
  return {
    devices,
    runs: [],
    async drain() {
      const fleet = shuffledFleet(devices);
      await queueEvents(api, fleet, events);
      expected.add(fleet, events);
      await settle(connection);
      return measureDrain(stack, connection, { events });
    },
    async check() {
      await stack.stop(api);
      await checkApplied(stack, expected);
      context.say(
        `checked ${devices} devices: all ${expected.total()} events are applied once, and the last of each is its state`,
      );
      await stack.close();
    },
  };
}
