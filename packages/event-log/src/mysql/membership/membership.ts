import type { SingleConnection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import type { LaneOwnership } from './fair-share.js';

/** A consumer group in one generation, as seen by one of its members. */
export interface Membership {
  group: string;
  generation: number;
  member: string;
  host: string;
  version: string;
  leaseMs: number;
}

/** Renews this member's lease, or enters it; the lease runs on the database's clock. */
export async function renewLease(connection: SingleConnection, membership: Membership): Promise<void> {
  await connection.query(
    `INSERT INTO log_members (grp, member, lease_until, started_at, host, version)
     VALUES (?, ?, SYSDATE(3) + INTERVAL ? MICROSECOND, SYSDATE(3), ?, ?)
     ON DUPLICATE KEY UPDATE lease_until = VALUES(lease_until)`,
    [membership.group, membership.member, membership.leaseMs * 1000, membership.host, membership.version],
  );
}

/**
 * Members whose lease still runs. One that ends further ahead than a lease is long is over: the database's clock
 * was set back since.
 */
export async function liveMembers(connection: SingleConnection, membership: Membership): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT member FROM log_members
     WHERE grp = ? AND lease_until > SYSDATE(3) AND lease_until <= SYSDATE(3) + INTERVAL ? MICROSECOND`,
    [membership.group, membership.leaseMs * 1000 + 1_000_000],
  );
  return rows.map((row) => row['member'] as string);
}

/** Makes sure that the group has a position in every lane. */
export async function ensureOffsets(connection: SingleConnection, membership: Membership): Promise<void> {
  await connection.query(
    `INSERT INTO log_offsets (grp, generation, lane, applied_seq)
     SELECT ?, l.generation, l.lane, l.base_seq
     FROM log_lanes AS l
     LEFT JOIN log_offsets AS o ON o.grp = ? AND o.generation = l.generation AND o.lane = l.lane
     WHERE l.generation = ? AND o.lane IS NULL
     ON DUPLICATE KEY UPDATE log_offsets.lane = VALUES(lane)`,
    [membership.group, membership.group, membership.generation],
  );
}

export async function readOwnership(
  connection: SingleConnection,
  membership: Membership,
): Promise<LaneOwnership[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT lane, owner, epoch FROM log_offsets WHERE grp = ? AND generation = ? ORDER BY lane',
    [membership.group, membership.generation],
  );
  return rows.map((row) => ({
    lane: row['lane'] as number,
    owner: row['owner'] as string | null,
    epoch: Number(row['epoch']),
  }));
}

/**
 * Takes a lane as it was seen; the epoch that proves the new ownership, or null when somebody was faster.
 * Writes the row that every state transaction of the lane writes first, so it waits for one that is under way.
 */
export async function claimLane(
  connection: SingleConnection,
  membership: Membership,
  seen: LaneOwnership,
): Promise<number | null> {
  const [result] = await connection.query<ResultSetHeader>(
    `UPDATE log_offsets SET owner = ?, epoch = epoch + 1
     WHERE grp = ? AND generation = ? AND lane = ? AND epoch = ? AND owner <=> ?`,
    [membership.member, membership.group, membership.generation, seen.lane, seen.epoch, seen.owner],
  );
  return result.affectedRows === 1 ? seen.epoch + 1 : null;
}

/** Hands lanes back; those that are no longer ours are left alone. */
export async function releaseLanes(
  connection: SingleConnection,
  membership: Membership,
  lanes: readonly { lane: number; epoch: number }[],
): Promise<void> {
  if (lanes.length === 0) return;
  await connection.query(
    `UPDATE log_offsets SET owner = NULL
     WHERE grp = ? AND generation = ? AND owner = ? AND (lane, epoch) IN (?)`,
    [
      membership.group,
      membership.generation,
      membership.member,
      lanes.map(({ lane, epoch }) => [lane, epoch]),
    ],
  );
}

export async function leaveGroup(connection: SingleConnection, membership: Membership): Promise<void> {
  await connection.query('DELETE FROM log_members WHERE grp = ? AND member = ?', [
    membership.group,
    membership.member,
  ]);
}
