import type { Connection } from '@cpemon/database';

/** Far more than the definition files that a change of partitions writes. */
const ROOM_BYTES = 4 * 1024 * 1024;

/**
 * Whether the server can write a few megabytes where its tables are. MariaDB 10.11 loses a partitioned table whose
 * definition it cannot write while it changes the partitions: its rows are left behind without it.
 * @param connection not in a transaction, of a user that may CREATE and DROP ddl_room
 * @throws the database's error when it is not about room: a missing right, a lost connection
 */
export async function hasRoomForDdl(connection: Pick<Connection, 'query'>): Promise<boolean> {
  try {
    // The disk may have been full when it was emptied last.
    await connection.query(
      `CREATE TABLE IF NOT EXISTS ddl_room (
         id TINYINT UNSIGNED NOT NULL, filler MEDIUMBLOB NOT NULL, PRIMARY KEY (id)
       ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin`,
    );
    // A file of its own, made anew: what was free in the old one says nothing of the disk.
    await connection.query('TRUNCATE TABLE ddl_room');
    await connection.query(`INSERT INTO ddl_room (id, filler) VALUES (1, REPEAT('.', ?))`, [ROOM_BYTES]);
    await connection.query('TRUNCATE TABLE ddl_room');
    return true;
  } catch (error) {
    const { errno, sqlState, fatal } = error as { errno?: number; sqlState?: string; fatal?: boolean };
    if (errno === undefined || fatal === true || sqlState?.startsWith('42') === true) throw error;
    return false;
  }
}
