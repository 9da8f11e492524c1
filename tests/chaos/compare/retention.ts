import type { RowDataPacket } from 'mysql2';
import { SLOW_GROUP } from '../watch/slow-group.js';
import type { Comparison, Violation } from './comparison.js';

/** Retention waits for every mandatory group: all that follows the position of a slow one is still there. */
export const retention: Comparison = {
  table: 'log_retention',
  async compare({ connection }) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT l.generation, l.lane, l.head_seq - o.applied_seq AS due, o.applied_seq + 1 AS next,
              COALESCE(SUM(r.event_count), 0) AS kept, MIN(r.last_seq - r.event_count + 1) AS first
         FROM log_offsets AS o
         JOIN log_lanes AS l ON l.generation = o.generation AND l.lane = o.lane
         LEFT JOIN log_records AS r ON r.generation = o.generation AND r.lane = o.lane
          AND r.last_seq > o.applied_seq
        WHERE o.grp = ?
        GROUP BY l.generation, l.lane, l.head_seq, o.applied_seq`,
      [SLOW_GROUP],
    );
    return rows.flatMap((row): Violation[] => {
      if (Number(row['due']) === Number(row['kept'])) return [];
      const position = `${row['generation']}-${row['lane']}-${row['next']}`;
      const detail =
        `group ${SLOW_GROUP} has ${row['due']} events to come, the log holds ${row['kept']}, ` +
        `the first of them at ${row['first']}`;
      return [{ kind: 'lost', table: 'log_retention', position, detail }];
    });
  },
};
