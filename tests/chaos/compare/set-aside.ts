import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { SetAside } from './comparison.js';

/** What the product says of events that are not applied in their order. */
export async function readSetAside(connection: SingleConnection): Promise<SetAside> {
  const [parked] = await connection.query<RowDataPacket[]>(
    "SELECT CONCAT_WS('-', generation, lane, seq) AS position FROM log_parked WHERE grp = 'state'",
  );
  const [dead] = await connection.query<RowDataPacket[]>(
    `SELECT CONCAT_WS('-', generation, lane, seq) AS position, state
       FROM log_dead_letters WHERE grp = 'state' ORDER BY settled_at, generation, lane, seq`,
  );
  const positions = (rows: readonly RowDataPacket[]): string[] =>
    rows.map((row) => row['position'] as string);
  return {
    waiting: new Set(positions([...parked, ...dead.filter((row) => row['state'] !== 'applied')])),
    requeued: positions(dead.filter((row) => row['state'] === 'applied')),
  };
}
