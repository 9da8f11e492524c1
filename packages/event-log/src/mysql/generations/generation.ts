import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** The shape of the log between two changes of it. */
export interface Generation {
  generation: number;
  lanes: number;
}

/**
 * The generation that appends go to.
 * @throws Error when the schema has no generation: migrations have not run
 */
export async function getCurrentGeneration(connection: Connection): Promise<Generation> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT generation, lanes FROM log_generations ORDER BY generation DESC LIMIT 1',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The event log has no generation; run the migrations');
  return toGeneration(row);
}

/**
 * The generation that a group works on: the newest in which it has positions, which it gets when all before is applied
 * and handed over. A group without any begins with the oldest there is.
 * @throws Error as `getCurrentGeneration`
 */
export async function getGroupGeneration(connection: Connection, group: string): Promise<Generation> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT generation, lanes FROM log_generations
     WHERE generation >= COALESCE((SELECT MAX(generation) FROM log_offsets WHERE grp = ?), 0)
     ORDER BY generation LIMIT 1`,
    [group],
  );
  const [row] = rows;
  return row === undefined ? getCurrentGeneration(connection) : toGeneration(row);
}

/** The generation that was opened when this one was sealed; null while it is not. */
export async function findNextGeneration(
  connection: Connection,
  generation: number,
): Promise<Generation | null> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT next.generation, next.lanes
     FROM log_generations AS next
     JOIN log_generations AS this ON this.generation = ? AND this.sealed_at IS NOT NULL
     WHERE next.generation > this.generation
     ORDER BY next.generation LIMIT 1`,
    [generation],
  );
  const [row] = rows;
  return row === undefined ? null : toGeneration(row);
}

/**
 * Whether a group has applied a sealed generation to its end in every lane. Nothing changes that any more but a rebuild
 * that is under way.
 */
export async function isAppliedToEnd(
  connection: Connection,
  group: string,
  generation: number,
): Promise<boolean> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT
       (SELECT COUNT(*) FROM log_lanes AS l
        LEFT JOIN log_offsets AS o ON o.grp = ? AND o.generation = l.generation AND o.lane = l.lane
        WHERE l.generation = ? AND (o.lane IS NULL OR o.applied_seq < l.head_seq OR l.sealed = FALSE)) AS behind,
       (SELECT COUNT(*) FROM log_rebuilds
        WHERE grp = ? AND generation = ? AND state IN ('clearing', 'applying')) AS rebuilding`,
    [group, generation, group, generation],
  );
  const [row] = rows;
  return Number(row?.['behind']) === 0 && Number(row?.['rebuilding']) === 0;
}

const toGeneration = (row: RowDataPacket): Generation => ({
  generation: row['generation'] as number,
  lanes: row['lanes'] as number,
});
