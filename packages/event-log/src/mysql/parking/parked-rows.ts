import type { SingleConnection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import type { LoggedEvent, ParkedEvent, RefusalReason } from '../../event-log.js';
import type { Membership } from '../membership/membership.js';
import type { SetAside } from './batch-again.js';

/** An event in log_parked. */
export type ParkedRow = SetAside;

/** The first parked event of a device, which the others wait for. */
export interface ParkedHead {
  homeLane: number;
  subject: string;
  generation: number;
  lane: number;
  sequence: number;
  reason: RefusalReason;
  attempts: number;
  /** Milliseconds since it failed for the first time. */
  failingForMs: number;
}

/** How many events of each parked device wait in a lane of ours. */
export async function loadParkedDevices(
  connection: SingleConnection,
  { group, generation }: Membership,
  lane: number,
): Promise<Map<string, number>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT subject, COUNT(*) AS events FROM log_parked
     WHERE grp = ? AND home_generation = ? AND home_lane = ? GROUP BY subject`,
    [group, generation, lane],
  );
  return new Map(rows.map((row) => [row['subject'] as string, Number(row['events'])]));
}

const ROWS_A_STATEMENT = 500;

/**
 * Parks events in the transaction that moves the offset past them; one that is there already is left as it is.
 * @param retryAfterMs until a refused one is tried again
 */
export async function insertParked(
  transaction: SingleConnection,
  { group, generation }: Membership,
  events: readonly ParkedEvent[],
  retryAfterMs: number,
): Promise<void> {
  for (let first = 0; first < events.length; first += ROWS_A_STATEMENT) {
    const rows = events.slice(first, first + ROWS_A_STATEMENT);
    const values = rows.flatMap(({ generation: from, lane, logged, refusal }) => [
      ...[group, from, lane, logged.sequence, generation, lane, logged.event.subject],
      ...[logged.receivedAt / 1000, JSON.stringify(logged.event)],
      ...[refusal?.reason ?? '', (refusal?.cause ?? '').slice(0, 1000)],
      refusal === undefined || refusal.reason === 'unknown_type' ? 0 : 1,
      ...[refusal === undefined ? 0 : 1, refusal === undefined ? null : retryAfterMs * 1000],
    ]);
    await transaction.query(
      `INSERT INTO log_parked
         (grp, generation, lane, seq, home_generation, home_lane, subject, received_at, event, reason, cause, attempts,
          parked_at, first_failed_at, next_attempt_at)
       VALUES ${rows
         .map(
           () =>
             `(?, ?, ?, ?, ?, ?, ?, FROM_UNIXTIME(?), ?, ?, ?, ?,
               SYSDATE(3), IF(? = 1, SYSDATE(3), NULL), SYSDATE(3) + INTERVAL ? MICROSECOND)`,
         )
         .join(', ')}
       ON DUPLICATE KEY UPDATE parked_at = log_parked.parked_at`,
      values,
    );
  }
}

/**
 * Devices of our lanes whose first event is due to be tried again, the longest due first; and the database's time.
 * @param unknownToo those as well, due or not, whose type was not known to a writer
 */
export async function readDueHeads(
  connection: SingleConnection,
  { group, generation }: Membership,
  lanes: readonly number[],
  { limit, unknownToo }: { limit: number; unknownToo: boolean },
): Promise<{ at: number; heads: ParkedHead[] }> {
  const [times] = await connection.query<RowDataPacket[]>(
    'SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at',
  );
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT home_lane, subject, generation, lane, seq, reason, attempts,
       TIMESTAMPDIFF(MICROSECOND, COALESCE(first_failed_at, SYSDATE(3)), SYSDATE(3)) / 1000 AS failing_ms
     FROM log_parked FORCE INDEX (due)
     WHERE grp = ? AND home_generation = ? AND home_lane IN (?)
       AND (next_attempt_at <= SYSDATE(3)${unknownToo ? " OR reason = 'unknown_type'" : ''})
     ORDER BY next_attempt_at LIMIT ?`,
    [group, generation, lanes, limit],
  );
  return {
    at: Number(times[0]?.['at']),
    heads: rows.map((row) => ({
      homeLane: row['home_lane'] as number,
      subject: row['subject'] as string,
      generation: row['generation'] as number,
      lane: row['lane'] as number,
      sequence: Number(row['seq']),
      reason: row['reason'] as RefusalReason,
      attempts: Number(row['attempts']),
      failingForMs: Number(row['failing_ms']),
    })),
  };
}

/** The oldest parked events of a device, in order. */
export async function readParkedOf(
  connection: SingleConnection,
  { group, generation }: Membership,
  homeLane: number,
  subject: string,
  limit: number,
): Promise<ParkedRow[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT generation, lane, seq, CAST(UNIX_TIMESTAMP(received_at) * 1000 AS UNSIGNED) AS received_ms, event
     FROM log_parked
     WHERE grp = ? AND home_generation = ? AND home_lane = ? AND subject = ?
     ORDER BY generation, seq LIMIT ?`,
    [group, generation, homeLane, subject, limit],
  );
  return rows.map((row) => ({
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    sequence: Number(row['seq']),
    logged: {
      sequence: Number(row['seq']),
      receivedAt: Number(row['received_ms']),
      event: JSON.parse(row['event'] as string) as LoggedEvent['event'],
    },
  }));
}

/** @throws Error when they are not all there: somebody else has moved them */
export async function deleteParked(
  transaction: SingleConnection,
  { group }: Membership,
  rows: readonly ParkedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const [result] = await transaction.query<ResultSetHeader>(
    `DELETE FROM log_parked WHERE grp = ? AND (generation, lane, seq) IN (?)`,
    [group, rows.map(({ generation, lane, sequence }) => [generation, lane, sequence])],
  );
  if (result.affectedRows !== rows.length)
    throw new Error(`${rows.length - result.affectedRows} parked events are not there any more`);
}

/** Gives up a parked event: it becomes a dead letter with the cause that its row holds. */
export async function buryParked(
  transaction: SingleConnection,
  { group }: Membership,
  { generation, lane, sequence, logged }: ParkedRow,
): Promise<void> {
  const { type, source, id } = logged.event;
  const key = [group, generation, lane, sequence];
  const [result] = await transaction.query<ResultSetHeader>(
    `INSERT INTO log_dead_letters
       (grp, generation, lane, seq, home_generation, home_lane, subject, type, source, event_id, received_at, event,
        reason, cause, attempts, first_failed_at, dead_at)
     SELECT grp, generation, lane, seq, home_generation, home_lane, subject, ?, ?, ?, received_at, event,
       reason, cause, attempts, COALESCE(first_failed_at, SYSDATE(3)), SYSDATE(3)
     FROM log_parked WHERE grp = ? AND generation = ? AND lane = ? AND seq = ?
     ON DUPLICATE KEY UPDATE reason = VALUES(reason), cause = VALUES(cause), attempts = VALUES(attempts),
       first_failed_at = VALUES(first_failed_at), dead_at = VALUES(dead_at), state = 'dead', settled_at = NULL`,
    [type.slice(0, 64), source.slice(0, 32), id.slice(0, 256), ...key],
  );
  // Two rows: a letter that was applied once, and has failed now that its lane is rebuilt.
  if (result.affectedRows === 0) throw new Error('The parked event is not there any more');
  await transaction.query(
    'DELETE FROM log_parked WHERE grp = ? AND generation = ? AND lane = ? AND seq = ?',
    key,
  );
}
