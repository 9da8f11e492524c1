import type { ResultSetHeader } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** Removes the rows of processes that were last heard of more than a day ago; the number of rows. */
export async function removeDepartedProcesses(connection: Connection): Promise<number> {
  const statements = [
    'DELETE FROM log_producers WHERE flushed_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY',
    'DELETE FROM log_members WHERE lease_until < UTC_TIMESTAMP(3) - INTERVAL 1 DAY',
    'DELETE FROM intake_processes WHERE beat_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY',
  ];
  let removed = 0;
  for (const statement of statements) {
    const [result] = await connection.query<ResultSetHeader>(statement);
    removed += result.affectedRows;
  }
  return removed;
}

/** No deadline reaches back further: the longest interval is 31 days, and such a device is judged without old gaps. */
const GAPS_KEPT_DAYS = 30;

/** Removes gaps of intake that no device's silence can overlap any more; the number of rows. */
export async function removeOldIntakeGaps(connection: Connection): Promise<number> {
  const [result] = await connection.query<ResultSetHeader>(
    'DELETE FROM intake_gaps WHERE ended_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY',
    [GAPS_KEPT_DAYS],
  );
  return result.affectedRows;
}
