import type { SingleConnection } from '@cpemon/database';
import { DEFAULT_LANES, laneOf } from '@cpemon/domain';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { chunkPerLane } from '../history-layout/chunk-per-lane.js';
import type { DeviceSample } from '../history-layout/history-layout.js';
import { registerSeededDevices } from '../history-layout/register-devices.js';
import { createSeededDevice } from '../history-layout/seeded-samples.js';
import { plainFigure } from '../report/alternating-runs.js';
import { settle } from '../stack/settle.js';
import { startPrivateStack } from '../stack/private-stack.js';

/** Full days: what a slice takes that is not full says little about one that is. */
const SIZES = {
  quick: { devices: 600, minutes: 180 },
  short: { devices: 2000, minutes: 1440 },
  full: { devices: 8000, minutes: 1440 },
};
const START_AT = Date.UTC(2026, 8, 6, 0, 0, 1);
const TIERS = ['history_samples', 'history_hours', 'history_days'];

/** The fixed data set, packed by the product: bytes of the tables' pages for each sample, roll-ups and indexes included. */
export const historyAtRest: Benchmark = {
  name: 'history-at-rest',
  about: 'bytes at rest of a sample of 10 metrics after packing, with indexes, and with its roll-ups',
  async run(context: BenchContext) {
    const { devices, minutes } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    await registerSeededDevices(connection, devices);
    await chunkPerLane.prepare(connection);
    const fleet = Array.from({ length: devices }, (_, n) => ({
      deviceId: n + 1,
      lane: laneOf(`SN${n + 1}`, DEFAULT_LANES),
      next: createSeededDevice(n + 1, START_AT),
    }));
    for (let minute = 0; minute < minutes; minute += 1) {
      const batch = fleet.map(({ deviceId, lane, next }): DeviceSample => ({
        deviceId,
        lane,
        sample: next(minute),
      }));
      await chunkPerLane.insert(connection, batch);
      // As often as the product does by default.
      if (minute % 10 === 9) await chunkPerLane.packFresh(connection);
    }
    await chunkPerLane.pack(connection, devices);
    await settle(connection);
    const [[counted]] = (await connection.query('SELECT COUNT(*) AS n FROM history_samples')) as unknown as [
      { n: number }[],
    ];
    if (counted?.n !== devices * (minutes / 180))
      throw new WrongResult(`${counted?.n} slices are at rest, not ${devices * (minutes / 180)}`);
    const samples = devices * minutes;
    const used = await usedBytes(connection);
    const [[payload]] = (await connection.query(
      'SELECT SUM(LENGTH(payload)) AS bytes FROM history_samples',
    )) as unknown as [{ bytes: string }[]];
    context.say(
      `${samples} samples; columns alone ${(Number(payload?.bytes) / samples).toFixed(2)} bytes a sample`,
    );
    const own = (used.get('history_samples') ?? NaN) / samples;
    const all = [...used.values()].reduce((sum, bytes) => sum + bytes, 0) / samples;
    return [
      plainFigure('history-at-rest', 'bytes/sample', [own]),
      plainFigure('history-at-rest.with-rollups', 'bytes/sample', [all]),
    ];
  },
};

/** Bytes of the pages that tables use, with their indexes: a file has room ahead, which is most of one that is small. */
async function usedBytes(connection: SingleConnection): Promise<Map<string, number>> {
  await connection.query(`ANALYZE TABLE ${TIERS.join(', ')}`);
  await connection.query('SET SESSION information_schema_stats_expiry = 0').catch(() => undefined);
  const [rows] = await connection.query(
    `SELECT table_name AS name, SUM(data_length + index_length) AS bytes FROM information_schema.partitions
      WHERE table_schema = DATABASE() AND table_name IN (?) GROUP BY table_name`,
    [TIERS],
  );
  return new Map((rows as { name: string; bytes: string }[]).map(({ name, bytes }) => [name, Number(bytes)]));
}
