import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** A lane whose records do not hold exactly what its head says. */
export async function lanesWithHoles(connection: Pick<SingleConnection, 'query'>): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT l.generation, l.lane
       FROM log_lanes AS l
       LEFT JOIN log_records AS r ON r.generation = l.generation AND r.lane = l.lane
      GROUP BY l.generation, l.lane, l.head_seq, l.base_seq
     HAVING COALESCE(SUM(r.event_count), 0) <> l.head_seq - l.base_seq OR COALESCE(MAX(r.last_seq), l.base_seq) <> l.head_seq`,
  );
  return rows.map((row) => `${row['generation']}-${row['lane']}`);
}

/** A kept count of the fleet that is not what a count of its devices gives. */
export interface CountDrift {
  lane: number;
  reachability: string;
  kept: number;
  counted: number;
}

export async function fleetCountDrift(connection: Pick<SingleConnection, 'query'>): Promise<CountDrift[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT lane, reachability, SUM(kept) AS kept, SUM(counted) AS counted
       FROM (SELECT lane, reachability, devices AS kept, 0 AS counted FROM fleet_counts
             UNION ALL
             SELECT lane, reachability, 0, COUNT(*) FROM device_state GROUP BY lane, reachability) AS both_counts
      GROUP BY lane, reachability
     HAVING SUM(kept) <> SUM(counted)`,
  );
  return rows.map((row) => ({
    lane: Number(row['lane']),
    reachability: String(row['reachability']),
    kept: Number(row['kept']),
    counted: Number(row['counted']),
  }));
}

/** As a sentence without its end. */
export const describeDrift = ({ lane, reachability, kept, counted }: CountDrift): string =>
  `lane ${lane} says ${kept} ${reachability}, there are ${counted}`;
