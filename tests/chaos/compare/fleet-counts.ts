import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

/** The kept counts of the fleet against a count of its devices. */
export const fleetCounts: Comparison = {
  table: 'fleet_counts',
  async compare({ connection }) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT lane, reachability, SUM(kept) AS kept, SUM(counted) AS counted
         FROM (SELECT lane, reachability, devices AS kept, 0 AS counted FROM fleet_counts
               UNION ALL
               SELECT lane, reachability, 0, COUNT(*) FROM device_state GROUP BY lane, reachability) AS both_counts
        GROUP BY lane, reachability
       HAVING SUM(kept) <> SUM(counted)`,
    );
    return rows.map((row): Violation => {
      const [kept, counted] = [Number(row['kept']), Number(row['counted'])];
      const detail = `lane ${row['lane']} says ${kept} ${row['reachability']}, there are ${counted}`;
      return { kind: kept < counted ? 'lost' : 'doubled', table: 'fleet_counts', detail };
    });
  },
};
