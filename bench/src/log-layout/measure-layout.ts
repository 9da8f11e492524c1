import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';
import { monotonicMs } from '../load/monotonic-clock.js';
import { summarise, type LatencySummary } from '../report/percentiles.js';
import type { PrivateStack } from '../stack/private-stack.js';
import { settle } from '../stack/settle.js';
import type { LayoutAppender, LogLayout } from './log-layout.js';
import { createEventSource, type EventSource } from './numbered-events.js';
import { createReadPosition, type ReadPosition } from './read-position.js';

/** What one layout came to in one run. */
export interface LayoutFigures {
  insertPerSecond: number;
  readPerSecond: number;
  /** Due to read, with its offset committed, at 10,000 events/s. */
  latencyMs: LatencySummary;
  bytesPerEvent: number;
  redoBytesPerEvent: number;
}

export interface LayoutRunSize {
  insertSeconds: number;
  latencySeconds: number;
}

const CALLERS = 8;
const EVENTS_PER_CALL = 200;
const CALLS_PER_SECOND = 50;

/** Appends, reads back and then does both at an even rate; checks that what was read is what was appended. */
export async function measureLayout(
  layout: LogLayout,
  stack: PrivateStack,
  size: LayoutRunSize,
): Promise<LayoutFigures> {
  const connection = await stack.connect();
  const reader = await stack.connect();
  await layout.prepare(connection);
  await reader.query('CREATE TABLE IF NOT EXISTS bench_read_offsets LIKE log_offsets');
  await reader.query('TRUNCATE TABLE bench_read_offsets');
  await settle(connection);
  const start = await layout.readHeads(connection);
  const source = createEventSource();
  const appender = await layout.openAppender(stack.address);
  try {
    const redoBefore = await redoBytes(connection);
    const inserted = await insertFor(size.insertSeconds, appender, source);
    const redo = (await redoBytes(connection)) - redoBefore;
    await settle(connection);
    const bytes = tableBytes(stack.schemaFolder, layout.tables);
    const position = createReadPosition(layout, reader, start);
    const readStartedAt = performance.now();
    while (position.read() < inserted.events) await position.readBacklog();
    const readSeconds = (performance.now() - readStartedAt) / 1000;
    await settle(connection);
    const latencies = await appendAndRead(size.latencySeconds, appender, source, position);
    if (position.read() !== source.made()) {
      throw new WrongResult(`${layout.name}: ${position.read()} events were read, ${source.made()} appended`);
    }
    return {
      insertPerSecond: inserted.events / inserted.seconds,
      readPerSecond: inserted.events / readSeconds,
      latencyMs: summarise(latencies),
      bytesPerEvent: bytes / inserted.events,
      redoBytesPerEvent: redo / inserted.events,
    };
  } finally {
    await appender.close();
  }
}

async function insertFor(
  seconds: number,
  appender: LayoutAppender,
  source: EventSource,
): Promise<{ events: number; seconds: number }> {
  const startedAt = performance.now();
  const before = source.made();
  const call = async (): Promise<void> => {
    while (performance.now() < startedAt + seconds * 1000)
      await appender.append(source.next(EVENTS_PER_CALL));
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return { events: source.made() - before, seconds: (performance.now() - startedAt) / 1000 };
}

/** Appends calls of 200 events on a clock and reads beside it. The first second is not measured. */
async function appendAndRead(
  seconds: number,
  appender: LayoutAppender,
  source: EventSource,
  position: ReadPosition,
): Promise<number[]> {
  const firstDueMs = monotonicMs() + 100;
  const firstNumber = source.made();
  const calls = Math.round((seconds + 1) * CALLS_PER_SECOND);
  const dueOf = (n: number): number =>
    firstDueMs + (Math.floor((n - firstNumber) / EVENTS_PER_CALL) * 1000) / CALLS_PER_SECOND;
  const latencies: number[] = [];
  const appending = (async () => {
    const pending: Promise<void>[] = [];
    for (let call = 0; call < calls; call++) {
      const wait = firstDueMs + (call * 1000) / CALLS_PER_SECOND - monotonicMs();
      if (wait > 0) await sleep(wait);
      pending.push(appender.append(source.next(EVENTS_PER_CALL)));
    }
    await Promise.all(pending);
  })();
  const end = firstNumber + calls * EVENTS_PER_CALL;
  const readBefore = position.read();
  while (position.read() - readBefore < end - firstNumber) {
    const numbers = await position.readAll();
    const nowMs = monotonicMs();
    for (const n of numbers) {
      if (dueOf(n) >= firstDueMs + 1000) latencies.push(nowMs - dueOf(n));
    }
    if (numbers.length === 0) await Promise.race([sleep(5), appending.then(() => sleep(5))]);
  }
  await appending;
  return latencies;
}

async function redoBytes(connection: SingleConnection): Promise<number> {
  const [rows] = await connection.query(`SHOW GLOBAL STATUS LIKE 'Innodb_os_log_written'`);
  return Number((rows as { Value: string }[])[0]?.Value ?? NaN);
}

/** Size of the tables' files, all partitions. */
function tableBytes(folder: string, tables: readonly string[]): number {
  return readdirSync(folder)
    .filter((file) => tables.some((table) => file === `${table}.ibd` || file.startsWith(`${table}#`)))
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
