import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';
import { CANONICAL_HEARTBEAT } from '../load/heartbeat-bytes.js';

const ROWS_PER_TRANSACTION = 1000;
const LANES = 16;

/**
 * Rows per second that the server inserts without a client's help: INSERT … SELECT of heartbeats as rows, 1,000 a
 * transaction, one connection, into an empty table with the log's key. No Node program can store rows faster.
 */
export async function measureServerSideInsert(
  connection: SingleConnection,
  seconds: number,
): Promise<number> {
  await connection.query('DROP TABLE IF EXISTS bench_insert_source, bench_insert_sink');
  await connection.query('CREATE TABLE bench_insert_source LIKE log_records');
  await connection.query('CREATE TABLE bench_insert_sink LIKE log_records');
  const rows = Array.from({ length: ROWS_PER_TRANSACTION }, (_, index) => [
    1,
    index % LANES,
    Math.floor(index / LANES) + 1,
    0,
    1,
    new Date(),
    Buffer.from(CANONICAL_HEARTBEAT),
  ]);
  await connection.query(
    `INSERT INTO bench_insert_source
       (generation, lane, last_seq, received_hour, event_count, received_at, events)
     VALUES ?`,
    [rows],
  );

  let transactions = 0;
  const insert = async (): Promise<void> => {
    const base = transactions * ROWS_PER_TRANSACTION;
    await connection.query(
      `INSERT INTO bench_insert_sink
         (generation, lane, last_seq, received_hour, event_count, received_at, events)
       SELECT generation, lane, last_seq + ?, received_hour, event_count, received_at, events
         FROM bench_insert_source`,
      [base],
    );
    transactions++;
  };
  const runFor = async (milliseconds: number): Promise<number> => {
    const startedAt = performance.now();
    const before = transactions;
    while (performance.now() < startedAt + milliseconds) await insert();
    return ((transactions - before) * ROWS_PER_TRANSACTION) / ((performance.now() - startedAt) / 1000);
  };
  await runFor(Math.min(500, seconds * 250));
  const rate = await runFor(seconds * 1000);

  const [counted] = await connection.query('SELECT COUNT(*) AS stored FROM bench_insert_sink');
  const [{ stored } = { stored: NaN }] = counted as { stored: number }[];
  if (stored !== transactions * ROWS_PER_TRANSACTION) {
    throw new WrongResult(
      `server-side insert stored ${stored} of ${transactions * ROWS_PER_TRANSACTION} rows`,
    );
  }
  await connection.query('DROP TABLE bench_insert_source, bench_insert_sink');
  return rate;
}
