import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** Hours since 1970, UTC: how log_records is partitioned. @param at epoch ms */
export const hourOf = (at: number): number => Math.max(0, Math.floor(at / 3_600_000));

export interface LaneStretch {
  generation: number;
  lane: number;
  /** Looked for after this sequence, and up to that one. */
  after: number;
  upTo: number;
}

/**
 * The last sequence of a stretch that was received before `at` (epoch ms); `after` when none was. The time received
 * never falls within a lane, so the stretch is halved: some 30 records are looked at, however long it is.
 */
export async function lastReceivedBefore(
  connection: Connection,
  { generation, lane, after, upTo }: LaneStretch,
  at: number,
): Promise<number> {
  let before = after;
  let notBefore = upTo;
  while (before < notBefore) {
    const middle = Math.ceil((before + notBefore) / 2);
    const [[record]] = await connection.query<RowDataPacket[]>(
      `SELECT last_seq, CAST(UNIX_TIMESTAMP(received_at) * 1000 AS UNSIGNED) AS received_ms
       FROM log_records FORCE INDEX (PRIMARY)
       WHERE generation = ? AND lane = ? AND last_seq >= ? AND last_seq <= ?
       ORDER BY last_seq LIMIT 1`,
      [generation, lane, middle, notBefore],
    );
    if (record !== undefined && Number(record['received_ms']) < at) before = Number(record['last_seq']);
    else notBefore = middle - 1;
  }
  return before;
}
