import type { BenchContext } from '../benchmark.js';
import { freePort } from '../stack/free-port.js';
import { cpuSecondsOf } from '../stack/process-cpu.js';
import { spawnService } from '../stack/service-process.js';

/** What `GET /truth` counts, as far as benchmarks look at it. */
interface Totals {
  due: number;
  sent: number;
  acknowledged: number;
  skipped: number;
  attempts: number;
}

/** What a simulator did over a time. */
export interface SimulatorWork extends Totals {
  seconds: number;
  cpuSeconds: number;
}

export interface SimulatorProcess {
  pid: number;
  /** Lets it work for so long and counts. */
  measure(ms: number): Promise<SimulatorWork>;
  stop(): Promise<void>;
}

/** The simulator's program, as `npm start` runs it, against a port of this machine. */
export async function startSimulatorProcess(
  context: BenchContext,
  name: string,
  targetPort: number,
  settings: Record<string, string>,
): Promise<SimulatorProcess> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const target = `http://127.0.0.1:${targetPort}`;
  const service = spawnService({
    service: 'cpe-simulator',
    name,
    env: {
      ...{
        API_URL: target,
        ACS_URL: target,
        PORT: String(port),
        OPS_PORT: String(opsPort),
        LOG_LEVEL: 'warn',
      },
      ...settings,
    },
    readyUrl: `http://127.0.0.1:${opsPort}/readyz`,
    directory: context.directory,
    profile: context.profile,
  });
  let isOver = false;
  context.atEnd(() => {
    if (!isOver) service.kill();
    return Promise.resolve();
  });
  await service.ready();
  const totals = async (): Promise<Totals> => {
    const response = await fetch(`http://127.0.0.1:${port}/truth`);
    return ((await response.json()) as { totals: Totals }).totals;
  };
  return {
    pid: service.pid,
    async measure(ms) {
      const [before, cpuBefore, startedAt] = [await totals(), cpuSecondsOf(service.pid), performance.now()];
      await new Promise((resolve) => setTimeout(resolve, ms));
      const [after, cpuAfter] = [await totals(), cpuSecondsOf(service.pid)];
      const difference = (count: keyof Totals): number => after[count] - before[count];
      return {
        seconds: (performance.now() - startedAt) / 1000,
        cpuSeconds: cpuAfter - cpuBefore,
        ...{ due: difference('due'), sent: difference('sent'), acknowledged: difference('acknowledged') },
        ...{ skipped: difference('skipped'), attempts: difference('attempts') },
      };
    },
    async stop() {
      isOver = true;
      await service.stop();
    },
  };
}
