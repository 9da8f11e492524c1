import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  bundleBlocks,
  deviceIdBytes,
  chunkOfSamples,
  readDeviceIds,
  readSampleChunk,
  type Sample,
} from '@cpemon/history';
import { breathe } from './breathe.js';
import { groupOf, sliceOf } from './slices.js';

/** A lane with chunks that wait. */
export interface FreshLane {
  generation: number;
  lane: number;
}

/** Chunks are read so many at a time, and taken up to so many bytes: what stands in memory at once. */
const CHUNKS_A_READ = 500;
const BYTES_A_STEP = 32 * 1024 * 1024;
const ROWS_A_STATEMENT = 100;
const DEVICES_A_BREATH = 50;

/** Lanes whose oldest chunk has waited for so long. */
export async function findFreshLanes(connection: Connection, afterSeconds: number): Promise<FreshLane[]> {
  const [lanes] = await connection.query<RowDataPacket[]>(
    'SELECT DISTINCT generation, lane FROM history_fresh',
  );
  const due: FreshLane[] = [];
  for (const row of lanes) {
    const [generation, lane] = [Number(row['generation']), Number(row['lane'])];
    const [[oldest]] = await connection.query<RowDataPacket[]>(
      `
SELECT made_at <= UTC_TIMESTAMP(3) - INTERVAL ? SECOND AS due FROM history_fresh
 WHERE generation = ? AND lane = ?
 ORDER BY chunk_id LIMIT 1`,
      [afterSeconds, generation, lane],
    );
    if (Number(oldest?.['due'] ?? 0) === 1) due.push({ generation, lane });
  }
  return due;
}

/**
 * Puts what waits of a lane in the order of devices, and removes the chunks: all of it in this transaction, so a crash
 * changes nothing. Chunks that are committed meanwhile wait for the next time.
 * @returns samples packed, repeats among them; 0 when nothing waits
 */
export async function packFreshLane(
  transaction: Connection,
  { generation, lane }: FreshLane,
): Promise<number> {
  const { chunkIds, byGroup, samples } = await takeChunks(transaction, generation, lane);
  if (chunkIds.length === 0) return 0;
  const groups = [...byGroup.values()].sort((a, b) => a.group - b.group || a.slice - b.slice);
  let rows: unknown[][] = [];
  const write = async (): Promise<void> => {
    if (rows.length > 0)
      await transaction.query(
        'INSERT INTO history_runs (generation, lane, device_group, slice, device_ids, payload) VALUES ?',
        [rows],
      );
    rows = [];
  };
  for (const { group, slice, devices } of groups) {
    const deviceIds = [...devices.keys()].sort((a, b) => a - b);
    const blocks: Buffer[] = [];
    for (const [index, deviceId] of deviceIds.entries()) {
      if (index % DEVICES_A_BREATH === DEVICES_A_BREATH - 1) await breathe();
      blocks.push(chunkOfSamples(devices.get(deviceId)!));
    }
    rows.push([generation, lane, group, slice, deviceIdBytes(deviceIds), bundleBlocks(blocks)]);
    if (rows.length >= ROWS_A_STATEMENT) await write();
    await breathe();
  }
  await write();
  for (let first = 0; first < chunkIds.length; first += CHUNKS_A_READ) {
    await transaction.query(
      'DELETE FROM history_fresh WHERE generation = ? AND lane = ? AND chunk_id IN (?)',
      [...[generation, lane], chunkIds.slice(first, first + CHUNKS_A_READ)],
    );
  }
  return samples;
}

interface Group {
  group: number;
  slice: number;
  devices: Map<number, Sample[]>;
}

/** Locked, so that a rebuild which clears the lane waits, and finds what was made of them. */
async function takeChunks(
  transaction: Connection,
  generation: number,
  lane: number,
): Promise<{ chunkIds: number[]; byGroup: Map<string, Group>; samples: number }> {
  const chunkIds: number[] = [];
  const byGroup = new Map<string, Group>();
  let samples = 0;
  let bytes = 0;
  while (bytes < BYTES_A_STEP) {
    const [chunks] = await transaction.query<RowDataPacket[]>(
      `
SELECT chunk_id, device_ids, payload FROM history_fresh
 WHERE generation = ? AND lane = ? AND chunk_id > ?
 ORDER BY chunk_id LIMIT ?
   FOR UPDATE`,
      [generation, lane, chunkIds.at(-1) ?? 0, CHUNKS_A_READ],
    );
    for (const row of chunks) {
      chunkIds.push(Number(row['chunk_id']));
      bytes += (row['payload'] as Buffer).length;
      samples += addChunk(byGroup, readDeviceIds(row['device_ids'] as Buffer), row['payload'] as Buffer);
    }
    await breathe();
    if (chunks.length < CHUNKS_A_READ) break;
  }
  return { chunkIds, byGroup, samples };
}

function addChunk(byGroup: Map<string, Group>, deviceIds: readonly number[], payload: Buffer): number {
  const samples = readSampleChunk(payload);
  for (const [index, sample] of samples.entries()) {
    const deviceId = deviceIds[index]!;
    const group = groupOf(deviceId);
    const slice = sliceOf(sample.at);
    const key = `${group}/${slice}`;
    let own = byGroup.get(key);
    if (own === undefined) byGroup.set(key, (own = { group, slice, devices: new Map() }));
    const known = own.devices.get(deviceId);
    if (known === undefined) own.devices.set(deviceId, [sample]);
    else known.push(sample);
  }
  return samples.length;
}
