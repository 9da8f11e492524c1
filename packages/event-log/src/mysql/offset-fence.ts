import type { SingleConnection } from '@cpemon/database';
import type { ResultSetHeader } from 'mysql2';
import type { Membership } from './membership.js';

/** How one lane's position moves in a state transaction. */
export interface OffsetMove {
  lane: number;
  epoch: number;
  fromOffset: number;
  toOffset: number;
  toHour: number;
  /** Database time, epoch ms. */
  watermark: number;
  duplicates: number;
  late: number;
}

/** The lanes are not all ours as we believed: the lease ran out, or somebody moved an offset. */
export class FenceError extends Error {
  override readonly name = 'FenceError';
}

/**
 * Moves the offsets of some lanes: the first statement of every state transaction and its fence. It writes the rows
 * that claiming a lane writes, and must match every lane with our epoch, the offset we started from and a lease
 * that still runs.
 * @throws FenceError when it matched fewer; the caller rolls back
 */
export async function moveOffsets(
  connection: SingleConnection,
  membership: Membership,
  moves: readonly OffsetMove[],
): Promise<void> {
  const byLane = (value: (move: OffsetMove) => number): [string, number[]] => [
    `CASE lane ${moves.map(() => 'WHEN ? THEN ?').join(' ')} END`,
    moves.flatMap((move) => [move.lane, value(move)]),
  ];
  const [offset, offsets] = byLane((move) => move.toOffset);
  const [hour, hours] = byLane((move) => move.toHour);
  const [watermark, watermarks] = byLane((move) => move.watermark / 1000);
  const [duplicates, duplicateCounts] = byLane((move) => move.duplicates);
  const [late, lateCounts] = byLane((move) => move.late);
  const [result] = await connection.query<ResultSetHeader>(
    `UPDATE log_offsets
     SET applied_seq = ${offset}, applied_hour = ${hour},
       watermark = GREATEST(COALESCE(watermark, FROM_UNIXTIME(0)), FROM_UNIXTIME(${watermark})),
       duplicates = duplicates + ${duplicates}, late = late + ${late}
     WHERE grp = ? AND generation = ? AND owner = ?
       AND (${moves.map(() => '(lane = ? AND epoch = ? AND applied_seq = ?)').join(' OR ')})
       AND EXISTS (SELECT 1 FROM log_members WHERE grp = ? AND member = ? AND lease_until > SYSDATE(3))`,
    [
      ...offsets,
      ...hours,
      ...watermarks,
      ...duplicateCounts,
      ...lateCounts,
      membership.group,
      membership.generation,
      membership.member,
      ...moves.flatMap((move) => [move.lane, move.epoch, move.fromOffset]),
      membership.group,
      membership.member,
    ],
  );
  if (result.affectedRows !== moves.length) {
    throw new FenceError(
      `${moves.length - result.affectedRows} of ${moves.length} lanes are not ours any more`,
    );
  }
}
