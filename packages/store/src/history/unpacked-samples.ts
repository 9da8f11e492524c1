import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { laneOf } from '@cpemon/domain';
import { deviceIdBytes, readBlocks, readDeviceIds, readSampleChunk, type Sample } from '@cpemon/history';
import { groupOf, sliceOf } from './slices.js';

/** A device as its history is found. */
export interface HistoryDevice {
  deviceId: number;
  serialNumber: string;
}

/** Samples of a device that are not at rest yet, in the order in which they were applied. @param from epoch ms */
export async function readUnpackedSamples(
  connection: Connection,
  device: HistoryDevice,
  from: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const wanted = deviceIdBytes([device.deviceId]);
  for (const { generation, lanes } of await generationsWithSamples(connection)) {
    const lane = laneOf(device.serialNumber, lanes);
    const [runs] = await connection.query<RowDataPacket[]>(
      `
SELECT device_ids, payload FROM history_runs
 WHERE device_group = ? AND slice >= ? AND generation = ? AND lane = ? AND LOCATE(?, device_ids) > 0
 ORDER BY run_id`,
      [groupOf(device.deviceId), sliceOf(from), generation, lane, wanted],
    );
    for (const run of runs) {
      const place = readDeviceIds(run['device_ids'] as Buffer).indexOf(device.deviceId);
      // Four bytes in a row may be the end of one key and the beginning of the next.
      if (place < 0) continue;
      for (const block of readBlocks(run['payload'] as Buffer, place))
        samples.push(...readSampleChunk(block));
    }
    const [chunks] = await connection.query<RowDataPacket[]>(
      `
SELECT device_ids, payload FROM history_fresh
 WHERE generation = ? AND lane = ? AND LOCATE(?, device_ids) > 0
 ORDER BY chunk_id`,
      [generation, lane, wanted],
    );
    for (const chunk of chunks) {
      const all = readSampleChunk(chunk['payload'] as Buffer);
      for (const [index, deviceId] of readDeviceIds(chunk['device_ids'] as Buffer).entries())
        if (deviceId === device.deviceId) samples.push(all[index]!);
    }
  }
  return samples.filter(({ at }) => at >= from);
}

/** Generations of the log that have samples which are not at rest; the oldest first. Usually there is one. */
export async function generationsWithSamples(
  connection: Connection,
): Promise<{ generation: number; lanes: number }[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT g.generation, g.lanes FROM log_generations AS g
 WHERE EXISTS (SELECT 1 FROM history_fresh AS f WHERE f.generation = g.generation)
    OR EXISTS (SELECT 1 FROM history_runs AS r WHERE r.generation = g.generation)
 ORDER BY g.generation`,
  );
  return rows.map((row) => ({ generation: Number(row['generation']), lanes: Number(row['lanes']) }));
}
