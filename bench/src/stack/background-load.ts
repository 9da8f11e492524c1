import { WrongResult, type BenchContext } from '../benchmark.js';
import { refuseUnlessAllAccepted } from '../load/all-accepted.js';
import { shuffledFleet } from '../load/fleet-load.js';
import { startLoad } from '../load/load-generator.js';
import type { OpenLoad } from '../load/load-job.js';
import { monotonicMs, untilMs } from '../load/monotonic-clock.js';
import { bodyEveryMs, telemetryTarget } from '../load/telemetry-target.js';
import { createExpectedState } from './expected-state.js';
import type { PrivateStack } from './private-stack.js';
import { registerFleet } from './register-fleet.js';

export interface BackgroundLoad {
  /** Ends it. @throws WrongResult when an event was refused */
  stop(): Promise<void>;
}

const CONNECTIONS = 8;
/** Longer than any measurement beside it. */
const LONGEST_SECONDS = 3600;
const WARM_UP_MS = 2000;

/** Devices that report evenly to a cpemon-api of their own, and a writer: what goes on while people ask. */
export async function startBackgroundLoad(
  context: BenchContext,
  stack: PrivateStack,
  { devices, eventsPerSecond }: { devices: number; eventsPerSecond: number },
): Promise<BackgroundLoad> {
  const api = await stack.startApi();
  const writer = await stack.spawnWriter();
  await registerFleet(stack, api, createExpectedState(devices), devices);
  const everyMs = bodyEveryMs(eventsPerSecond);
  const job: OpenLoad = {
    ...{ kind: 'open', target: telemetryTarget(api), fleet: shuffledFleet(devices) },
    ...{ connections: CONNECTIONS, firstDueMs: monotonicMs() + 500 },
    stages: [{ name: 'background', everyMs, requests: Math.round((LONGEST_SECONDS * 1000) / everyMs) }],
  };
  const load = startLoad(job);
  context.atEnd(() => Promise.resolve(load.kill()));
  await untilMs(job.firstDueMs + WARM_UP_MS);
  return {
    async stop() {
      load.endStage();
      const loaded = await load.result;
      await stack.stop(api);
      await stack.stop(writer);
      refuseUnlessAllAccepted('in the background', loaded);
      if (loaded.acceptedEvents === 0) throw new WrongResult('there was no load in the background');
      context.say(`${loaded.acceptedEvents} events came in meanwhile, ${eventsPerSecond} a second were due`);
    },
  };
}
