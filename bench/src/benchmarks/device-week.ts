import type { SingleConnection } from '@cpemon/database';
import { DAY_MS, packSamples } from '@cpemon/history';
import { SLICE_MS, readHistory, sliceOf } from '@cpemon/store';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { registerSeededDevices } from '../history-layout/register-devices.js';
import { createSeededDevice } from '../history-layout/seeded-samples.js';
import { plainFigure } from '../report/alternating-runs.js';
import { summarise } from '../report/percentiles.js';
import { startPrivateStack } from '../stack/private-stack.js';

const MIB = 1024 * 1024;
/** Full devices have a week of minutes, the others two hours; the buffer pool is smaller than all of it. */
const SIZES = {
  quick: { devices: 2000, full: 4, reads: 40, poolBytes: 16 * MIB },
  short: { devices: 100_000, full: 200, reads: 400, poolBytes: 64 * MIB },
  full: { devices: 1_000_000, full: 1000, reads: 2000, poolBytes: 512 * MIB },
};
const DAYS = 7;
const SLICES = (DAYS * DAY_MS) / SLICE_MS;
const SAMPLES_A_SLICE = SLICE_MS / 60_000;
const SAMPLES_OF_OTHERS = 120;
const ROWS_A_STATEMENT = 200;
const START_AT = Date.UTC(2026, 8, 6, 0, 0, 1);
/** So many different devices are made of the data set; others have the bytes of one of them. */
const PATTERNS = 20;

/** One device's week, every sample of it, as the API reads it. */
export const deviceWeek: Benchmark = {
  name: 'device-week',
  about: "one device's 7 days (10,080 samples) of a metric, among a fleet, with less memory than data",
  async run(context: BenchContext) {
    const { devices, full, reads, poolBytes } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    await registerSeededDevices(connection, devices);
    const every = Math.floor(devices / full);
    await fill(connection, devices, (deviceId) => deviceId % every === 0);
    await connection.query(`SET GLOBAL innodb_buffer_pool_size = ${poolBytes}`);
    const milliseconds: number[] = [];
    for (let read = 0; read < reads; read += 1) {
      // Another device each time, spread over the fleet.
      const deviceId = (((read * 7919) % full) + 1) * every;
      const startedAt = performance.now();
      const { points } = await readHistory(
        connection,
        { deviceId, serialNumber: `SN${deviceId}` },
        { metrics: ['rx_power_dbm'], from: START_AT - 1000, to: START_AT + DAYS * DAY_MS, points: 10_080 },
      );
      milliseconds.push(performance.now() - startedAt);
      const found = points.get('rx_power_dbm')?.length;
      if (found !== SLICES * SAMPLES_A_SLICE)
        throw new WrongResult(`device ${deviceId} has ${found} samples`);
    }
    const { p50, p95 } = summarise(milliseconds);
    context.say(`${reads} weeks of ${full} devices among ${devices}: p50 ${p50.toFixed(1)} ms`);
    return [plainFigure('device-week.p95', 'ms', [p95])];
  },
};

/** Puts packed slices into the table in the order in which the product does: by slice, then by device. */
async function fill(
  connection: SingleConnection,
  devices: number,
  isFull: (deviceId: number) => boolean,
): Promise<void> {
  const sources = Array.from({ length: PATTERNS }, (_, n) => createSeededDevice(n + 1, START_AT));
  const first = sliceOf(START_AT);
  for (let slice = 0; slice < SLICES; slice += 1) {
    const minutes = Array.from({ length: SAMPLES_A_SLICE }, (_, n) => slice * SAMPLES_A_SLICE + n);
    const patterns = sources.map((next) => minutes.map((minute) => next(minute)));
    const whole = patterns.map((samples) => packSamples(samples));
    const some = patterns.map((samples) => packSamples(samples.slice(0, SAMPLES_OF_OTHERS)));
    let rows: unknown[][] = [];
    for (let deviceId = 1; deviceId <= devices; deviceId += 1) {
      if (!isFull(deviceId) && slice > 0) continue;
      rows.push([first + slice, deviceId, (isFull(deviceId) ? whole : some)[deviceId % PATTERNS]]);
      if (rows.length < ROWS_A_STATEMENT && deviceId < devices) continue;
      await connection.query('INSERT INTO history_samples (slice, device_id, payload) VALUES ?', [rows]);
      rows = [];
    }
    if (rows.length > 0)
      await connection.query('INSERT INTO history_samples (slice, device_id, payload) VALUES ?', [rows]);
  }
}
