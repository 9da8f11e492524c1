import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  packSamples,
  readBlocks,
  readDeviceIds,
  readSampleChunk,
  unpackSamples,
  type Sample,
} from '@cpemon/history';
import { breathe } from './breathe.js';
import { readHistoryMarks } from './history-marks.js';
import { readPayloads, writePayloads, type PayloadRow } from './history-rows.js';
import { SLICES_A_DAY } from './slices.js';

/** Runs of devices with neighbouring keys in one slice: packed in one step. */
export interface RunGroup {
  group: number;
  slice: number;
}

const DEVICES_A_BREATH = 10;

/** Some groups of runs of slices before this one, in the order in which they are to be packed. */
export async function findRunGroups(
  connection: Connection,
  beforeSlice: number,
  most: number,
): Promise<RunGroup[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT DISTINCT slice, device_group AS deviceGroup
  FROM history_runs FORCE INDEX (by_slice)
 WHERE slice < ?
 ORDER BY slice, device_group
 LIMIT ?`,
    [beforeSlice, most],
  );
  return rows.map((row) => ({ group: Number(row['deviceGroup']), slice: Number(row['slice']) }));
}

/**
 * Joins the runs of a group with what is at rest of the same slice and removes them, all in this transaction; their day
 * is due to be rolled up. Devices that are not there any more, and slices that are let go, take theirs along.
 * @returns devices written
 */
export async function closeRunGroup(transaction: Connection, { group, slice }: RunGroup): Promise<number> {
  const { runIds, devices } = await takeRuns(transaction, { group, slice });
  if (runIds.length === 0) return 0;
  const marks = await readHistoryMarks(transaction);
  const deviceIds = slice < marks.samples ? [] : await existing(transaction, [...devices.keys()]);
  if (deviceIds.length > 0) {
    const atRest = await readPayloads(transaction, 'history_samples', deviceIds, [slice]);
    const rows: PayloadRow[] = [];
    for (const [index, deviceId] of deviceIds.entries()) {
      if (index % DEVICES_A_BREATH === 0) await breathe();
      const known = atRest.get(deviceId)?.get(slice);
      const before = known === undefined ? [] : unpackSamples(known);
      rows.push([slice, deviceId, packSamples([...before, ...devices.get(deviceId)!])]);
    }
    await writePayloads(transaction, 'history_samples', rows);
    await transaction.query(
      'INSERT INTO history_due (day, device_group) VALUES (?, ?) ON DUPLICATE KEY UPDATE day = VALUES(day)',
      [Math.floor(slice / SLICES_A_DAY), group],
    );
  }
  await transaction.query('DELETE FROM history_runs WHERE device_group = ? AND slice = ? AND run_id IN (?)', [
    ...[group, slice],
    runIds,
  ]);
  return deviceIds.length;
}

/** Locked, so that a rebuild which clears a lane waits. In the order in which they were made. */
async function takeRuns(
  transaction: Connection,
  { group, slice }: RunGroup,
): Promise<{ runIds: number[]; devices: Map<number, Sample[]> }> {
  const [runs] = await transaction.query<RowDataPacket[]>(
    `
SELECT run_id, device_ids, payload FROM history_runs
 WHERE device_group = ? AND slice = ?
 ORDER BY run_id
   FOR UPDATE`,
    [group, slice],
  );
  const devices = new Map<number, Sample[]>();
  for (const run of runs) {
    await breathe();
    const blocks = readBlocks(run['payload'] as Buffer);
    for (const [index, deviceId] of readDeviceIds(run['device_ids'] as Buffer).entries()) {
      const known = devices.get(deviceId);
      if (known === undefined) devices.set(deviceId, readSampleChunk(blocks[index]!));
      else for (const sample of readSampleChunk(blocks[index]!)) known.push(sample);
    }
  }
  return { runIds: runs.map((run) => Number(run['run_id'])), devices };
}

/** Those that are registered, in order. */
async function existing(transaction: Connection, deviceIds: readonly number[]): Promise<number[]> {
  const [rows] = await transaction.query<RowDataPacket[]>(
    'SELECT device_id FROM devices WHERE device_id IN (?) ORDER BY device_id',
    [deviceIds],
  );
  return rows.map((row) => Number(row['device_id']));
}
