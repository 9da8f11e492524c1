import type { BenchContext, Benchmark } from '../benchmark.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { measureDrain, type DrainRun } from '../stack/measure-drain.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { settle } from '../stack/settle.js';

const COUNTS = [1, 2, 4];
const SIZES = {
  quick: { rounds: 1, events: 50_000 },
  short: { rounds: 2, events: 300_000 },
  full: { rounds: 3, events: 2_000_000 },
};

/** The same backlog worked off by several writer processes that start together, each time on a database of its own. */
export const writers: Benchmark = {
  name: 'writers',
  about: 'the same backlog drained by 1, 2 and 4 writers that start together, against one',
  async run(context: BenchContext) {
    const { rounds, events } = SIZES[context.form];
    const runs = new Map<number, DrainRun[]>(COUNTS.map((count) => [count, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const count of COUNTS) {
        const run = await drainBy(context, { round, count, events });
        runs.get(count)!.push(run);
        context.say(`${count === 1 ? '1 writer' : `${count} writers`}: ${run.text}`);
      }
    }
    const one = runs.get(1)!;
    return COUNTS.filter((count) => count > 1).map((count) =>
      ratioFigure(
        `writers.${count}`,
        'events/s',
        'one-writer',
        runs.get(count)!.map((run, round) => ({
          ours: run.eventsPerSecond,
          limit: one[round]!.eventsPerSecond,
        })),
      ),
    );
  },
};

/** @throws WrongResult when anything was lost, applied twice or out of order between the writers */
async function drainBy(
  context: BenchContext,
  { round, count, events }: { round: number; count: number; events: number },
): Promise<DrainRun> {
  const quiet = { ...context, say: () => undefined };
  const stack = await startPrivateStack(round === 1 && count === 1 ? context : quiet, `${round}-${count}`);
  const connection = await stack.connect();
  const expected = createExpectedState(FLEET_DEVICES);
  const api = await stack.startApi();
  const firstWriter = await stack.spawnWriter();
  await registerFleet(stack, api, expected);
  await stack.stop(firstWriter);
  const fleet = shuffledFleet();
  await queueEvents(api, fleet, events);
  expected.add(fleet, events);
  await stack.stop(api);
  await settle(connection);
  const run = await measureDrain(stack, connection, { events, writers: count });
  await checkApplied(stack, expected);
  await stack.close();
  return run;
}
