import { connect, type DatabaseAddress } from '@cpemon/database';
import { applyLogRetention, runJob } from '@cpemon/store';
import { refuseIfWrong, WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { measureDelete, stageDelete } from '../limits/delete-records.js';
import { refuseUnlessAllAccepted } from '../load/all-accepted.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { startLoad } from '../load/load-generator.js';
import { stageOf, type OpenLoad } from '../load/load-job.js';
import { monotonicMs, untilMs } from '../load/monotonic-clock.js';
import { queueEvents } from '../load/queue-events.js';
import { bodyEveryMs, telemetryTarget } from '../load/telemetry-target.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { latencyText } from '../report/load-line.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { countRecordedEvents } from '../stack/log-books.js';
import { countHours, currentHour, makePastPartitions, spreadOverHours } from '../stack/log-hours.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { watchUntilApplied } from '../stack/watch-drain.js';

const EVENTS_PER_SECOND = 10_000;
/** Small bodies, so that a short stall meets some of them, and flushes are as many as in a usual hour. */
const EVENTS_PER_REQUEST = 50;
const DROP_EVERY_MS = 1000;
const SIZES = {
  quick: { hours: 2, fillEvents: 40_000, beforeSeconds: 2 },
  short: { hours: 5, fillEvents: 1_000_000, beforeSeconds: 15 },
  full: { hours: 7, fillEvents: 7_000_000, beforeSeconds: 60 },
};

/** Hours of the log go one by one while events come in; empty ones first, then full ones, then the same by DELETE. */
export const retention: Benchmark = {
  name: 'retention',
  about: `dropping hours of the log, full against empty, at ${EVENTS_PER_SECOND} events/s; records/s against DELETE`,
  async run(context: BenchContext) {
    const { hours, fillEvents, beforeSeconds } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    // The product keeps the current hour and the one before it, whatever it is told.
    const endHour = (await currentHour(connection)) - 1;
    const firstFull = endHour - hours;
    const firstEmpty = firstFull - hours;
    await makePastPartitions(connection, firstEmpty);
    const expected = createExpectedState(FLEET_DEVICES);
    const api = await stack.startApi();
    const writer = await stack.spawnWriter();
    await registerFleet(stack, api, expected);

    const target = telemetryTarget(api, EVENTS_PER_REQUEST);
    const fleet = shuffledFleet();
    await queueEvents(api, fleet, fillEvents, EVENTS_PER_REQUEST);
    expected.add(fleet, fillEvents);
    await watchUntilApplied(connection);
    await spreadOverHours(connection, firstFull, hours);
    await stageDelete(connection, firstFull, endHour);
    const full = await countHours(connection, firstFull, endHour);
    context.say(`${hours} hours hold ${full.events} events in ${full.records} records`);

    const dropAll = async (fromHour: number): Promise<number[]> => {
      const times: number[] = [];
      for (let hour = fromHour; hour < fromHour + hours; hour++) {
        const nextMs = monotonicMs() + DROP_EVERY_MS;
        times.push(await dropHour(stack.address, hour));
        await untilMs(nextMs);
      }
      return times;
    };
    const open = { seconds: 600 };
    const job = evenLoad(target, [
      { name: 'warm-up', seconds: 2 },
      { name: 'before', seconds: beforeSeconds },
      { name: 'empty', ...open },
      { name: 'full', ...open },
      { name: 'delete', ...open },
    ]);
    const load = startLoad(job);
    context.atEnd(() => Promise.resolve(load.kill()));
    await untilMs(job.firstDueMs + (2 + beforeSeconds) * 1000);
    const empty = await dropAll(firstEmpty);
    load.endStage();
    const dropped = await dropAll(firstFull);
    load.endStage();
    const deletePerSecond = await measureDelete(connection, full.records);
    load.endStage();
    const loaded = await load.result;
    refuseUnlessAllAccepted('while hours were dropped', loaded);
    expected.add(job.fleet, loaded.sentEvents);
    await watchUntilApplied(connection);
    await stack.stop(api);
    await stack.stop(writer);

    const left = await countRecordedEvents(connection);
    refuseIfWrong(
      left === expected.total() - full.events
        ? []
        : [`the log holds ${left} events after ${full.events} of ${expected.total()} were dropped`],
    );
    await checkApplied(stack, expected);
    for (const { name, requests, latencyMs } of loaded.stages) {
      context.say(
        `${name}: ${requests} bodies, accepted ${latencyText(latencyMs)} (max ${latencyMs.max.toFixed(0)})`,
      );
    }
    context.say(
      `checked: exactly the ${full.events} events of the dropped hours are gone from the log, none was refused, all ` +
        `${expected.total()} are applied once, and the last of each device is its state`,
    );
    const dropSeconds = dropped.reduce((sum, ms) => sum + ms, 0) / 1000;
    return [
      ratioFigure(
        'retention.drop',
        'ms',
        'empty-hour',
        dropped.map((ms, index) => ({ ours: ms, limit: empty[index]! })),
      ),
      ratioFigure('retention.records', 'records/s', 'delete', [
        { ours: full.records / dropSeconds, limit: deletePerSecond },
      ]),
      ratioFigure('retention.ingest-p95', 'ms', 'before', [
        { ours: stageOf(loaded, 'full').latencyMs.p95, limit: stageOf(loaded, 'before').latencyMs.p95 },
      ]),
    ];
  },
};

/** Lets go of everything up to and with an hour, as the writer's scheduled work does. @returns milliseconds */
async function dropHour(address: DatabaseAddress, hour: number): Promise<number> {
  let milliseconds = NaN;
  await runJob({
    job: `bench-retention-${hour}`,
    owner: 'bench',
    schedule: { everyMinutes: 60, atMinute: 0 },
    connect: () => connect(address, {}),
    async work(hands) {
      const keptHours = (await currentHour(hands.connection)) - (hour + 1);
      const startedAt = performance.now();
      const { dropped, heldBy } = await applyLogRetention(hands, { hours: keptHours });
      milliseconds = performance.now() - startedAt;
      if (!dropped.includes(`p_${hour}`)) throw new WrongResult(`hour ${hour} was not dropped; ${heldBy}`);
      return { outcome: 'done', detail: '' };
    },
  });
  return milliseconds;
}

function evenLoad(target: OpenLoad['target'], stages: { name: string; seconds: number }[]): OpenLoad {
  const everyMs = bodyEveryMs(EVENTS_PER_SECOND, EVENTS_PER_REQUEST);
  return {
    kind: 'open',
    target,
    fleet: shuffledFleet(),
    connections: 16,
    firstDueMs: monotonicMs() + 1000,
    stages: stages.map(({ name, seconds }) => ({
      name,
      everyMs,
      requests: Math.round((seconds * 1000) / everyMs),
    })),
  };
}
