import type { DatabasePool } from '@cpemon/database';

/** A dead letter as a lane's owner writes it; what is left out is of no matter to the test. */
export interface DeadLetterRow {
  sequence: number;
  lane?: number;
  generation?: number;
  device?: string;
  type?: string;
  reason?: string;
  cause?: string;
  state?: string;
  /** Seconds ago. */
  deadAgo?: number;
}

export async function insertDeadLetters(pool: DatabasePool, rows: readonly DeadLetterRow[]): Promise<void> {
  for (const row of rows) {
    const { sequence, lane = 3, generation = 1, device = 'A1', type = 'cpemon.test.v1' } = row;
    const event = {
      ...{
        id: `id-${sequence}`,
        source: '/telemetry',
        type,
        subject: device,
        correlationid: `c-${sequence}`,
      },
      data: { test: { fail: 'always' } },
    };
    await pool.query(
      `INSERT INTO log_dead_letters (grp, generation, lane, seq, home_generation, home_lane, subject, type, source,
         event_id, received_at, event, reason, cause, attempts, first_failed_at, dead_at, state)
       VALUES ('state', ?, ?, ?, ?, ?, ?, ?, '/telemetry', ?, UTC_TIMESTAMP(3), ?, ?, ?, 5, UTC_TIMESTAMP(3),
         UTC_TIMESTAMP(3) - INTERVAL ? SECOND, ?)`,
      [
        ...[
          generation,
          lane,
          sequence,
          generation,
          lane,
          device,
          type,
          `id-${sequence}`,
          JSON.stringify(event),
        ],
        ...[row.reason ?? 'refused', row.cause ?? 'a test event that always fails'],
        ...[row.deadAgo ?? 0, row.state ?? 'dead'],
      ],
    );
  }
}

/** An event in log_parked: with a cause the first of its device, else one behind it. */
export async function insertParkedEvents(
  pool: DatabasePool,
  rows: readonly { sequence: number; lane?: number; device: string; cause?: string; failingFor?: number }[],
): Promise<void> {
  for (const { sequence, lane = 3, device, cause, failingFor = 60 } of rows) {
    const event = {
      id: `id-${sequence}`,
      source: '/telemetry',
      type: 'cpemon.test.v1',
      subject: device,
      data: {},
    };
    await pool.query(
      `INSERT INTO log_parked (grp, generation, lane, seq, home_generation, home_lane, subject, received_at, event,
         parked_at, reason, cause, attempts, first_failed_at, next_attempt_at)
       VALUES ('state', 1, ?, ?, 1, ?, ?, UTC_TIMESTAMP(3), ?, UTC_TIMESTAMP(3), ?, ?, ?,
         IF(?, UTC_TIMESTAMP(3) - INTERVAL ? SECOND, NULL), IF(?, UTC_TIMESTAMP(3) + INTERVAL 8 SECOND, NULL))`,
      [
        ...[lane, sequence, lane, device, JSON.stringify(event)],
        ...[cause === undefined ? '' : 'refused', cause ?? '', cause === undefined ? 0 : 3],
        ...[cause !== undefined, failingFor, cause !== undefined],
      ],
    );
  }
}
