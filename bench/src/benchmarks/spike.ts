import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { startLoad } from '../load/load-generator.js';
import { stageOf, type OpenLoad, type LoadStage, type OpenResult } from '../load/load-job.js';
import { monotonicMs, untilMs } from '../load/monotonic-clock.js';
import { bodyEveryMs, EVENTS_PER_BODY, telemetryTarget } from '../load/telemetry-target.js';
import { plainFigure } from '../report/alternating-runs.js';
import { coresText, latencyText } from '../report/load-line.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState, type ExpectedState } from '../stack/expected-state.js';
import { watchLag } from '../stack/lag-watch.js';
import { watchMemory } from '../stack/memory-watch.js';
import { startPrivateStack, type IngestProcess, type PrivateStack } from '../stack/private-stack.js';
import { startCpuMeter } from '../stack/process-cpu.js';
import { registerFleet } from '../stack/register-fleet.js';
import type { ServiceProcess } from '../stack/service-process.js';
import { watchUntilApplied } from '../stack/watch-drain.js';

const QUIET_PER_SECOND = 2_000;
const SPIKE_PER_SECOND = 20_000;
/** A pipeline that is this far behind or less has caught up. */
const CAUGHT_UP_MS = 1000;
/** How long after the load it may take, before the run counts as stuck. */
const CATCH_UP_WITHIN_MS = 180_000;
/**
 * Enough that the service's own bounds decide and not the generator's, and few enough that two events of a device, a
 * round of the fleet or 500 bodies apart, are never on their way at once: their order would be open.
 */
const MOST_CONNECTIONS = 300;
const SIZES = {
  quick: { runs: 1, quietSeconds: 2, spikeSeconds: 4 },
  short: { runs: 1, quietSeconds: 15, spikeSeconds: 60 },
  full: { runs: 3, quietSeconds: 30, spikeSeconds: 60 },
};

/** Ten times the usual load for a minute, offered whatever the answers are. */
export const spike: Benchmark = {
  name: 'spike',
  about: `${QUIET_PER_SECOND} events/s, then ${SPIKE_PER_SECOND} open loop for a minute, then ${QUIET_PER_SECOND}: refused, seconds to lag < 1 s, memory`,
  async run(context: BenchContext) {
    const { runs, quietSeconds, spikeSeconds } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const expected = createExpectedState(FLEET_DEVICES);
    const { api, writer } = await startAfterRegistering(stack, expected);
    const figures = { refused: [], recovery: [], apiMiB: [], writerMiB: [] } as Record<string, number[]>;
    let doubtful = 0;

    for (let run = 1; run <= runs; run++) {
      const job = spikeLoad(telemetryTarget(api), quietSeconds, spikeSeconds);
      const load = startLoad(job);
      context.atEnd(() => Promise.resolve(load.kill()));
      const lag = watchLag(await stack.connect());
      const spikeFromMs = job.firstDueMs + quietSeconds * 1000;
      const spikeToMs = spikeFromMs + spikeSeconds * 1000;
      await untilMs(spikeFromMs);
      const pids = { api: api.pid, writer: writer.pid, database: stack.databasePid };
      const memory = watchMemory(pids);
      const meter = startCpuMeter(pids);
      await untilMs(spikeToMs);
      const cores = meter.cores();
      const loaded = await load.result;
      // Until here, because what the spike left is worked off after it.
      const peak = memory.stop();
      const caughtUpAtMs = await lag.below(CAUGHT_UP_MS, CATCH_UP_WITHIN_MS);
      await lag.stop();

      refuseUnexpected(loaded);
      expected.add(job.fleet, loaded.sentEvents, { batch: EVENTS_PER_BODY, failed: loaded.failed });
      const inSpike = stageOf(loaded, 'spike');
      doubtful += loaded.failed.filter(({ outcome }) => outcome === 'doubtful').length;
      const recovery = Math.max(0, caughtUpAtMs - spikeToMs) / 1000;
      figures['refused']!.push(1 - inSpike.acceptedEvents / inSpike.sentEvents);
      figures['recovery']!.push(recovery);
      figures['apiMiB']!.push(peak['api']! / 1024 ** 2);
      figures['writerMiB']!.push(peak['writer']! / 1024 ** 2);
      for (const stage of loaded.stages) {
        context.say(
          `run ${run}, ${stage.name}: ${stage.acceptedEvents} of ${stage.sentEvents} events accepted, answers ` +
            `${JSON.stringify(stage.statuses)}, accepted ${latencyText(stage.latencyMs)}`,
        );
      }
      context.say(
        `  in the spike ${coresText({ ...cores })}, generator ${loaded.cores.toFixed(2)} over all and at most ` +
          `${loaded.worstLatenessMs.toFixed(0)} ms late; lag at most ${(lag.highestMs() / 1000).toFixed(1)} s, ` +
          `below 1 s for good ${recovery.toFixed(1)} s after the end`,
      );
    }
    await stack.stop(api);
    // The writer goes on until the last event that was taken is applied.
    await watchUntilApplied(await stack.connect());
    await stack.stop(writer);
    await checkApplied(stack, expected);
    context.say(
      `checked: all ${expected.total()} acknowledged events are applied once, nothing of a refused one is there, ` +
        `${doubtful} requests in doubt, and the last of each device is its state`,
    );
    return [
      plainFigure('spike.refused', 'share', figures['refused']!),
      plainFigure('spike.recovery', 's', figures['recovery']!),
      plainFigure('spike.memory-api', 'MiB', figures['apiMiB']!),
      plainFigure('spike.memory-writer', 'MiB', figures['writerMiB']!),
    ];
  },
};

