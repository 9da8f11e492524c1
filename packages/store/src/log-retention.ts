import type { RowDataPacket } from 'mysql2/promise';
import type { Connection, SingleConnection } from '@cpemon/database';
import { dropLogPartitions, type DropReport } from './drop-log-partitions.js';
import { listLogPartitions } from './log-partitions.js';
import { movePlaces, type LostPlace } from './lost-places.js';
import { retentionAim, type LogRetentionPolicy } from './retention-aim.js';
import { findRetentionHolds, lockGroupPositions, type RetentionHold } from './retention-holds.js';
import type { JobHands } from './run-job.js';

/** The low-water mark: records of hours before it are refused by readers, replay and rebuild. Hours since 1970. */
export interface LowWaterMark {
  lowWaterHour: number;
  /** Where it would be if nothing needed what lies before. */
  wantedHour: number;
  /** What does, in words; empty when nothing. */
  heldBy: string;
}

export interface RetentionReport extends LowWaterMark, DropReport {
  /** The mark was moved by this call. */
  moved: boolean;
  lostPlaces: LostPlace[];
}

export async function readLowWaterMark(connection: Connection): Promise<LowWaterMark> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT low_water_hour, wanted_hour, held_by FROM log_retention WHERE id = 1',
  );
  return {
    lowWaterHour: Number(row?.['low_water_hour'] ?? 0),
    wantedHour: Number(row?.['wanted_hour'] ?? 0),
    heldBy: (row?.['held_by'] as string | undefined) ?? '',
  };
}

/**
 * Lets go of what is older than the policy and what every mandatory group has applied: first the mark moves, in a
 * transaction fenced by the job's lease, then the partitions wholly before it go. Partitions that could not be dropped
 * are dropped by a later call.
 */
export async function applyLogRetention(
  { connection, transact }: JobHands,
  policy: LogRetentionPolicy,
): Promise<RetentionReport> {
  const { thisHour, partitions } = await listLogPartitions(connection);
  const before = await readLowWaterMark(connection);
  const aim = retentionAim(partitions, thisHour, policy);
  const moved =
    aim > before.lowWaterHour
      ? await transact((transaction) => moveLowWaterMark(transaction, aim))
      : { mark: { ...before, wantedHour: before.lowWaterHour, heldBy: '' }, lostPlaces: [] };
  if (aim <= before.lowWaterHour && before.heldBy !== '')
    await transact((transaction) => writeMark(transaction, moved.mark));
  const dropped = await dropLogPartitions(connection, partitions, moved.mark.lowWaterHour, thisHour);
  return {
    ...moved.mark,
    ...dropped,
    moved: moved.mark.lowWaterHour > before.lowWaterHour,
    lostPlaces: moved.lostPlaces,
  };
}

/**
 * Who sets an offset back (rebuild) locks its row; who asks for a replay or a rebuild locks the mark's row. Both are
 * locked here before anything is looked at, the offsets first, so whoever comes later sees the new mark.
 */
async function moveLowWaterMark(
  transaction: SingleConnection,
  wantedHour: number,
): Promise<{ mark: LowWaterMark; lostPlaces: LostPlace[] }> {
  const positions = await lockGroupPositions(transaction);
  const [[row]] = await transaction.query<RowDataPacket[]>(
    'SELECT low_water_hour FROM log_retention WHERE id = 1 FOR UPDATE',
  );
  const current = Number(row?.['low_water_hour']);
  const holds = await findRetentionHolds(transaction, positions, current, wantedHour);
  const earliest = holds.reduce<RetentionHold | undefined>(
    (found, hold) => (found === undefined || hold.hour < found.hour ? hold : found),
    undefined,
  );
  const lowWaterHour = Math.max(current, Math.min(wantedHour, earliest?.hour ?? wantedHour));
  const mark = { lowWaterHour, wantedHour, heldBy: earliest?.why ?? '' };
  await writeMark(transaction, mark);
  return { mark, lostPlaces: await movePlaces(transaction, positions, lowWaterHour) };
}

async function writeMark(transaction: SingleConnection, mark: LowWaterMark): Promise<void> {
  await transaction.query(
    `
UPDATE log_retention
   SET moved_at = IF(low_water_hour = ?, moved_at, SYSDATE(3)), low_water_hour = ?, wanted_hour = ?, held_by = LEFT(?, 255)
 WHERE id = 1`,
    [mark.lowWaterHour, mark.lowWaterHour, mark.wantedHour, mark.heldBy],
  );
}
