import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { laneOf } from '@cpemon/domain';
import {
  bundleBlocks,
  chunkOfSamples,
  deviceIdBytes,
  readBlocks,
  readDeviceIds,
  readSampleChunk,
} from '@cpemon/history';
import type { JobHands } from '../run-job.js';
import { breathe } from './breathe.js';
import { groupOf } from './slices.js';
import { generationsWithSamples, type HistoryDevice } from './unpacked-samples.js';

type Hands = Pick<JobHands, 'connection' | 'transact'>;

/** Spans of a tier whose rows go in one transaction. */
const SPANS_A_STEP = 200;

/**
 * Removes the samples and roll-ups of a device in every tier. In the order in which packing moves them, each tier in
 * transactions of its own: what is moved on meanwhile is locked, and found in the next tier when that is over.
 * @param device its key means no device any more, so nothing is added
 * @returns how many rows were removed, or written without it
 */
export async function eraseHistoryOfDevice(hands: Hands, device: HistoryDevice): Promise<number> {
  let rows = 0;
  for (const { generation, lanes } of await generationsWithSamples(hands.connection)) {
    const place = { generation, lane: laneOf(device.serialNumber, lanes) };
    rows += await eraseFresh(hands, place, device.deviceId);
    rows += await eraseRuns(hands, place, device.deviceId);
  }
  for (const [table, span] of [
    ['history_samples', 'slice'],
    ['history_hours', 'day'],
    ['history_days', 'day'],
  ] as const)
    rows += await eraseAtRest(hands, table, span, device.deviceId);
  return rows;
}

interface Place {
  generation: number;
  lane: number;
}

async function eraseFresh(
  { connection, transact }: Hands,
  { generation, lane }: Place,
  deviceId: number,
): Promise<number> {
  const [chunks] = await connection.query<RowDataPacket[]>(
    `SELECT chunk_id FROM history_fresh
      WHERE generation = ? AND lane = ? AND LOCATE(?, device_ids) > 0 ORDER BY chunk_id`,
    [generation, lane, deviceIdBytes([deviceId])],
  );
  let rows = 0;
  for (const { chunk_id: chunkId } of chunks) {
    const key: unknown[] = [generation, lane, chunkId];
    rows += await transact(async (transaction) => {
      const [[chunk]] = await transaction.query<RowDataPacket[]>(
        `SELECT device_ids, payload FROM history_fresh
          WHERE generation = ? AND lane = ? AND chunk_id = ? FOR UPDATE`,
        key,
      );
      if (chunk === undefined) return 0;
      const deviceIds = readDeviceIds(chunk['device_ids'] as Buffer);
      const samples = readSampleChunk(chunk['payload'] as Buffer);
      const left = deviceIds.filter((each) => each !== deviceId);
      if (left.length === deviceIds.length) return 0;
      const kept = samples.filter((_, index) => deviceIds[index] !== deviceId);
      const [result] = await transaction.query<ResultSetHeader>(
        left.length === 0
          ? 'DELETE FROM history_fresh WHERE generation = ? AND lane = ? AND chunk_id = ?'
          : `UPDATE history_fresh SET device_ids = ?, payload = ?
              WHERE generation = ? AND lane = ? AND chunk_id = ?`,
        [...(left.length === 0 ? [] : [deviceIdBytes(left), chunkOfSamples(kept)]), ...key],
      );
      return result.affectedRows;
    });
    await breathe();
  }
  return rows;
}

async function eraseRuns(
  { connection, transact }: Hands,
  { generation, lane }: Place,
  deviceId: number,
): Promise<number> {
  const group = groupOf(deviceId);
  const [runs] = await connection.query<RowDataPacket[]>(
    `SELECT slice, run_id FROM history_runs
      WHERE device_group = ? AND generation = ? AND lane = ? AND LOCATE(?, device_ids) > 0 ORDER BY slice, run_id`,
    [group, generation, lane, deviceIdBytes([deviceId])],
  );
  const which = 'device_group = ? AND slice = ? AND generation = ? AND lane = ? AND run_id = ?';
  let rows = 0;
  for (const { slice, run_id: runId } of runs) {
    const key: unknown[] = [group, slice, generation, lane, runId];
    rows += await transact(async (transaction) => {
      const [[run]] = await transaction.query<RowDataPacket[]>(
        `SELECT device_ids, payload FROM history_runs WHERE ${which} FOR UPDATE`,
        key,
      );
      if (run === undefined) return 0;
      const deviceIds = readDeviceIds(run['device_ids'] as Buffer);
      const place = deviceIds.indexOf(deviceId);
      if (place < 0) return 0;
      const blocks = readBlocks(run['payload'] as Buffer);
      deviceIds.splice(place, 1);
      blocks.splice(place, 1);
      const [result] = await transaction.query<ResultSetHeader>(
        deviceIds.length === 0
          ? `DELETE FROM history_runs WHERE ${which}`
          : `UPDATE history_runs SET device_ids = ?, payload = ? WHERE ${which}`,
        [...(deviceIds.length === 0 ? [] : [deviceIdBytes(deviceIds), bundleBlocks(blocks)]), ...key],
      );
      return result.affectedRows;
    });
    await breathe();
  }
  return rows;
}

/** A key begins with its time, so each time is named. */
async function eraseAtRest(
  { connection, transact }: Hands,
  table: 'history_samples' | 'history_hours' | 'history_days',
  span: 'slice' | 'day',
  deviceId: number,
): Promise<number> {
  const [spans] = await connection.query<RowDataPacket[]>(`SELECT DISTINCT ${span} AS span FROM ${table}`);
  let rows = 0;
  for (let first = 0; first < spans.length; first += SPANS_A_STEP) {
    const some = spans.slice(first, first + SPANS_A_STEP).map((row) => Number(row['span']));
    rows += await transact(async (transaction) => {
      const [result] = await transaction.query<ResultSetHeader>(
        `DELETE FROM ${table} WHERE ${span} IN (?) AND device_id = ?`,
        [some, deviceId],
      );
      return result.affectedRows;
    });
  }
  return rows;
}
