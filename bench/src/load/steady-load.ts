import type { SingleConnection } from '@cpemon/database';
import { WrongResult, type BenchContext } from '../benchmark.js';
import { plainFigure } from '../report/alternating-runs.js';
import { coresText, latencyText } from '../report/load-line.js';
import { summarise } from '../report/percentiles.js';
import type { Figure } from '../report/result-line.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState, type ExpectedState } from '../stack/expected-state.js';
import { readLogBooks } from '../stack/log-books.js';
import { residentBytesOf, startCpuMeter } from '../stack/process-cpu.js';
import { startPrivateStack, type IngestProcess } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { readDeviceIds } from '../stack/state-rows.js';
import { watchDrain, watchUntilApplied } from '../stack/watch-drain.js';
import { shuffledFleet } from './fleet-load.js';
import { scheduleOf } from './fleet-plan.js';
import { startLoad } from './load-generator.js';
import { stageOf, type OpenLoad, type OpenResult } from './load-job.js';
import { monotonicMs } from './monotonic-clock.js';
import { queueEvents } from './queue-events.js';
import { bodyEveryMs, EVENTS_PER_BODY, telemetryTarget } from './telemetry-target.js';
import { watchVisibility, type Probe, type VisibilityResult } from './visibility-reader.js';

/** An even load, and how long it is measured. */
export interface SteadyLoad {
  /** First word of the figures' names. */
  name: string;
  eventsPerSecond: number;
  devices: number;
  runs: number;
  warmUpSeconds: number;
  seconds: number;
  /** Further environment variables of the writer. */
  writer?: Record<string, string>;
}

const CONNECTIONS = 16;
const PROBES_PER_REQUEST = 4;
const FAILURES_SHOWN = 10;

/**
 * Accepted→visible at an even rate, open loop, generator, reader, database and services on the same cores.
 * @throws WrongResult when an event was refused or never became visible, or state and counts are wrong
 */
export async function measureSteady(context: BenchContext, steady: SteadyLoad): Promise<Figure[]> {
  const stack = await startPrivateStack(context);
  const connection = await stack.connect();
  const expected = createExpectedState(steady.devices);
  const api = await stack.startApi();
  const writer = await stack.spawnWriter(steady.writer);
  await registerFleet(stack, api, expected, steady.devices);
  await reportOnce(connection, api, expected, steady.devices);
  const deviceIds = await readDeviceIds(connection, steady.devices);
  const pids = { api: api.pid, writer: writer.pid, database: stack.databasePid, reader: process.pid };

  const visible: ReturnType<typeof summarise>[] = [];
  let refused = 0;
  for (let run = 1; run <= steady.runs; run++) {
    const everyMs = bodyEveryMs(steady.eventsPerSecond);
    const requestsIn = (seconds: number): number => Math.round((seconds * 1000) / everyMs);
    const job: OpenLoad = {
      kind: 'open',
      target: telemetryTarget(api),
      fleet: shuffledFleet(steady.devices),
      connections: CONNECTIONS,
      firstDueMs: monotonicMs() + 1000,
      stages: [
        { name: 'warm-up', everyMs, requests: requestsIn(steady.warmUpSeconds) },
        { name: 'measured', everyMs, requests: requestsIn(steady.seconds) },
      ],
    };
    const { applied: before } = await readLogBooks(connection);
    const load = startLoad(job);
    const meter = startCpuMeter(pids);
    const [loaded, seen] = await Promise.all([
      load.result,
      watchVisibility(connection, planProbes(job, deviceIds)),
    ]);
    const cores = { ...meter.cores(), generator: loaded.cores };
    for (const { request, outcome, answer } of loaded.failed.slice(0, FAILURES_SHOWN)) {
      context.say(`  request ${request} is ${outcome}; it was answered: ${answer}`);
    }
    await watchDrain(connection, before, loaded.acceptedEvents);
    if (loaded.failed.length === 0 && seen.unseen > 0)
      throw new WrongResult(`${seen.unseen} accepted events never became visible`);
    refused += loaded.sentEvents - loaded.acceptedEvents;
    if (refused === 0) expected.add(job.fleet, loaded.sentEvents);
    visible.push(summarise(seen.latenciesMs));
    sayRun(context, run, loaded, seen, cores);
  }
  const memory = Object.entries(pids).map(
    ([name, pid]) => `${name} ${(residentBytesOf(pid) / 1024 ** 2).toFixed(0)}`,
  );
  context.say(`resident memory at the end, MiB: ${memory.join(', ')}`);
  await stack.stop(api);
  await stack.stop(writer);
  if (refused > 0) throw new WrongResult(`${refused} events were refused`);
  await checkApplied(stack, expected);
  context.say(
    `checked: 0 refused; all ${expected.total()} events are applied once, and the last of each device is its state`,
  );
  const figure = (percentile: 'p50' | 'p95' | 'p99'): Figure =>
    plainFigure(
      `${steady.name}.${percentile}`,
      'ms',
      visible.map((summary) => summary[percentile]),
    );
  return [figure('p50'), figure('p95'), figure('p99')];
}

/** Every device once more, in the measured order: to register a million takes so long that the first are overdue after it. */
async function reportOnce(
  connection: SingleConnection,
  api: IngestProcess,
  expected: ExpectedState,
  devices: number,
): Promise<void> {
  const fleet = shuffledFleet(devices);
  await queueEvents(api, fleet, devices);
  expected.add(fleet, devices);
  await watchUntilApplied(connection);
}

/** Four events of each measured request, from all over its body, as the schedule has them. */
function planProbes(job: OpenLoad, deviceIds: Int32Array): Probe[] {
  const schedule = scheduleOf(job.fleet);
  const [warmUp, measured] = job.stages;
  const first = warmUp!.requests;
  const step = EVENTS_PER_BODY / PROBES_PER_REQUEST;
  const probes: Probe[] = [];
  for (let request = first; request < first + measured!.requests; request++) {
    for (let nth = 0; nth < PROBES_PER_REQUEST; nth++) {
      const n = request * EVENTS_PER_BODY + nth * step + (request % step);
      probes.push({
        deviceId: deviceIds[schedule.deviceOf(n)]!,
        timeMs: schedule.timeOf(n),
        dueMs: job.firstDueMs + request * measured!.everyMs,
      });
    }
  }
  return probes;
}

function sayRun(
  context: BenchContext,
  run: number,
  load: OpenResult,
  seen: VisibilityResult,
  cores: Record<string, number>,
): void {
  const visible = summarise(seen.latenciesMs);
  const looks = summarise(seen.lookEveryMs);
  context.say(
    `run ${run}: visible ${latencyText(visible)} (max ${visible.max.toFixed(0)}), accepted ` +
      `${latencyText(stageOf(load, 'measured').latencyMs)}, ` +
      `refused ${load.sentEvents - load.acceptedEvents}, ${coresText(cores)}`,
  );
  context.say(
    `  ${seen.latenciesMs.length} probes, the reader looked every p50 ${looks.p50.toFixed(1)} p99 ` +
      `${looks.p99.toFixed(1)} ms, the generator was at most ${load.worstLatenessMs.toFixed(1)} ms late`,
  );
}
