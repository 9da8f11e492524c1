import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { SingleConnection } from '@cpemon/database';
import type { GroupPosition } from './retention-holds.js';

/** A group that nobody waits for, and what it will not get any more. */
export interface LostPlace {
  group: string;
  generation: number;
  lane: number;
  /** Events between where it was and where it goes on. */
  lostEvents: number;
}

/**
 * Moves optional groups that are behind the mark to the first event that is still kept. The rows are locked, and the
 * epoch moves on, so that an owner who is at work there commits nothing more and loads its position again.
 */
export async function movePlaces(
  transaction: SingleConnection,
  positions: readonly GroupPosition[],
  lowWaterHour: number,
): Promise<LostPlace[]> {
  const lost: LostPlace[] = [];
  for (const position of positions) {
    const { group, mandatory, generation, lane, appliedSequence } = position;
    if (mandatory || appliedSequence >= position.headSequence) continue;
    const place = await firstKeptPosition(transaction, position, lowWaterHour);
    if (place <= appliedSequence) continue;
    const lostEvents = place - appliedSequence;
    const [changed] = await transaction.query<ResultSetHeader>(
      `
UPDATE log_offsets SET applied_seq = ?, applied_hour = ?, owner = NULL, epoch = epoch + 1
 WHERE grp = ? AND generation = ? AND lane = ?`,
      [place, lowWaterHour, group, generation, lane],
    );
    // It has never been in this lane; when it comes, it begins here and the next call sees it.
    if (changed.affectedRows === 0) continue;
    await transaction.query(
      `
INSERT INTO log_groups (grp, mandatory, created_at, lost_events, lost_at) VALUES (?, FALSE, SYSDATE(3), ?, SYSDATE(3))
ON DUPLICATE KEY UPDATE lost_events = lost_events + VALUES(lost_events), lost_at = VALUES(lost_at)`,
      [group, lostEvents],
    );
    lost.push({ group, generation, lane, lostEvents });
  }
  return lost;
}

/** The sequence before the first record of the lane that is kept; its head when nothing of it is. */
async function firstKeptPosition(
  transaction: SingleConnection,
  { generation, lane, headSequence }: GroupPosition,
  lowWaterHour: number,
): Promise<number> {
  const [[row]] = await transaction.query<RowDataPacket[]>(
    `
SELECT last_seq - event_count AS place FROM log_records FORCE INDEX (PRIMARY)
 WHERE generation = ? AND lane = ? AND received_hour >= ?
 ORDER BY last_seq
 LIMIT 1`,
    [generation, lane, lowWaterHour],
  );
  return row === undefined ? headSequence : Math.min(Number(row['place']), headSequence);
}
