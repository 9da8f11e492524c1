import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { pause } from '../pause.js';
import { holding, type FaultKind } from './fault.js';

/** Partitions are made for so many hours before now. */
const OLD_PARTITIONS = 32;
/** Fewer than the log is kept by default, so that retention has no reason to take them first. */
const DROPPED_WITHIN_HOURS = 20;

/** Gives the new log partitions for the hours before it began: for its history, and for faults to drop. */
export async function makeOldPartitions(connection: SingleConnection): Promise<void> {
  const [[now]] = await connection.query<RowDataPacket[]>('SELECT UNIX_TIMESTAMP() DIV 3600 AS hour');
  const first = Number(now?.['hour']) - OLD_PARTITIONS;
  const partitions = Array.from(
    { length: OLD_PARTITIONS },
    (_, n) => `PARTITION p_${first + n} VALUES LESS THAN (${first + n + 1})`,
  );
  await connection.query(
    `ALTER TABLE log_records REORGANIZE PARTITION p_rest INTO (${partitions.join(', ')},
       PARTITION p_rest VALUES LESS THAN MAXVALUE)`,
  );
}

/** A partition goes while somebody reads the table: the DDL waits for the reader, and everything else for the DDL. */
const dropPartition: FaultKind = {
  name: 'drop-partition-while-read',
  holdMs: [300, 1800],
  async inject(site, { holdMs }) {
    const oldest = await site.stack.database.using(oldestEmptyPartition);
    if (oldest === undefined) throw new Error('no empty old partition is left');
    let dropping: Promise<unknown> = Promise.resolve();
    await holding(site, async (reader) => {
      await reader.query('SELECT COUNT(*) FROM log_records');
      dropping = site.stack.database.using(async (connection) => {
        await connection.query('SET SESSION lock_wait_timeout = 10');
        await connection.query(`ALTER TABLE log_records DROP PARTITION ${oldest}`);
      });
      dropping.catch(() => undefined);
      await pause(holdMs);
    });
    await dropping;
    return oldest;
  },
};

async function oldestEmptyPartition(connection: SingleConnection): Promise<string | undefined> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT partition_name AS name, CAST(partition_description AS UNSIGNED) AS until_hour
       FROM information_schema.partitions
      WHERE table_schema = DATABASE() AND table_name = 'log_records' AND partition_name <> 'p_rest'
        AND CAST(partition_description AS UNSIGNED) BETWEEN UNIX_TIMESTAMP() DIV 3600 - ? AND UNIX_TIMESTAMP() DIV 3600
      ORDER BY until_hour`,
    [DROPPED_WITHIN_HOURS],
  );
  for (const row of rows) {
    const name = row['name'] as string;
    const [held] = await connection.query<RowDataPacket[]>(
      `SELECT 1 FROM log_records PARTITION (${name}) LIMIT 1`,
    );
    if (held.length === 0) return name;
  }
  return undefined;
}

export const PARTITION_FAULTS: readonly FaultKind[] = [dropPartition];
