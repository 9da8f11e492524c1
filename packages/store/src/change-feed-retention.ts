import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { JobHands } from './run-job.js';
import { readFeedHeads } from './change-feed.js';

export interface FeedRetention {
  /** How long changes are kept. */
  hours: number;
  /** Of a lane no more than these, whatever their age. */
  rowsALane: number;
}

/** Rows that one transaction removes at most. */
const ROWS_A_STEP = 5000;

/** Removes the oldest changes of each lane, in small transactions under the job's lease; the number of rows. */
export async function pruneChangeFeed(
  { connection, transact }: Pick<JobHands, 'connection' | 'transact'>,
  { hours, rowsALane }: FeedRetention,
  rowsAStep = ROWS_A_STEP,
): Promise<number> {
  let removed = 0;
  for (const [lane, head] of await readFeedHeads(connection)) {
    for (;;) {
      const upTo = await endOfStep(connection, { lane, hours, firstKept: head - rowsALane + 1, rowsAStep });
      if (upTo === null) break;
      removed += await transact(async (transaction) => {
        const [result] = await transaction.query<ResultSetHeader>(
          'DELETE FROM change_feed WHERE lane = ? AND position <= ?',
          [lane, upTo],
        );
        return result.affectedRows;
      });
    }
  }
  return removed;
}

/** The last of the oldest rows that may go at once; null when none may. Times of a lane ascend with its positions. */
async function endOfStep(
  connection: JobHands['connection'],
  step: { lane: number; hours: number; firstKept: number; rowsAStep: number },
): Promise<number | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `
SELECT MAX(position) AS up_to
  FROM (SELECT position, made_at FROM change_feed WHERE lane = ? ORDER BY position LIMIT ?) AS oldest
 WHERE made_at < SYSDATE(3) - INTERVAL ? HOUR OR position < ?`,
    [step.lane, step.rowsAStep, step.hours, Math.max(0, step.firstKept)],
  );
  const upTo = (row?.['up_to'] ?? null) as number | string | null;
  return upTo === null ? null : Number(upTo);
}
