import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from './connection.js';

/**
 * Part of the disk with the database's data that is free, 0 to 1, where the server tells: MariaDB with its plugin
 * `disks` and a user that may read it. Null where it does not.
 */
export async function freeRatioByServer(connection: Connection): Promise<number | null> {
  try {
    const [[row]] = await connection.query<RowDataPacket[]>(
      `
SELECT Available / Total AS free FROM information_schema.DISKS
 WHERE Total > 0 AND LEFT(@@datadir, CHAR_LENGTH(Path)) = Path
 ORDER BY CHAR_LENGTH(Path) DESC
 LIMIT 1`,
    );
    return row === undefined ? null : Number(row['free']);
  } catch (error) {
    // No such table, or no right to it. A lost connection is the caller's concern.
    if ((error as { sqlState?: string }).sqlState?.startsWith('42') === true) return null;
    throw error;
  }
}
