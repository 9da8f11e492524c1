import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { RefusalReason } from '../../event-log.js';
import { OperatorError } from '../../operator-error.js';
import type { Position } from '../../position.js';

/** A device whose events wait for one that cannot be applied. Times are epoch ms of the database's clock. */
export interface ParkedDevice extends Position {
  device: string;
  /** The lane whose owner tries again. */
  home: { generation: number; lane: number };
  reason: RefusalReason;
  cause: string;
  attempts: number;
  receivedAt: number;
  firstFailedAt: number;
  nextAttemptAt: number | null;
  /** Events that wait behind it. */
  behind: number;
}

/** An event of a parked device, as it lies in the log (not parsed). */
export interface WaitingEvent extends Position {
  receivedAt: number;
  parkedAt: number;
  event: string;
}

/** Where a page ends. */
export interface ParkedCursor {
  firstFailedAt: number;
  device: string;
}

const COLUMNS = `p.generation, p.lane, p.seq, p.home_generation, p.home_lane, p.subject, p.reason, p.cause, p.attempts,
  CAST(UNIX_TIMESTAMP(p.received_at) * 1000 AS UNSIGNED) AS received_ms,
  CAST(UNIX_TIMESTAMP(p.first_failed_at) * 1000 AS UNSIGNED) AS first_failed_ms,
  CAST(UNIX_TIMESTAMP(p.next_attempt_at) * 1000 AS UNSIGNED) AS next_attempt_ms,
  (SELECT COUNT(*) - 1 FROM log_parked AS b
   WHERE b.grp = p.grp AND b.home_generation = p.home_generation AND b.home_lane = p.home_lane
     AND b.subject = p.subject) AS behind`;

/** Parked devices of a group, those that have failed for the longest first. */
export async function listParked(
  connection: Connection,
  group: string,
  { reason }: { reason?: RefusalReason },
  { limit, after }: { limit: number; after?: ParkedCursor },
): Promise<ParkedDevice[]> {
  const seconds = (after?.firstFailedAt ?? 0) / 1000;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS}
     FROM log_parked AS p FORCE INDEX (by_age)
     WHERE p.grp = ? AND p.first_failed_at IS NOT NULL
       AND p.first_failed_at >= FROM_UNIXTIME(?) AND (p.first_failed_at > FROM_UNIXTIME(?) OR p.subject > ?)
       ${reason === undefined ? '' : 'AND p.reason = ?'}
     ORDER BY p.first_failed_at, p.subject
     LIMIT ?`,
    [group, seconds, seconds, after?.device ?? '', ...(reason === undefined ? [] : [reason]), limit],
  );
  return rows.map(toParkedDevice);
}

/**
 * One parked device and the oldest of its events.
 * @param limit of the events
 * @throws OperatorError `unknown_parked_device`
 */
export async function readParked(
  connection: Connection,
  group: string,
  device: string,
  limit: number,
): Promise<{ device: ParkedDevice; events: WaitingEvent[] }> {
  const [heads] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS}
     FROM log_parked AS p FORCE INDEX (by_age)
     WHERE p.grp = ? AND p.first_failed_at IS NOT NULL AND p.subject = ?`,
    [group, device],
  );
  const [head] = heads;
  if (head === undefined)
    throw new OperatorError(404, 'unknown_parked_device', `No event of ${device} is parked.`);
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT generation, lane, seq, event,
       CAST(UNIX_TIMESTAMP(received_at) * 1000 AS UNSIGNED) AS received_ms,
       CAST(UNIX_TIMESTAMP(parked_at) * 1000 AS UNSIGNED) AS parked_ms
     FROM log_parked
     WHERE grp = ? AND home_generation = ? AND home_lane = ? AND subject = ?
     ORDER BY generation, seq
     LIMIT ?`,
    [group, head['home_generation'], head['home_lane'], device, limit],
  );
  return {
    device: toParkedDevice(head),
    events: rows.map((row) => ({
      generation: row['generation'] as number,
      lane: row['lane'] as number,
      sequence: Number(row['seq']),
      receivedAt: Number(row['received_ms']),
      parkedAt: Number(row['parked_ms']),
      event: row['event'] as string,
    })),
  };
}

function toParkedDevice(row: RowDataPacket): ParkedDevice {
  return {
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    sequence: Number(row['seq']),
    device: row['subject'] as string,
    home: { generation: row['home_generation'] as number, lane: row['home_lane'] as number },
    reason: row['reason'] as RefusalReason,
    cause: row['cause'] as string,
    attempts: Number(row['attempts']),
    receivedAt: Number(row['received_ms']),
    firstFailedAt: Number(row['first_failed_ms']),
    nextAttemptAt: row['next_attempt_ms'] === null ? null : Number(row['next_attempt_ms']),
    behind: Number(row['behind']),
  };
}
