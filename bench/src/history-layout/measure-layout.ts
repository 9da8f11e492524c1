import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SingleConnection } from '@cpemon/database';
import { laneOf } from '@cpemon/domain';
import { WrongResult } from '../benchmark.js';
import { median } from '../report/percentiles.js';
import type { PrivateStack } from '../stack/private-stack.js';
import { settle } from '../stack/settle.js';
import type { DeviceSample, HistoryLayout } from './history-layout.js';
import { createSeededDevice } from './seeded-samples.js';

export interface LayoutSize {
  devices: number;
  minutes: number;
}

/** What one layout came to. */
export interface HistoryFigures {
  insertPerSecond: number;
  redoBytesPerSample: number;
  freshBytesPerSample: number;
  packPerSecond: number;
  /** All that is not packed of one device, read back: the median of some. */
  readMs: number;
}

const LANES = 16;
const SAMPLES_A_TRANSACTION = 2000;
const READS = 20;
/** A second after midnight in UTC, so that jitter leads into no other slice. */
const START_AT = Date.UTC(2026, 8, 6, 0, 0, 1);

/** Takes the samples of a fleet in, minute by minute, reads some devices back, packs all and counts what is at rest. */
export async function measureHistoryLayout(
  layout: HistoryLayout,
  stack: PrivateStack,
  { devices, minutes }: LayoutSize,
): Promise<HistoryFigures> {
  const connection = await stack.connect();
  await layout.prepare(connection);
  await connection.query('TRUNCATE TABLE history_samples');
  await settle(connection);
  const fleet = Array.from({ length: devices }, (_, n) => ({
    deviceId: n + 1,
    lane: laneOf(`SN${n + 1}`, LANES),
    next: createSeededDevice(n + 1, START_AT),
  }));
  const redoBefore = await redoBytes(connection);
  let insertMs = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    for (let first = 0; first < devices; first += SAMPLES_A_TRANSACTION) {
      // In the order in which they come, which is not that of their keys.
      const batch = fleet
        .slice(first, first + SAMPLES_A_TRANSACTION)
        .map(({ deviceId, lane, next }): DeviceSample => ({ deviceId, lane, sample: next(minute) }));
      const startedAt = performance.now();
      await connection.query('START TRANSACTION');
      await layout.insert(connection, batch);
      await connection.query('COMMIT');
      insertMs += performance.now() - startedAt;
    }
  }
  const samples = devices * minutes;
  const redo = (await redoBytes(connection)) - redoBefore;
  await settle(connection);
  const bytes = tableBytes(stack.schemaFolder, layout.tables);
  const readMs = await readSome(layout, connection, fleet, minutes);
  const packStartedAt = performance.now();
  await layout.pack(connection, devices);
  const packMs = performance.now() - packStartedAt;
  const [[atRest]] = (await connection.query('SELECT COUNT(*) AS n FROM history_samples')) as unknown as [
    { n: number }[],
  ];
  if (atRest?.n !== devices)
    throw new WrongResult(`${layout.name}: ${atRest?.n} devices are at rest of ${devices}`);
  return {
    insertPerSecond: (samples / insertMs) * 1000,
    redoBytesPerSample: redo / samples,
    freshBytesPerSample: bytes / samples,
    packPerSecond: (samples / packMs) * 1000,
    readMs,
  };
}

async function readSome(
  layout: HistoryLayout,
  connection: SingleConnection,
  fleet: readonly { deviceId: number; lane: number }[],
  minutes: number,
): Promise<number> {
  const first = Math.floor(START_AT / 60_000) - 1;
  const wanted = Array.from({ length: minutes + 2 }, (_, n) => first + n);
  const times: number[] = [];
  for (let read = 0; read < READS; read += 1) {
    const { deviceId, lane } = fleet[Math.floor((fleet.length / READS) * read)]!;
    const startedAt = performance.now();
    const found = await layout.readDevice(connection, deviceId, lane, wanted);
    times.push(performance.now() - startedAt);
    if (found !== minutes)
      throw new WrongResult(`${layout.name}: ${found} samples of a device, not ${minutes}`);
  }
  return median(times);
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
