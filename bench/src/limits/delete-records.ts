import type { ResultSetHeader } from 'mysql2';
import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';

/** Copies the log's records of some hours into a table of the same shape, to be deleted. Not measured. */
export async function stageDelete(
  connection: SingleConnection,
  firstHour: number,
  endHour: number,
): Promise<void> {
  await connection.query('DROP TABLE IF EXISTS bench_delete');
  await connection.query('CREATE TABLE bench_delete LIKE log_records');
  for (let hour = firstHour; hour < endHour; hour++) {
    await connection.query('INSERT INTO bench_delete SELECT * FROM log_records WHERE received_hour = ?', [
      hour,
    ]);
  }
}

/**
 * Records per second that DELETE removes: the staged ones, hour by hour and lane by lane along the primary key, a
 * transaction each. What retention would be without partitions.
 * @throws WrongResult unless exactly `records` went
 */
export async function measureDelete(connection: SingleConnection, records: number): Promise<number> {
  const [parts] = await connection.query(
    'SELECT DISTINCT received_hour AS hour, generation, lane FROM bench_delete ORDER BY hour, generation, lane',
  );
  const startedAt = performance.now();
  let deleted = 0;
  for (const { hour, generation, lane } of parts as { hour: number; generation: number; lane: number }[]) {
    const [result] = await connection.query<ResultSetHeader>(
      'DELETE FROM bench_delete WHERE generation = ? AND lane = ? AND received_hour = ?',
      [generation, lane, hour],
    );
    deleted += result.affectedRows;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  if (deleted !== records) throw new WrongResult(`DELETE removed ${deleted} of ${records} records`);
  await connection.query('DROP TABLE bench_delete');
  return records / seconds;
}
