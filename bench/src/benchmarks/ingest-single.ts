import type { BenchContext, Benchmark } from '../benchmark.js';
import { startBareExpress } from '../limits/start-bare-express.js';
import { refuseUnlessAllAccepted } from '../load/all-accepted.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { runLoad } from '../load/load-generator.js';
import type { ClosedLoad } from '../load/load-job.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { loadLine } from '../report/load-line.js';
import { applyAndCheck } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { startCpuMeter } from '../stack/process-cpu.js';
import { startPrivateStack } from '../stack/private-stack.js';

const CONNECTIONS = 64;
const SIZES = {
  quick: { pairs: 1, warmUpMs: 500, measureMs: 1500 },
  short: { pairs: 3, warmUpMs: 3000, measureMs: 10_000 },
  full: { pairs: 5, warmUpMs: 5000, measureMs: 30_000 },
};

/** One durable event a POST, one cpemon-api process, no writer; against Express that stores nothing. */
export const ingestSingle: Benchmark = {
  name: 'ingest-single',
  about: 'durable events/s, one a POST, 64 connections, one cpemon-api, against bare Express',
  async run(context: BenchContext) {
    const { pairs, warmUpMs, measureMs } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const api = await stack.startApi();
    const express = await startBareExpress();
    context.atEnd(() => express.stop());
    const expected = createExpectedState(FLEET_DEVICES);
    const jobTo = (port: number, token?: string): ClosedLoad => ({
      kind: 'closed',
      target: {
        host: '127.0.0.1',
        port,
        path: '/cpe/heartbeat',
        batch: 1,
        ...(token === undefined ? {} : { token }),
      },
      fleet: shuffledFleet(),
      connections: CONNECTIONS,
      warmUpMs,
      measureMs,
    });

    const measure = async (name: string, job: ClosedLoad, pids: Record<string, number>): Promise<number> => {
      const meter = startCpuMeter(pids);
      const load = await runLoad(job);
      refuseUnlessAllAccepted(name, load);
      context.say(loadLine(name, load, { ...meter.cores(), generator: load.cores }));
      if (job.target.port === api.port) expected.add(job.fleet, load.sentEvents);
      return load.measuredEvents / load.measuredSeconds;
    };
    const runs = await alternate(
      pairs,
      () => measure('ours', jobTo(api.port, api.token), { api: api.pid, database: stack.databasePid }),
      () => measure('bare express', jobTo(express.port), { express: express.pid }),
    );
    await stack.stop(api);
    await applyAndCheck(stack, expected);
    context.say(
      `checked: ${expected.total()} accepted events are in the log, applied once, and the last of each device is its state`,
    );
    return [ratioFigure('ingest-single', 'events/s', 'bare-express', runs)];
  },
};
