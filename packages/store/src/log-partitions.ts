import type { RowDataPacket } from 'mysql2/promise';
import type { SingleConnection } from '@cpemon/database';
import { hasRoomForDdl } from './ddl-room.js';

/** The partition that takes what no other does; empty as long as partitions are made ahead of time. */
export const CATCH_ALL = 'p_rest';
/** How long DDL may wait for the table, seconds: everything that comes behind it waits as well. */
const DDL_WAIT_SECONDS = 2;

/**
 * What the catch-all may hold for its rows to be moved: they are copied, and nothing is appended meanwhile. A second
 * or so of copying.
 */
const MOVABLE_BYTES = 256 * 1024 * 1024;

export interface PartitionReport {
  /** Names of the partitions made by this call. */
  made: string[];
  /** made; or another process is at it; or the catch-all holds too much to be divided while events come in; or the disk is full. */
  outcome: 'made' | 'busy' | 'catch-all-too-large' | 'no-room';
}

const LOCK_NAME = "CONCAT('cpemon.log_partitions.', LEFT(SHA2(DATABASE(), 256), 24))";

/**
 * Makes the hourly partitions of log_records from the current hour (UTC, by the database's clock) on, so that the
 * catch-all stays empty and is divided without copying a row. Rows that it holds already, because nobody made
 * partitions for long, move to the partition of the current hour if they are few.
 * @param connection of its own, not in a transaction, of a user that may ALTER log_records
 * @param hoursAhead hours after the current one
 */
export async function makeLogPartitions(
  connection: SingleConnection,
  hoursAhead: number,
): Promise<PartitionReport> {
  const [[lock]] = await connection.query<RowDataPacket[]>(`SELECT GET_LOCK(${LOCK_NAME}, 0) AS taken`);
  if (lock?.['taken'] !== 1) return { made: [], outcome: 'busy' };
  try {
    const { thisHour, madeUntil, catchAllBytes } = await readPartitions(connection);
    const hours: number[] = [];
    for (let hour = Math.max(madeUntil, thisHour); hour <= thisHour + hoursAhead; hour += 1) hours.push(hour);
    if (hours.length === 0) return { made: [], outcome: 'made' };
    if (catchAllBytes > MOVABLE_BYTES) return { made: [], outcome: 'catch-all-too-large' };
    await connection.query('SET SESSION lock_wait_timeout = ?', [DDL_WAIT_SECONDS]);
    if (!(await hasRoomForDdl(connection))) return { made: [], outcome: 'no-room' };
    await connection.query(
      `ALTER TABLE log_records REORGANIZE PARTITION ${CATCH_ALL} INTO (
         ${hours.map((hour) => `PARTITION p_${hour} VALUES LESS THAN (${hour + 1})`).join(', ')},
         PARTITION ${CATCH_ALL} VALUES LESS THAN MAXVALUE)`,
    );
    return { made: hours.map((hour) => `p_${hour}`), outcome: 'made' };
  } finally {
    await connection.query(`SELECT RELEASE_LOCK(${LOCK_NAME}) AS released`);
  }
}

/** A partition of log_records with hours before `endHour`. Bytes are an estimate of the server's. */
export interface LogPartition {
  name: string;
  endHour: number;
  bytes: number;
}

/** The current hour by the database's clock and the hourly partitions in order, without the catch-all. */
export async function listLogPartitions(
  connection: SingleConnection,
): Promise<{ thisHour: number; partitions: LogPartition[] }> {
  // MySQL shows sizes of a day ago unless told otherwise; MariaDB does not know the variable.
  await connection.query('SET SESSION information_schema_stats_expiry = 0').catch(() => undefined);
  const [[clock]] = await connection.query<RowDataPacket[]>('SELECT UNIX_TIMESTAMP() DIV 3600 AS thisHour');
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT partition_name AS name, CAST(partition_description AS UNSIGNED) AS endHour,
       data_length + index_length AS bytes
  FROM information_schema.partitions
 WHERE table_schema = DATABASE() AND table_name = 'log_records' AND partition_name <> ?
 ORDER BY partition_ordinal_position`,
    [CATCH_ALL],
  );
  return {
    thisHour: Number(clock?.['thisHour']),
    partitions: rows.map((row) => ({
      name: row['name'] as string,
      endHour: Number(row['endHour']),
      bytes: Number(row['bytes']),
    })),
  };
}

/** The current hour, the first hour that has no partition, and the size of the catch-all. Hours since 1970. */
async function readPartitions(
  connection: SingleConnection,
): Promise<{ thisHour: number; madeUntil: number; catchAllBytes: number }> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `
SELECT UNIX_TIMESTAMP() DIV 3600 AS thisHour,
       COALESCE(MAX(IF(partition_name = ?, NULL, CAST(partition_description AS UNSIGNED))), 0) AS madeUntil,
       COALESCE(MAX(IF(partition_name = ?, data_length, NULL)), 0) AS catchAllBytes
  FROM information_schema.partitions
 WHERE table_schema = DATABASE() AND table_name = 'log_records'`,
    [CATCH_ALL, CATCH_ALL],
  );
  return {
    thisHour: Number(row?.['thisHour']),
    madeUntil: Number(row?.['madeUntil']),
    catchAllBytes: Number(row?.['catchAllBytes']),
  };
}
