import type { SingleConnection } from '@cpemon/database';
import { coresText } from '../report/load-line.js';
import { readLogBooks } from './log-books.js';
import type { PrivateStack } from './private-stack.js';
import { peakResidentBytesOf, startCpuMeter } from './process-cpu.js';
import { watchDrain } from './watch-drain.js';

export interface DrainRun {
  /** From the first applied event seen to the last. */
  eventsPerSecond: number;
  /** Of the second half: devices are in memory and lanes shared by then. */
  secondHalfPerSecond: number;
  /** Resident memory of the largest writer at its highest, bytes. */
  peakBytes: number;
  /** The run in a line, for the reader. */
  text: string;
}

/**
 * Starts writers on a full queue, waits until everything is applied, and stops them.
 * @param events events that wait
 */
export async function measureDrain(
  stack: PrivateStack,
  connection: SingleConnection,
  { events, writers: count = 1 }: { events: number; writers?: number },
): Promise<DrainRun> {
  const { applied: before } = await readLogBooks(connection);
  const writers = await Promise.all(Array.from({ length: count }, () => stack.spawnWriter()));
  const named = writers.map(({ pid }, index) => [count === 1 ? 'writer' : `writer ${index + 1}`, pid]);
  const meter = startCpuMeter({
    ...(Object.fromEntries(named) as Record<string, number>),
    database: stack.databasePid,
  });
  const times = await watchDrain(connection, before, events);
  const cores = meter.cores();
  const peakBytes = Math.max(...writers.map(({ pid }) => peakResidentBytesOf(pid)));
  for (const writer of writers) await stack.stop(writer);

  const spawnedAt = Math.min(...writers.map((writer) => writer.spawnedAt));
  // The events of the first commit seen were applied before the clock started.
  const rateSince = (mark: { events: number; at: number }): number =>
    (events - mark.events) / ((times.lastAt - mark.at) / 1000);
  const eventsPerSecond = rateSince(times.first);
  // A drain of one or two commits has no second half.
  const secondHalfPerSecond = times.half.at < times.lastAt ? rateSince(times.half) : eventsPerSecond;
  const fromStart = events / ((times.lastAt - spawnedAt) / 1000);
  return {
    eventsPerSecond,
    secondHalfPerSecond,
    peakBytes,
    text:
      `${eventsPerSecond.toFixed(0)} events/s from the first applied to the last; ` +
      `${secondHalfPerSecond.toFixed(0)} in the second half; ${fromStart.toFixed(0)} from the start of the process, ` +
      `first applied after ${(times.first.at - spawnedAt).toFixed(0)} ms; ${coresText(cores)}; ` +
      `${(peakBytes / 1024 ** 2).toFixed(0)} MiB`,
  };
}
