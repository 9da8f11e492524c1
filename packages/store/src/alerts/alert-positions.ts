import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** How far the evaluator of alerts has read each lane of the change feed. */
export async function readAlertPositions(connection: Connection): Promise<Map<number, number>> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT lane, position FROM alert_positions');
  return new Map(rows.map((row) => [row['lane'] as number, Number(row['position'])]));
}

/** In the evaluator's transaction, together with what it made of the changes. */
export async function moveAlertPositions(
  transaction: Connection,
  positions: ReadonlyMap<number, number>,
): Promise<void> {
  if (positions.size === 0) return;
  await transaction.query(
    `INSERT INTO alert_positions (lane, position) VALUES ?
     ON DUPLICATE KEY UPDATE position = VALUES(position)`,
    [[...positions].sort(([one], [other]) => one - other)],
  );
}

/** An idle lane's watermark moves every second: one that is older than this has events that are not applied. */
const BEHIND_AFTER_SECONDS = 15;

/**
 * Lanes whose events are not applied up to now, or are applied anew: what is known of their devices is not how they
 * are. Of lanes that there are no more nothing is said.
 * @returns with the database's time, epoch ms
 */
export async function readLanesBehind(connection: Connection): Promise<{ at: number; behind: Set<number> }> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT l.lane, CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at_ms,
       o.watermark IS NULL OR o.watermark < SYSDATE(3) - INTERVAL ? SECOND
         OR EXISTS (SELECT 1 FROM log_rebuilds AS r WHERE r.grp = 'state' AND r.generation = l.generation
                       AND r.lane = l.lane AND r.state IN ('clearing', 'applying')) AS is_behind
  FROM log_lanes AS l
  LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = l.generation AND o.lane = l.lane
 WHERE l.generation = (SELECT MAX(generation) FROM log_generations)`,
    [BEHIND_AFTER_SECONDS],
  );
  return {
    at: Number(rows[0]?.['at_ms'] ?? 0),
    behind: new Set(rows.filter((row) => Number(row['is_behind']) === 1).map((row) => row['lane'] as number)),
  };
}
