import type { RowDataPacket } from 'mysql2/promise';
import type { SingleConnection } from '@cpemon/database';
import { hasRoomForDdl } from './ddl-room.js';
import type { LogPartition } from './log-partitions.js';

export interface DropReport {
  /** Names of the partitions dropped by this call. */
  dropped: string[];
  /** Names of those that are due but were in use, or hold what a mandatory group has not applied; all on a full disk. */
  left: string[];
}

/** How long DDL may wait for the table, seconds: appends that come behind it wait as well. */
const DDL_WAIT_SECONDS = 1;
const LOCK_WAIT = 1205;
/** The partition is not there: somebody else dropped it. Named in DDL, named in a query. */
const NO_SUCH_PARTITION = [1507, 1735];

/**
 * Drops the partitions that lie wholly before the mark; the catch-all is none of them. May be done twice, by two
 * processes at once, and broken off anywhere. One that holds something unapplied stays: a database's clock that was
 * set back can put new records into an old hour.
 */
export async function dropLogPartitions(
  connection: SingleConnection,
  partitions: readonly LogPartition[],
  lowWaterHour: number,
  thisHour: number,
): Promise<DropReport> {
  const due = partitions.filter(({ endHour }) => endHour <= lowWaterHour);
  const report: DropReport = { dropped: [], left: [] };
  if (due.length === 0) return report;
  if (thisHour < lowWaterHour) return { dropped: [], left: due.map(({ name }) => name) };
  await connection.query('SET SESSION lock_wait_timeout = ?', [DDL_WAIT_SECONDS]);
  if (!(await hasRoomForDdl(connection))) return { dropped: [], left: due.map(({ name }) => name) };
  for (const { name } of due) {
    try {
      if (await holdsUnapplied(connection, name)) {
        report.left.push(name);
        continue;
      }
      await connection.query('ALTER TABLE log_records DROP PARTITION ??', [name]);
      report.dropped.push(name);
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno === LOCK_WAIT) {
        report.left.push(...due.slice(due.findIndex((each) => each.name === name)).map((each) => each.name));
        break;
      }
      if (errno === undefined || !NO_SUCH_PARTITION.includes(errno)) throw error;
    }
  }
  return report;
}

/** One probe of the primary key a lane: the lanes are few, the records are not. */
async function holdsUnapplied(connection: SingleConnection, partition: string): Promise<boolean> {
  const [lanes] = await connection.query<RowDataPacket[]>(
    `
SELECT l.generation, l.lane, MIN(COALESCE(o.applied_seq, 0)) AS applied
  FROM log_lanes AS l
  JOIN log_groups AS g ON g.mandatory
  LEFT JOIN log_offsets AS o ON o.grp = g.grp AND o.generation = l.generation AND o.lane = l.lane
 GROUP BY l.generation, l.lane, l.head_seq
HAVING applied < l.head_seq`,
  );
  for (const { generation, lane, applied } of lanes) {
    const [found] = await connection.query<RowDataPacket[]>(
      `SELECT 1 FROM log_records PARTITION (??) WHERE generation = ? AND lane = ? AND last_seq > ? LIMIT 1`,
      [partition, generation, lane, applied],
    );
    if (found.length > 0) return true;
  }
  return false;
}
