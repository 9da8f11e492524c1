import { refuseIfWrong, type BenchContext, type Benchmark } from '../benchmark.js';
import { runSessions, type ClosedSessions } from '../cwmp-load/session-load.js';
import { startBareExpress } from '../limits/start-bare-express.js';
import { FLEET_DEVICES } from '../load/fleet-load.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { coresText, latencyText } from '../report/load-line.js';
import { plainNumber } from '../report/result-line.js';
import { countRecordedEvents, readLogBooks } from '../stack/log-books.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { startCpuMeter } from '../stack/process-cpu.js';

const CONNECTIONS = 64;
const SIZES = {
  quick: { pairs: 1, warmUpMs: 500, measureMs: 1500 },
  short: { pairs: 3, warmUpMs: 3000, measureMs: 10_000 },
  full: { pairs: 5, warmUpMs: 5000, measureMs: 30_000 },
};

/** Whole sessions of CWMP, their Inform durable, one acs-ingest process, no writer; against Express that reads nothing. */
export const cwmpSession: Benchmark = {
  name: 'cwmp-session',
  about:
    'whole CWMP sessions/s (Inform + empty POST, durable), 64 connections, one acs-ingest, against bare Express',
  async run(context: BenchContext) {
    const { pairs, warmUpMs, measureMs } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const ingest = await stack.startAcsIngest();
    const express = await startBareExpress('bare-express-cwmp');
    context.atEnd(() => express.stop());
    let acknowledged = 0;
    const measure = async (name: string, port: number, pids: Record<string, number>): Promise<number> => {
      const meter = startCpuMeter(pids);
      const job: ClosedSessions = {
        ...{ kind: 'closed', target: { host: '127.0.0.1', port }, devices: FLEET_DEVICES },
        ...{ connections: CONNECTIONS, warmUpMs, measureMs },
      };
      const load = await runSessions(job);
      const rate = load.measured / load.measuredSeconds;
      refuseIfWrong(
        Object.entries(load.unexpected).map(([answer, count]) => `${name}: ${answer}, ${count} times`),
      );
      if (port === ingest.port) acknowledged += load.finished;
      context.say(
        `${name}: ${plainNumber(rate)} sessions/s, whole sessions ${latencyText(load.latencyMs)}, ` +
          coresText({ ...meter.cores(), generator: load.cores }),
      );
      return rate;
    };
    const runs = await alternate(
      pairs,
      () => measure('ours', ingest.port, { ingest: ingest.pid, database: stack.databasePid }),
      () => measure('bare express', express.port, { express: express.pid }),
    );
    await stack.stop(ingest);
    const connection = await stack.connect();
    const { accepted } = await readLogBooks(connection);
    const recorded = await countRecordedEvents(connection);
    refuseIfWrong(
      accepted === acknowledged && recorded === acknowledged
        ? []
        : [`${acknowledged} Informs were acknowledged; heads say ${accepted}, records hold ${recorded}`],
    );
    context.say(`checked: the Informs of all ${acknowledged} sessions are in the log, once`);
    return [ratioFigure('cwmp-session', 'sessions/s', 'bare-express', runs)];
  },
};
