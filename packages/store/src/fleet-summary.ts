import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { REACHABILITIES, type Reachability } from '@cpemon/domain';

export type FleetCounts = Record<Reachability, number>;

/** … and how many of those online are not well. */
export interface SourceCounts extends FleetCounts {
  unwell: number;
}

/** The kept counts, summed over the lanes. */
export async function readFleetCounts(connection: Connection): Promise<FleetCounts> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT reachability, SUM(devices) AS devices FROM fleet_counts GROUP BY reachability',
  );
  return toCounts(rows);
}

/** Counts the devices whose last event came from one of `sources`, or from one below them. Reads every device. */
export async function countFleetOfSources(
  connection: Connection,
  sources: readonly string[],
): Promise<SourceCounts> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT reachability, COUNT(*) AS devices,
            CAST(SUM(reachability = 'online' AND health IN ('degraded', 'critical')) AS SIGNED) AS unwell
       FROM device_state
      WHERE SUBSTRING_INDEX(source, '/', 2) IN (?) GROUP BY reachability`,
    [sources],
  );
  const unwell = rows.reduce((sum, row) => sum + Number(row['unwell']), 0);
  return { ...toCounts(rows), unwell };
}

function toCounts(rows: RowDataPacket[]): FleetCounts {
  const counts = Object.fromEntries(REACHABILITIES.map((each) => [each, 0])) as FleetCounts;
  for (const row of rows) counts[row['reachability'] as Reachability] = Number(row['devices']);
  return counts;
}
