import { laneOf, type CpeEvent } from '@cpemon/domain';
import type { DatabasePool } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';

/** An event and when it was received, epoch ms. */
export interface DatedEvent {
  event: CpeEvent;
  receivedAt: number;
}

/**
 * Appends events to the log as if they had been received at their own times, which no appender can do. Events of a lane
 * that were received at the same moment lie in one record.
 */
export async function writeLog(pool: DatabasePool, events: readonly DatedEvent[]): Promise<void> {
  const [[row]] = await pool.query<RowDataPacket[]>(
    'SELECT generation, lanes FROM log_generations ORDER BY generation DESC LIMIT 1',
  );
  const generation = row?.['generation'] as number;
  const byLane = new Map<number, DatedEvent[]>();
  for (const dated of events) {
    const lane = laneOf(dated.event.subject, row?.['lanes'] as number);
    byLane.set(lane, [...(byLane.get(lane) ?? []), dated]);
  }
  for (const [lane, ofLane] of byLane) {
    const [[head]] = await pool.query<RowDataPacket[]>(
      'SELECT head_seq FROM log_lanes WHERE generation = ? AND lane = ?',
      [generation, lane],
    );
    let sequence = Number(head?.['head_seq']);
    let bytes = 0;
    const records: unknown[][] = [];
    for (const [index, { receivedAt }] of ofLane.entries()) {
      if (index > 0 && ofLane[index - 1]!.receivedAt === receivedAt) continue;
      const together = ofLane.filter((other) => other.receivedAt === receivedAt);
      const json = JSON.stringify(together.map(({ event }) => event));
      sequence += together.length;
      bytes += json.length;
      const hour = Math.floor(receivedAt / 3_600_000);
      records.push([generation, lane, sequence, hour, together.length, new Date(receivedAt), json]);
    }
    await pool.query<ResultSetHeader>(
      'INSERT INTO log_records (generation, lane, last_seq, received_hour, event_count, received_at, events) VALUES ?',
      [records],
    );
    await pool.query(
      'UPDATE log_lanes SET head_seq = ?, head_bytes = head_bytes + ?, last_received_at = ? WHERE generation = ? AND lane = ?',
      [sequence, bytes, new Date(ofLane.at(-1)!.receivedAt), generation, lane],
    );
  }
}
