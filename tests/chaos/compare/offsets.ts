import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

/** Each lane's position and counters against what its devices' events come to. */
export const offsets: Comparison = {
  table: 'log_offsets',
  async compare({ connection }) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT l.generation, l.lane, l.head_seq, GREATEST(COALESCE(o.applied_seq, 0), l.base_seq) AS applied_seq,
              COALESCE(o.duplicates, 0) AS duplicates, COALESCE(o.late, 0) AS late
         FROM log_lanes AS l
         LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = l.generation AND o.lane = l.lane`,
    );
    const violations: Violation[] = [];
    for (const row of rows) {
      const [head, offset] = [Number(row['head_seq']), Number(row['applied_seq'])];
      const position = `${row['generation']}-${row['lane']}-${offset + 1}`;
      const table = 'log_offsets';
      if (offset < head)
        violations.push({ kind: 'stuck', table, position, detail: `${head - offset} events wait` });
      if (offset > head)
        violations.push({ kind: 'phantom', table, position, detail: `applied ${offset} of ${head} events` });
    }
    // Summed over the lanes: a device moves to another lane with a new generation, and takes its counts along.
    const [[sums]] = await connection.query<RowDataPacket[]>(
      `SELECT (SELECT SUM(duplicate_events) FROM device_state) AS duplicates,
              (SELECT SUM(late_events) FROM device_state) AS late`,
    );
    for (const name of ['duplicates', 'late'] as const) {
      const kept = rows.reduce((sum, row) => sum + Number(row[name]), 0);
      const counted = Number(sums?.[name] ?? 0);
      if (kept === counted) continue;
      const detail = `the lanes count ${kept} ${name}, their devices ${counted}`;
      violations.push({ kind: kept < counted ? 'lost' : 'doubled', table: 'log_offsets', detail });
    }
    return violations;
  },
};
