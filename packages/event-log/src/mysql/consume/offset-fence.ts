import type { SingleConnection } from '@cpemon/database';
import type { ResultSetHeader } from 'mysql2';
import type { Membership } from '../membership/membership.js';

/** What a state transaction adds to the counters of a lane; negative takes away. */
export interface LaneCounterDeltas {
  /** Where the offset goes and the hour of the record there; both absent: it stays. */
  toOffset?: number;
  toHour?: number;
  /** Database time, epoch ms; absent: it stays. Never moves back. */
  watermark?: number;
  duplicates?: number;
  late?: number;
  quarantined?: number;
  erased?: number;
  appliedBytes?: number;
  parkedEvents?: number;
  parkedDevices?: number;
  deadLetters?: number;
  discarded?: number;
  skipped?: number;
}

/** How one lane's row moves in a state transaction. */
export interface OffsetMove extends LaneCounterDeltas {
  lane: number;
  epoch: number;
  /** What we believe the offset and its record's hour to be. */
  fromOffset: number;
  fromHour: number;
}

/** The lanes are not all ours as we believed: the lease ran out, or somebody moved an offset. */
export class FenceError extends Error {
  override readonly name = 'FenceError';
}

const COUNTERS = [
  ['duplicates', 'duplicates'],
  ['late', 'late'],
  ['quarantined', 'quarantined'],
  ['erased', 'erased'],
  ['appliedBytes', 'applied_bytes'],
  ['parkedEvents', 'parked_events'],
  ['parkedDevices', 'parked_devices'],
  ['deadLetters', 'dead_letters'],
  ['discarded', 'discarded'],
  ['skipped', 'skipped'],
] as const;

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
  const values: number[] = [];
  const byLane = (value: (move: OffsetMove) => number): string => {
    values.push(...moves.flatMap((move) => [move.lane, value(move)]));
    return `CASE lane ${moves.map(() => 'WHEN ? THEN ?').join(' ')} END`;
  };
  const assignments = [
    `applied_seq = ${byLane((move) => move.toOffset ?? move.fromOffset)}`,
    `applied_hour = ${byLane((move) => move.toHour ?? move.fromHour)}`,
  ];
  if (moves.some(({ watermark }) => watermark !== undefined)) {
    const watermark = byLane((move) => (move.watermark ?? 0) / 1000);
    assignments.push(
      `watermark = GREATEST(COALESCE(watermark, FROM_UNIXTIME(0)), FROM_UNIXTIME(${watermark}))`,
    );
  }
  for (const [name, column] of COUNTERS) {
    if (moves.every((move) => (move[name] ?? 0) === 0)) continue;
    assignments.push(`${column} = ${column} + ${byLane((move) => move[name] ?? 0)}`);
  }
  const [result] = await connection.query<ResultSetHeader>(
    `UPDATE log_offsets
     SET ${assignments.join(', ')}
     WHERE grp = ? AND generation = ? AND owner = ?
       AND (${moves.map(() => '(lane = ? AND epoch = ? AND applied_seq = ?)').join(' OR ')})
       AND EXISTS (SELECT 1 FROM log_members WHERE grp = ? AND member = ? AND lease_until > SYSDATE(3))`,
    [
      ...values,
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
