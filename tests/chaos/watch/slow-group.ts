import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** A consumer group that must not lose anything either: retention waits for it. */
export const SLOW_GROUP = 'chaos';

/** Joins the log at its beginning, as a mandatory group. */
export async function joinSlowGroup(connection: SingleConnection): Promise<void> {
  await connection.query('INSERT INTO log_groups (grp, mandatory, created_at) VALUES (?, TRUE, SYSDATE(3))', [
    SLOW_GROUP,
  ]);
  await connection.query(
    'INSERT INTO log_offsets (grp, generation, lane) SELECT ?, generation, lane FROM log_lanes',
    [SLOW_GROUP],
  );
}

/**
 * Takes the oldest hour that it has not taken, of every lane; the hours of the running log stay untaken. It passes no
 * hole: a lane of which something is gone stays where it is, for the comparison to find.
 * @returns the hour, or null when none is left
 */
export async function takeOldestHour(connection: SingleConnection): Promise<number | null> {
  const [[oldest]] = await connection.query<RowDataPacket[]>(
    `SELECT MIN(r.received_hour) AS hour
       FROM log_records AS r
       JOIN log_offsets AS o ON o.grp = ? AND o.generation = r.generation AND o.lane = r.lane
        AND r.last_seq > o.applied_seq
      WHERE r.received_hour < UNIX_TIMESTAMP() DIV 3600 - 2`,
    [SLOW_GROUP],
  );
  if (oldest === undefined || oldest['hour'] === null) return null;
  const hour = Number(oldest['hour']);
  await connection.query(
    `UPDATE log_offsets AS o
       JOIN (SELECT generation, lane, MIN(last_seq - event_count + 1) AS first_seq, MAX(last_seq) AS seq
               FROM log_records WHERE received_hour = ? GROUP BY generation, lane) AS r
         ON r.generation = o.generation AND r.lane = o.lane AND r.first_seq = o.applied_seq + 1
        SET o.applied_seq = r.seq, o.applied_hour = ?
      WHERE o.grp = ?`,
    [hour, hour, SLOW_GROUP],
  );
  return hour;
}
