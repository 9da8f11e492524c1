import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** The shape of the log that appends go to. */
export interface Generation {
  generation: number;
  lanes: number;
}

/** @throws Error when the schema has no generation: migrations have not run */
export async function getCurrentGeneration(connection: Connection): Promise<Generation> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT generation, lanes FROM log_generations ORDER BY generation DESC LIMIT 1',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The event log has no generation; run the migrations');
  return { generation: row['generation'] as number, lanes: row['lanes'] as number };
}
