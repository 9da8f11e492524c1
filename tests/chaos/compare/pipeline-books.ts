import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

/** Terms of the books and the tables that each of them counts. */
const TERMS: readonly { name: string; sql: string }[] = [
  { name: 'accepted', sql: 'SELECT SUM(head_seq - base_seq) FROM log_lanes' },
  { name: 'parked_events', sql: "SELECT COUNT(*) FROM log_parked WHERE grp = 'state'" },
  {
    name: 'dead_letters',
    sql: "SELECT COUNT(*) FROM log_dead_letters WHERE grp = 'state' AND state IN ('dead', 'requeue', 'discard')",
  },
  {
    name: 'discarded',
    sql: "SELECT COUNT(*) FROM log_dead_letters WHERE grp = 'state' AND state = 'discarded'",
  },
  {
    name: 'skipped',
    sql: "SELECT SUM(to_seq - from_seq + 1) FROM log_skips WHERE grp = 'state' AND state = 'done'",
  },
  {
    name: 'applied',
    sql: 'SELECT (SELECT SUM(applied_events) FROM device_state) + (SELECT SUM(quarantined) FROM log_offsets)',
  },
  { name: 'duplicates', sql: 'SELECT SUM(duplicate_events) FROM device_state' },
  { name: 'late', sql: 'SELECT SUM(late_events) FROM device_state' },
];

/** The books that `/v1/pipeline` shows: they balance, and each term is what its table says. */
export const pipelineBooks: Comparison = {
  table: '/v1/pipeline',
  async compare({ connection, pipeline: { totals } }) {
    const violations: Violation[] = [];
    const term = (name: string): number => totals[name] ?? 0;
    const accounted =
      term('applied') +
      term('lag_events') +
      term('parked_events') +
      term('dead_letters') +
      term('discarded') +
      term('skipped');
    if (term('accepted') !== accounted) {
      const detail = `accepted ${term('accepted')} is not applied + waiting + parked + dead + discarded + skipped, ${accounted}`;
      const kind = accounted < term('accepted') ? 'lost' : 'doubled';
      violations.push({ kind, table: '/v1/pipeline', detail });
    }
    if (term('lag_events') > 0)
      violations.push({ kind: 'stuck', table: '/v1/pipeline', detail: `${term('lag_events')} events wait` });
    for (const { name, sql } of TERMS) {
      const [[row]] = await connection.query<RowDataPacket[]>(`SELECT (${sql}) AS counted`);
      const counted = Number(row?.['counted'] ?? 0);
      if (counted === term(name)) continue;
      const detail = `${name} is ${term(name)}, the tables say ${counted}`;
      violations.push({ kind: term(name) < counted ? 'lost' : 'doubled', table: '/v1/pipeline', detail });
    }
    return violations;
  },
};
