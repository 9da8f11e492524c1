import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

/**
 * v_event_log, the log as people read it, against the log as it was read while it grew: nothing has changed or gone
 * since but what retention took, and nothing is shown as waiting when everything is at rest.
 */
export const eventLogView: Comparison = {
  table: 'v_event_log',
  async compare({ connection, tail, setAside }) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT generation, lane, COUNT(*) AS events, MIN(sequence) AS first, MAX(sequence) AS last,
              SUM(state = 'queued') AS queued, SUM(state = 'parked') AS parked
         FROM v_event_log GROUP BY generation, lane`,
    );
    const violations: Violation[] = [];
    const told = (kind: Violation['kind'], position: string, detail: string): void => {
      violations.push({ kind, table: 'v_event_log', position, detail });
    };
    let parked = 0;
    for (const row of rows) {
      const [events, first, last] = [Number(row['events']), Number(row['first']), Number(row['last'])];
      const lane = `${row['generation']}-${row['lane']}`;
      const read = tail
        .positions()
        .find((known) => known.generation === row['generation'] && known.lane === row['lane']);
      if (last - first + 1 !== events)
        told('lost', `${lane}-${first}`, `${events} events from ${first} to ${last}`);
      if (read?.sequence !== last)
        told('lost', `${lane}-${last}`, `ends at ${last}, the log was read up to ${read?.sequence}`);
      if (Number(row['queued']) > 0) told('stuck', lane, `${row['queued']} events are shown as queued`);
      parked += Number(row['parked']);
    }
    if (parked > setAside.waiting.size)
      told('stuck', '', `${parked} events are shown as parked, ${setAside.waiting.size} are`);
    return violations;
  },
};
