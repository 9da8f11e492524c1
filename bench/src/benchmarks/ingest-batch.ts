import type { BenchContext, Benchmark } from '../benchmark.js';
import { measureServerSideInsert } from '../limits/server-side-insert.js';
import { refuseUnlessAllAccepted } from '../load/all-accepted.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { runLoad } from '../load/load-generator.js';
import type { ClosedLoad } from '../load/load-job.js';
import { telemetryTarget } from '../load/telemetry-target.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { loadLine } from '../report/load-line.js';
import { applyAndCheck } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { startCpuMeter } from '../stack/process-cpu.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { settle } from '../stack/settle.js';

const CONNECTIONS = 32;
const SIZES = {
  quick: { pairs: 1, warmUpMs: 500, measureMs: 1500, limitSeconds: 1 },
  short: { pairs: 3, warmUpMs: 2000, measureMs: 8000, limitSeconds: 4 },
  full: { pairs: 5, warmUpMs: 5000, measureMs: 30_000, limitSeconds: 15 },
};

/** Durable events in bodies of 200, one cpemon-api process, no writer; against the database inserting by itself. */
export const ingestBatch: Benchmark = {
  name: 'ingest-batch',
  about: 'durable events/s, 200 a POST, one cpemon-api, against server-side insert',
  async run(context: BenchContext) {
    const { pairs, warmUpMs, measureMs, limitSeconds } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const api = await stack.startApi();
    const connection = await stack.connect();
    const expected = createExpectedState(FLEET_DEVICES);

    const ours = async (): Promise<number> => {
      const job: ClosedLoad = {
        kind: 'closed',
        target: telemetryTarget(api),
        fleet: shuffledFleet(),
        connections: CONNECTIONS,
        warmUpMs,
        measureMs,
      };
      await settle(connection);
      const meter = startCpuMeter({ api: api.pid, database: stack.databasePid });
      const load = await runLoad(job);
      refuseUnlessAllAccepted('ours', load);
      expected.add(job.fleet, load.sentEvents);
      context.say(loadLine('ours', load, { ...meter.cores(), generator: load.cores }));
      return load.measuredEvents / load.measuredSeconds;
    };
    const limit = async (): Promise<number> => {
      await settle(connection);
      const rate = await measureServerSideInsert(connection, limitSeconds);
      context.say(`server-side insert: ${rate.toFixed(0)} rows/s`);
      return rate;
    };
    const runs = await alternate(pairs, ours, limit);
    await stack.stop(api);
    await applyAndCheck(stack, expected);
    context.say(
      `checked: ${expected.total()} accepted events are in the log, applied once, and the last of each device is its state`,
    );
    return [ratioFigure('ingest-batch', 'events/s', 'server-side-insert', runs)];
  },
};
