import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { RefusalReason } from '../../event-log.js';
import { OperatorError } from '../../operator-error.js';
import { formatPosition, type Position } from '../../position.js';
import { conditionOf, type DeadLetterFilter, type DeadLetterState } from './dead-letter-filter.js';

/** An event that was given up. Times are epoch ms of the database's clock. */
export interface DeadLetter extends Position {
  /** The lane whose owner settles it; another than its position's after a change of generation. */
  home: { generation: number; lane: number };
  device: string;
  type: string;
  source: string;
  eventId: string;
  receivedAt: number;
  reason: RefusalReason;
  cause: string;
  attempts: number;
  firstFailedAt: number;
  deadAt: number;
  state: DeadLetterState;
  askedBy: string | null;
  askedAt: number | null;
  settledAt: number | null;
}

/** Where a page ends: what follows is older. */
export interface DeadLetterCursor extends Position {
  deadAt: number;
}

const milliseconds = (column: string, name: string): string =>
  `CAST(UNIX_TIMESTAMP(${column}) * 1000 AS UNSIGNED) AS ${name}`;

const COLUMNS = `generation, lane, seq, home_generation, home_lane, subject, type, source, event_id,
  ${milliseconds('received_at', 'received_ms')}, reason, cause, attempts,
  ${milliseconds('first_failed_at', 'first_failed_ms')}, ${milliseconds('dead_at', 'dead_ms')},
  state, asked_by, ${milliseconds('asked_at', 'asked_ms')}, ${milliseconds('settled_at', 'settled_ms')}`;

/** Dead letters of a group, those that died last first. */
export async function listDeadLetters(
  connection: Connection,
  group: string,
  filter: DeadLetterFilter,
  { limit, after }: { limit: number; after?: DeadLetterCursor },
): Promise<DeadLetter[]> {
  const { sql, values } = conditionOf(group, filter);
  const [older, olderValues] = after === undefined ? ['', []] : olderThan(after);
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS}
     FROM log_dead_letters
     WHERE ${sql}${older}
     ORDER BY dead_at DESC, generation DESC, lane DESC, seq DESC
     LIMIT ?`,
    [...values, ...olderValues, limit],
  );
  return rows.map(toDeadLetter);
}

function olderThan({ deadAt, generation, lane, sequence }: DeadLetterCursor): [string, number[]] {
  const seconds = deadAt / 1000;
  const sql = ` AND dead_at <= FROM_UNIXTIME(?) AND (
    dead_at < FROM_UNIXTIME(?) OR generation < ? OR (generation = ? AND (lane < ? OR (lane = ? AND seq < ?))))`;
  return [sql, [seconds, seconds, generation, generation, lane, lane, sequence]];
}

/**
 * One dead letter with the event as it lies in the log (not parsed: it may be what could not be applied).
 * @throws OperatorError `unknown_dead_letter`
 */
export async function readDeadLetter(
  connection: Connection,
  group: string,
  position: Position,
): Promise<DeadLetter & { event: string }> {
  const { generation, lane, sequence } = position;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS}, event
     FROM log_dead_letters
     WHERE grp = ? AND generation = ? AND lane = ? AND seq = ?`,
    [group, generation, lane, sequence],
  );
  const [row] = rows;
  if (row === undefined) throw unknownDeadLetter(position);
  return { ...toDeadLetter(row), event: row['event'] as string };
}

export const unknownDeadLetter = (position: Position): OperatorError =>
  new OperatorError(404, 'unknown_dead_letter', `There is no dead letter at ${formatPosition(position)}.`);

function toDeadLetter(row: RowDataPacket): DeadLetter {
  return {
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    sequence: Number(row['seq']),
    home: { generation: row['home_generation'] as number, lane: row['home_lane'] as number },
    device: row['subject'] as string,
    type: row['type'] as string,
    source: row['source'] as string,
    eventId: row['event_id'] as string,
    receivedAt: Number(row['received_ms']),
    reason: row['reason'] as RefusalReason,
    cause: row['cause'] as string,
    attempts: Number(row['attempts']),
    firstFailedAt: Number(row['first_failed_ms']),
    deadAt: Number(row['dead_ms']),
    state: row['state'] as DeadLetterState,
    askedBy: row['asked_by'] as string | null,
    askedAt: numberOrNull(row['asked_ms']),
    settledAt: numberOrNull(row['settled_ms']),
  };
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));
