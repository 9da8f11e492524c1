import type { BenchContext, Benchmark } from '../benchmark.js';
import { refuseUnlessAllAccepted } from '../load/all-accepted.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { startLoad } from '../load/load-generator.js';
import { stageOf, type OpenLoad } from '../load/load-job.js';
import { monotonicMs, untilMs } from '../load/monotonic-clock.js';
import { queueEvents } from '../load/queue-events.js';
import { bodyEveryMs, telemetryTarget } from '../load/telemetry-target.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { coresText, latencyText } from '../report/load-line.js';
import { median } from '../report/percentiles.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { watchCatchUp } from '../stack/catch-up.js';
import { createExpectedState } from '../stack/expected-state.js';
import { measureDrain } from '../stack/measure-drain.js';
import { keepReadingPipeline } from '../stack/pipeline-reader.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { startCpuMeter } from '../stack/process-cpu.js';
import { registerFleet } from '../stack/register-fleet.js';
import { settle } from '../stack/settle.js';
import { watchUntilApplied } from '../stack/watch-drain.js';

const EVENTS_PER_SECOND = 10_000;
const WARM_UP_SECONDS = 3;
/** The load goes on for this many times the outage at most while the writer catches up. */
const CATCH_UP_WITHIN_OUTAGES = 5;
/** Behind by this or less, the writer has caught up: what flushes of 50 times a second keep on their way. */
const CAUGHT_UP_EVENTS = 2000;
const SIZES = {
  quick: { drainEvents: 50_000, beforeSeconds: 3, awaySeconds: 5 },
  short: { drainEvents: 300_000, beforeSeconds: 20, awaySeconds: 60 },
  full: { drainEvents: 2_000_000, beforeSeconds: 60, awaySeconds: 600 },
};

/** Ingest goes on while no writer is there, and while one works off what has gathered. */
export const outage: Benchmark = {
  name: 'outage',
  about: `${EVENTS_PER_SECOND} events/s go on without a writer for a minute (--full: ten, 6 million events queued), and while one catches up`,
  async run(context: BenchContext) {
    const { drainEvents, beforeSeconds, awaySeconds } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const expected = createExpectedState(FLEET_DEVICES);
    const api = await stack.startApi();
    const firstWriter = await stack.spawnWriter();
    await registerFleet(stack, api, expected);
    await stack.stop(firstWriter);

    /** The other half: the same devices, and nothing arrives meanwhile. */
    const drainAlone = async (): Promise<number> => {
      const fleet = shuffledFleet();
      await queueEvents(api, fleet, drainEvents);
      expected.add(fleet, drainEvents);
      await settle(connection);
      const run = await measureDrain(stack, connection, { events: drainEvents });
      context.say(`drain without ingest: ${run.text}`);
      return run.eventsPerSecond;
    };
    const aloneBefore = await drainAlone();

    const writerBefore = await stack.spawnWriter();
    await writerBefore.ready();
    const job = outageLoad(telemetryTarget(api), beforeSeconds, awaySeconds);
    const load = startLoad(job);
    context.atEnd(() => Promise.resolve(load.kill()));
    const awayFromMs = job.firstDueMs + (WARM_UP_SECONDS + beforeSeconds) * 1000;
    await untilMs(awayFromMs);
    await stack.stop(writerBefore);
    const pipeline = keepReadingPipeline(api);
    await untilMs(awayFromMs + awaySeconds * 1000);
    const writer = await stack.spawnWriter();
    const meter = startCpuMeter({ api: api.pid, writer: writer.pid, database: stack.databasePid });
    const caughtUp = await watchCatchUp(connection, api, {
      caughtUpEvents: CAUGHT_UP_EVENTS,
      timeoutMs: CATCH_UP_WITHIN_OUTAGES * awaySeconds * 1000,
    });
    const cores = meter.cores();
    load.endStage();
    pipeline.stop();
    const loaded = await load.result;
    refuseUnlessAllAccepted('while the writer was away', loaded);
    expected.add(job.fleet, loaded.sentEvents);
    await watchUntilApplied(connection);
    await stack.stop(writer);
    const alone = [aloneBefore, await drainAlone()];
    await stack.stop(api);
    await checkApplied(stack, expected);

    for (const { name, requests, latencyMs } of loaded.stages) {
      context.say(
        `${name}: ${requests} bodies, accepted ${latencyText(latencyMs)} (max ${latencyMs.max.toFixed(0)})`,
      );
    }
    context.say(
      `${caughtUp.backlogEvents} events had gathered when the first were applied, worked off in ` +
        `${caughtUp.seconds.toFixed(1)} s with ingest going on: ${caughtUp.netPerSecond.toFixed(0)} events/s net, ` +
        `${caughtUp.appliedPerSecond.toFixed(0)} applied; ${coresText({ ...cores, generator: loaded.cores })}`,
    );
    context.say(
      `at a third of it GET /v1/pipeline said ${caughtUp.etaSeconds?.toFixed(1) ?? 'no'} s, ` +
        `it took ${caughtUp.leftSeconds.toFixed(1)} s`,
    );
    context.say(
      `checked: none refused; all ${expected.total()} events are applied once, and the last of each device is its state`,
    );
    const before = stageOf(loaded, 'before').latencyMs.p95;
    const pair = (name: string, unit: string, ours: number, against: string, limit: number) =>
      ratioFigure(name, unit, against, [{ ours, limit }]);
    return [
      pair('outage.net-drain', 'events/s', caughtUp.netPerSecond, 'drain', median(alone)),
      pair('outage.ingest-p95-away', 'ms', stageOf(loaded, 'away').latencyMs.p95, 'before', before),
      pair('outage.ingest-p95-draining', 'ms', stageOf(loaded, 'draining').latencyMs.p95, 'before', before),
      pair('outage.eta', 's', caughtUp.etaSeconds ?? 0, 'time-it-took', caughtUp.leftSeconds),
    ];
  },
};

function outageLoad(target: OpenLoad['target'], beforeSeconds: number, awaySeconds: number): OpenLoad {
  const everyMs = bodyEveryMs(EVENTS_PER_SECOND);
  const stage = (name: string, seconds: number) => ({
    name,
    everyMs,
    requests: Math.round((seconds * 1000) / everyMs),
  });
  return {
    kind: 'open',
    target,
    fleet: shuffledFleet(),
    connections: 16,
    firstDueMs: monotonicMs() + 1000,
    stages: [
      stage('warm-up', WARM_UP_SECONDS),
      stage('before', beforeSeconds),
      stage('away', awaySeconds),
      stage('draining', awaySeconds * (CATCH_UP_WITHIN_OUTAGES + 1)),
    ],
  };
}
