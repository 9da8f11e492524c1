import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** Of each record only the end is read: its newest events. */
const BYTES_OF_A_RECORD = 4096;
const RECORDS_OF_A_LANE = 4;
const SUBJECT = /"subject":"((?:[^"\\]|\\.)+)"/g;

/**
 * Serial numbers in the newest events of the log, in no order: where to look for the devices seen last when a fleet is
 * too large to sort. A few more or fewer than there are; reads a few pages of the log, however long it is.
 */
export async function readRecentSerialNumbers(connection: Connection): Promise<string[]> {
  const [lanes] = await connection.query<RowDataPacket[]>(
    'SELECT generation, lane FROM log_lanes WHERE generation = (SELECT MAX(generation) FROM log_generations)',
  );
  if (lanes.length === 0) return [];
  const [records] = await connection.query<RowDataPacket[]>(
    lanes
      .map(
        () => `
(SELECT CONVERT(RIGHT(events, ${BYTES_OF_A_RECORD}) USING latin1) AS tail
   FROM log_records WHERE generation = ? AND lane = ? ORDER BY last_seq DESC LIMIT ${RECORDS_OF_A_LANE})`,
      )
      .join(' UNION ALL '),
    lanes.flatMap(({ generation, lane }) => [generation as number, lane as number]),
  );
  const found = new Set<string>();
  for (const { tail } of records as { tail: string | null }[]) {
    for (const [, escaped] of (tail ?? '').matchAll(SUBJECT)) {
      if (escaped !== undefined) found.add(JSON.parse(`"${escaped}"`) as string);
    }
  }
  return [...found];
}
