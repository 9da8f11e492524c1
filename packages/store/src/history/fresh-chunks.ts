import type { Connection } from '@cpemon/database';

/** The samples of one lane that a state transaction takes with it. */
export interface FreshChunk {
  generation: number;
  lane: number;
  /** See `deviceIdBytes`; one for each sample, in their order. */
  deviceIds: Buffer;
  /** See `createSampleChunk`. */
  payload: Buffer;
}

/** One statement for all lanes: far below the smallest packet limit, as a batch is. */
export async function addFreshChunks(transaction: Connection, chunks: readonly FreshChunk[]): Promise<void> {
  if (chunks.length === 0) return;
  const rows = chunks.map(
    ({ generation, lane, deviceIds, payload }) =>
      `(${generation},${lane},UTC_TIMESTAMP(3),X'${deviceIds.toString('hex')}',X'${payload.toString('hex')}')`,
  );
  await transaction.query(
    `INSERT INTO history_fresh (generation, lane, made_at, device_ids, payload) VALUES ${rows.join(',')}`,
    // null, not no values: with none the driver looks through the whole text for placeholders.
    null,
  );
}
