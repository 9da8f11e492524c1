import type { BenchContext, Benchmark } from '../benchmark.js';
import { measureServerSideApply, stageServerSideApply } from '../limits/server-side-apply.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { measureDrain } from '../stack/measure-drain.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { settle } from '../stack/settle.js';

const LANES = 16;
const SIZES = {
  quick: { pairs: 1, events: 100_000 },
  short: { pairs: 3, events: 500_000 },
  full: { pairs: 5, events: 2_000_000 },
};

/**
 * Queued events of 100,000 known devices to state, one writer process that starts on a full queue; against the
 * database applying the same events by itself.
 */
export const drain: Benchmark = {
  name: 'drain',
  about: 'queued events/s to state, one writer, 100,000 devices, against server-side apply',
  async run(context: BenchContext) {
    const { pairs, events } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const expected = createExpectedState(FLEET_DEVICES);
    const api = await stack.startApi();
    const firstWriter = await stack.spawnWriter();
    await registerFleet(stack, api, expected);
    await stack.stop(firstWriter);
    await stageServerSideApply(connection, shuffledFleet(), events, LANES);

    const ours = async (): Promise<number> => {
      const fleet = shuffledFleet();
      await queueEvents(api, fleet, events);
      expected.add(fleet, events);
      await settle(connection);
      const run = await measureDrain(stack, connection, { events });
      context.say(`ours: ${run.text}`);
      return run.eventsPerSecond;
    };
    const limit = async (): Promise<number> => {
      await settle(connection);
      const rate = await measureServerSideApply(connection, events);
      context.say(`server-side apply: ${rate.toFixed(0)} events/s`);
      return rate;
    };
    const runs = await alternate(pairs, ours, limit);
    await stack.stop(api);
    await checkApplied(stack, expected);
    context.say(
      `checked: all ${expected.total()} events are applied once, and the last of each device is its state`,
    );
    return [ratioFigure('drain', 'events/s', 'server-side-apply', runs)];
  },
};
