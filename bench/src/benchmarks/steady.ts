import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { readDeviceIds } from '../limits/server-side-apply.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { scheduleOf } from '../load/fleet-plan.js';
import { startLoad } from '../load/load-generator.js';
import { monotonicMs, type LoadResult, type OpenLoad } from '../load/load-job.js';
import { EVENTS_PER_BODY } from '../load/queue-events.js';
import { watchVisibility, type Probe, type VisibilityResult } from '../load/visibility-reader.js';
import { plainFigure } from '../report/alternating-runs.js';
import { coresText, latencyText } from '../report/load-line.js';
import { summarise } from '../report/percentiles.js';
import type { Figure } from '../report/result-line.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { readLogBooks, watchDrain } from '../stack/log-books.js';
import { residentBytesOf, startCpuMeter } from '../stack/process-cpu.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';

const EVENTS_PER_SECOND = 10_000;
const CONNECTIONS = 16;
const PROBES_PER_REQUEST = 4;
const SIZES = {
  quick: { runs: 1, warmUpSeconds: 1, seconds: 3 },
  short: { runs: 3, warmUpSeconds: 5, seconds: 30 },
  full: { runs: 3, warmUpSeconds: 10, seconds: 300 },
};

/** Accepted→visible at an even rate, generator, reader, database and services on the same cores. */
export const steady: Benchmark = {
  name: 'steady',
  about: `accepted→visible at ${EVENTS_PER_SECOND} events/s, open loop, through api, log and writer`,
  async run(context: BenchContext) {
    const { runs, warmUpSeconds, seconds } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const expected = createExpectedState(FLEET_DEVICES);
    const api = await stack.startApi();
    const writer = await stack.spawnWriter();
    await registerFleet(stack, api, expected);
    const deviceIds = await readDeviceIds(connection, FLEET_DEVICES);
    const pids = { api: api.pid, writer: writer.pid, database: stack.databasePid, reader: process.pid };

    const visible: ReturnType<typeof summarise>[] = [];
    let refused = 0;
    for (let run = 1; run <= runs; run++) {
      const everyMs = (EVENTS_PER_BODY / EVENTS_PER_SECOND) * 1000;
      const warmUpRequests = Math.round((warmUpSeconds * 1000) / everyMs);
      const job: OpenLoad = {
        kind: 'open',
        target: {
          host: '127.0.0.1',
          port: api.port,
          path: '/v1/telemetry',
          token: api.token,
          batch: EVENTS_PER_BODY,
        },
        fleet: shuffledFleet(),
        connections: CONNECTIONS,
        firstDueMs: monotonicMs() + 1000,
        everyMs,
        requests: warmUpRequests + Math.round((seconds * 1000) / everyMs),
        warmUpRequests,
      };
      const { applied: before } = await readLogBooks(connection);
      const load = startLoad(job);
      const meter = startCpuMeter(pids);
      const [loaded, seen] = await Promise.all([
        load.result,
        watchVisibility(connection, planProbes(job, deviceIds)),
      ]);
      const cores = { ...meter.cores(), generator: loaded.cores };
      await watchDrain(connection, before, loaded.acceptedEvents);
      if (seen.unseen > 0) throw new WrongResult(`${seen.unseen} accepted events never became visible`);
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
    const figure = (name: 'p50' | 'p95' | 'p99'): Figure =>
      plainFigure(
        `steady.${name}`,
        'ms',
        visible.map((summary) => summary[name]),
      );
    return [figure('p50'), figure('p95'), figure('p99')];
  },
};

/** Four events of each measured request, from all over its body, as the schedule has them. */
function planProbes(job: OpenLoad, deviceIds: Int32Array): Probe[] {
  const schedule = scheduleOf(job.fleet);
  const step = EVENTS_PER_BODY / PROBES_PER_REQUEST;
  const probes: Probe[] = [];
  for (let request = job.warmUpRequests; request < job.requests; request++) {
    for (let nth = 0; nth < PROBES_PER_REQUEST; nth++) {
      const n = request * EVENTS_PER_BODY + nth * step + (request % step);
      probes.push({
        deviceId: deviceIds[schedule.deviceOf(n)]!,
        timeMs: schedule.timeOf(n),
        dueMs: job.firstDueMs + request * job.everyMs,
      });
    }
  }
  return probes;
}

function sayRun(
  context: BenchContext,
  run: number,
  load: LoadResult,
  seen: VisibilityResult,
  cores: Record<string, number>,
): void {
  const visible = summarise(seen.latenciesMs);
  const looks = summarise(seen.lookEveryMs);
  context.say(
    `run ${run}: visible ${latencyText(visible)} (max ${visible.max.toFixed(0)}), accepted ` +
      `${latencyText(load.latencyMs)}, refused ${load.sentEvents - load.acceptedEvents}, ${coresText(cores)}`,
  );
  context.say(
    `  ${seen.latenciesMs.length} probes, the reader looked every p50 ${looks.p50.toFixed(1)} p99 ` +
      `${looks.p99.toFixed(1)} ms, the generator was at most ${load.worstLatenessMs.toFixed(1)} ms late`,
  );
}
