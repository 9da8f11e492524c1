import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/**
 * Bytes of events (JSON, as stored) that the mandatory group which is furthest behind has not applied: two sums over a
 * few rows, however long the log is.
 */
export async function readBacklogBytes(connection: Connection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT MAX(CAST(heads.bytes AS SIGNED) - CAST(COALESCE(applied.bytes, 0) AS SIGNED)) AS waiting
     FROM log_groups AS g
     JOIN (SELECT SUM(head_bytes) AS bytes FROM log_lanes) AS heads
     LEFT JOIN (SELECT grp, SUM(applied_bytes) AS bytes FROM log_offsets GROUP BY grp) AS applied ON applied.grp = g.grp
     WHERE g.mandatory`,
  );
  return Math.max(0, Number(row?.['waiting'] ?? 0));
}
