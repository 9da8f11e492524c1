import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';
import { shuffledFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import type { ExpectedState } from './expected-state.js';
import { readLogBooks } from './log-books.js';
import type { IngestProcess, PrivateStack } from './private-stack.js';
import { cpuSecondsOf } from './process-cpu.js';
import { settle } from './settle.js';
import { watchDrain } from './watch-drain.js';

/** The clock starts when so much is applied: devices are in memory, and the code is compiled. */
const WARM_SHARE = 0.2;
const MILLION = 1e6;

/** What a writer with one choice of settings is measured with. */
export interface WriterCpuRun {
  stack: PrivateStack;
  api: IngestProcess;
  connection: SingleConnection;
  /** Told of the events that are queued. */
  expected: ExpectedState;
  events: number;
  /** Environment of the writer. */
  environment: Record<string, string>;
}

/**
 * Queues events of the fleet, starts a writer that applies them all, and stops it.
 * @returns CPU seconds of the writer for a million events
 * @throws WrongResult when too few were left to measure by
 */
export async function writerCpuPerMillion(run: WriterCpuRun): Promise<number> {
  const { stack, api, connection, expected, events, environment } = run;
  const fleet = shuffledFleet();
  await queueEvents(api, fleet, events);
  expected.add(fleet, events);
  await settle(connection);
  const { applied: before } = await readLogBooks(connection);
  const writer = await stack.spawnWriter(environment);
  await watchDrain(connection, before, Math.floor(events * WARM_SHARE));
  const cpuBefore = cpuSecondsOf(writer.pid);
  const { applied: warm } = await readLogBooks(connection);
  const left = before + events - warm;
  if (left > 0) await watchDrain(connection, warm, left);
  const seconds = cpuSecondsOf(writer.pid) - cpuBefore;
  await stack.stop(writer);
  if (left < events / 4) throw new WrongResult(`${left} events are too few to measure by`);
  return (seconds / left) * MILLION;
}
