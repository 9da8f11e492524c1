import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

/**
 * Events set aside: at rest none is parked and no wish of an operator is open; each dead letter is an event of the log
 * that stands there once, and it is one that was sent to fail.
 */
export const parkedAndDead: Comparison = {
  table: 'log_dead_letters',
  async compare({ connection, log }) {
    const violations: Violation[] = [];
    const [parked] = await connection.query<RowDataPacket[]>(
      "SELECT CONCAT_WS('-', generation, lane, seq) AS position, subject, reason, attempts, cause FROM log_parked",
    );
    for (const row of parked) {
      const detail = `is parked (${row['reason'] || 'behind another'}, ${row['attempts']} attempts: ${row['cause']})`;
      const [event, position] = [row['subject'] as string, row['position'] as string];
      violations.push({ kind: 'stuck', table: 'log_parked', event, position, detail });
    }
    const [letters] = await connection.query<RowDataPacket[]>(
      `SELECT CONCAT_WS('-', generation, lane, seq) AS position, subject, state, type, attempts
         FROM log_dead_letters WHERE grp = 'state'`,
    );
    const failing = new Set(log.failing);
    for (const row of letters) {
      const [event, position] = [row['subject'] as string, row['position'] as string];
      const told = (kind: Violation['kind'], detail: string): void => {
        violations.push({ kind, table: 'log_dead_letters', event, position, detail });
      };
      if (!failing.has(position)) told('lost', `was given up, but is a ${row['type']} that does not fail`);
      if (row['state'] === 'requeue' || row['state'] === 'discard')
        told('stuck', `${row['state']} was not done`);
    }
    return violations;
  },
};