/** An api and a writer that have not registered the fleet themselves: its flood would be what their memory shows. */
async function startAfterRegistering(
  stack: PrivateStack,
  expected: ExpectedState,
): Promise<{ api: IngestProcess; writer: ServiceProcess }> {
  const [firstApi, firstWriter] = [await stack.startApi(), await stack.spawnWriter()];
  await registerFleet(stack, firstApi, expected);
  await stack.stop(firstApi);
  await stack.stop(firstWriter);
  const [api, writer] = [await stack.startApi(), await stack.spawnWriter()];
  await writer.ready();
  return { api, writer };
}

function spikeLoad(target: OpenLoad['target'], quietSeconds: number, spikeSeconds: number): OpenLoad {
  const stage = (name: string, eventsPerSecond: number, seconds: number): LoadStage => {
    const everyMs = bodyEveryMs(eventsPerSecond);
    return { name, everyMs, requests: Math.round((seconds * 1000) / everyMs) };
  };
  return {
    kind: 'open',
    target,
    fleet: shuffledFleet(),
    connections: 16,
    mostConnections: MOST_CONNECTIONS,
    firstDueMs: monotonicMs() + 1000,
    stages: [
      stage('before', QUIET_PER_SECOND, quietSeconds),
      stage('spike', SPIKE_PER_SECOND, spikeSeconds),
      stage('after', QUIET_PER_SECOND, quietSeconds),
    ],
  };
}

/** @throws WrongResult unless every refusal was a 503 with Retry-After and everything else was accepted whole */
function refuseUnexpected(load: OpenResult): void {
  const { failed, unanswered, acceptedEvents, sentEvents } = load;
  const unexpected = failed.filter(({ outcome }) => outcome === 'unexpected');
  if (unexpected.length > 0 || unanswered > 0) {
    throw new WrongResult(
      `${unexpected.length} requests were answered with anything but 202 or 503 with Retry-After, ` +
        `${unanswered} with nothing; the first: ${unexpected[0]?.answer}`,
    );
  }
  const taken = sentEvents - failed.length * EVENTS_PER_BODY;
  if (acceptedEvents !== taken) {
    throw new WrongResult(`of ${taken} events in bodies answered 202, ${acceptedEvents} were accepted`);
  }
}
