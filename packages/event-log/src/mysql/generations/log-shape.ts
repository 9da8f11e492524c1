import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** The log is not as this version needs it, and waiting will not mend it. The message is for an operator. */
export class LogShapeError extends Error {
  override readonly name = 'LogShapeError';
}

const UNKNOWN_COLUMN = 1054;
const UNKNOWN_TABLE = 1146;

/**
 * Checks what the tables of the log say about each other before a group works on them: a half-done restore or an edit
 * by hand would otherwise show as lanes that nobody applies or events applied twice.
 * @throws LogShapeError with a sentence; Error while the schema is older than this version, which migrations mend
 */
export async function checkLogShape(connection: Connection, group: string): Promise<void> {
  const complaint = await findComplaint(connection, group).catch((error: unknown) => {
    const { errno } = error as { errno?: number };
    if (errno !== UNKNOWN_COLUMN && errno !== UNKNOWN_TABLE) throw error;
    throw new Error('The schema is older than this version: run the migrations', { cause: error });
  });
  if (complaint !== undefined) throw new LogShapeError(complaint);
}

async function findComplaint(connection: Connection, group: string): Promise<string | undefined> {
  const [generations] = await connection.query<RowDataPacket[]>(
    `SELECT g.generation, g.lanes, g.sealed_at, COUNT(l.lane) AS found, COALESCE(SUM(l.sealed), 0) AS sealed
     FROM log_generations AS g LEFT JOIN log_lanes AS l ON l.generation = g.generation AND l.lane < g.lanes
     GROUP BY g.generation, g.lanes, g.sealed_at
     ORDER BY g.generation`,
  );
  if (generations.length === 0) return 'The event log has no generation: restore the backup again';
  for (const { generation, lanes, found } of generations) {
    if (Number(found) !== lanes) {
      return `Generation ${generation} needs ${lanes} lanes and log_lanes has ${found} of them: restore the table, or the backup`;
    }
  }
  const open = generations.filter(({ sealed_at }) => sealed_at === null);
  if (open.length !== 1 || open[0] !== generations.at(-1)) {
    return 'Exactly the newest generation of the log may be unsealed, and it is not so: restore log_generations';
  }
  const [offsets] = await connection.query<RowDataPacket[]>(
    `SELECT o.generation, o.lane, o.applied_seq, l.head_seq, l.base_seq
     FROM log_offsets AS o LEFT JOIN log_lanes AS l ON l.generation = o.generation AND l.lane = o.lane
     WHERE o.grp = ? AND (l.lane IS NULL OR o.applied_seq > l.head_seq OR o.applied_seq < l.base_seq)
     ORDER BY o.generation, o.lane LIMIT 1`,
    [group],
  );
  const [offset] = offsets;
  if (offset === undefined) return undefined;
  const { generation, lane, applied_seq, head_seq, base_seq } = offset;
  const place = `lane ${lane} of generation ${generation}`;
  if (head_seq === null) return `Group ${group} has a position in ${place}, which the log does not have`;
  return (
    `Group ${group} has applied ${place} up to ${applied_seq}, but that lane holds ${base_seq + 1} to ${head_seq}: ` +
    'log and positions are not of the same backup'
  );
}
