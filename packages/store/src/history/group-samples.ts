import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  readBlocks,
  readDeviceIds,
  readSampleChunk,
  unpackSamples,
  uniqueSamples,
  type Sample,
} from '@cpemon/history';
import { readPayloads } from './history-rows.js';
import { DEVICES_A_GROUP, sliceOf } from './slices.js';

/** A device as its past readings are judged. */
export interface HistoryGroupDevice {
  deviceId: number;
  serialNumber: string;
  model: string | null;
  firmware: string | null;
  /** A row of label_sets; 0 for none. */
  labelSetId: number;
  intervalSeconds: number | null;
}

/** The devices whose history lies together (slices.ts). */
export async function readGroupDevices(connection: Connection, group: number): Promise<HistoryGroupDevice[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT d.device_id AS deviceId, d.serial_number AS serialNumber, d.model, s.sw_version AS firmware,
       COALESCE(i.label_set_id, 0) AS labelSetId, s.interval_seconds AS intervalSeconds
  FROM devices AS d
  JOIN device_state AS s ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id
 WHERE d.device_id >= ? AND d.device_id < ?
 ORDER BY d.device_id`,
    [group * DEVICES_A_GROUP, (group + 1) * DEVICES_A_GROUP],
  );
  return rows as HistoryGroupDevice[];
}

/** The number of the last such group; -1 when there is no device. */
export async function readLastGroup(connection: Connection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT MAX(device_id) AS last FROM devices');
  const last = rows[0]?.['last'] as number | null;
  return last === null ? -1 : Math.floor(last / DEVICES_A_GROUP);
}

/**
 * Samples of a group's devices by device, each once and in the order of time. Those of the last minutes, which are not
 * in the order of devices yet, are left out.
 * @param from epoch ms; `to` exclusive
 */
export async function readGroupSamples(
  connection: Connection,
  group: number,
  deviceIds: readonly number[],
  { from, to }: { from: number; to: number },
): Promise<Map<number, Sample[]>> {
  const found = new Map<number, Sample[]>();
  const add = (deviceId: number, samples: readonly Sample[]): void => {
    const own = found.get(deviceId);
    if (own === undefined) found.set(deviceId, [...samples]);
    else own.push(...samples);
  };
  const [first, last] = [sliceOf(from), sliceOf(to - 1)];
  const slices = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
  for (const [deviceId, payloads] of await readPayloads(connection, 'history_samples', deviceIds, slices))
    for (const payload of payloads.values()) add(deviceId, unpackSamples(payload));
  const [runs] = await connection.query<RowDataPacket[]>(
    `
SELECT device_ids, payload FROM history_runs
 WHERE device_group = ? AND slice BETWEEN ? AND ?
 ORDER BY run_id`,
    [group, first, last],
  );
  for (const run of runs) {
    const blocks = readBlocks(run['payload'] as Buffer);
    for (const [place, deviceId] of readDeviceIds(run['device_ids'] as Buffer).entries())
      add(deviceId, readSampleChunk(blocks[place]!));
  }
  for (const [deviceId, samples] of found) {
    const within = uniqueSamples(samples).filter(({ at }) => at >= from && at < to);
    found.set(
      deviceId,
      within.sort((one, other) => one.at - other.at),
    );
  }
  return found;
}
