import type { ResultSetHeader } from 'mysql2/promise';
import type { SingleConnection } from '@cpemon/database';
import type { JobHands } from './run-job.js';

export interface RecordAges {
  /** How long dead letters that are settled, skips and the audit of operators are kept. */
  auditDays: number;
}

const REPLAYS_KEPT_DAYS = 90;
const JOBS_KEPT_DAYS = 90;
/** An identity that was not heard of for so long has its place in quarantine again when it comes back. */
const QUARANTINE_KEPT_DAYS = 90;
/** Whether a message arrived is asked within days. */
const MESSAGES_KEPT_DAYS = 14;
const PLANS_KEPT_DAYS = 90;
/** Rows that one transaction removes at most. */
const ROWS_AT_ONCE = 5000;

const before = (column: string): string => `${column} < UTC_TIMESTAMP(3) - INTERVAL ? DAY`;

const ofNoReplay = (table: string): string =>
  `DELETE FROM ${table} WHERE NOT EXISTS (SELECT 1 FROM log_replays AS r WHERE r.replay_id = ${table}.replay_id)`;

/** Statements that remove rows of one kind, with their parameters. */
function removals({ auditDays }: RecordAges): [string, number[]][] {
  const isRunning =
    "EXISTS (SELECT 1 FROM log_replay_lanes AS l WHERE l.replay_id = log_replays.replay_id AND l.state = 'running')";
  return [
    [
      `DELETE FROM log_dead_letters WHERE state IN ('applied', 'discarded') AND ${before('settled_at')}`,
      [auditDays],
    ],
    [`DELETE FROM log_skips WHERE state <> 'asked' AND ${before('settled_at')}`, [auditDays]],
    [`DELETE FROM operator_audit WHERE ${before('at')}`, [auditDays]],
    [`DELETE FROM log_replays WHERE NOT ${isRunning} AND ${before('asked_at')}`, [REPLAYS_KEPT_DAYS]],
    [ofNoReplay('log_replay_lanes'), []],
    [ofNoReplay('log_replay_failures'), []],
    [
      `DELETE FROM log_rebuilds WHERE state IN ('done', 'refused') AND ${before('settled_at')}`,
      [REPLAYS_KEPT_DAYS],
    ],
    [
      `DELETE FROM quarantined_identities WHERE released_at IS NULL AND ${before('last_at')}`,
      [QUARANTINE_KEPT_DAYS],
    ],
    [`DELETE FROM alerts WHERE state = 'resolved' AND ${before('resolved_at')}`, [auditDays]],
    [`DELETE FROM outbox WHERE state <> 'waiting' AND ${before('settled_at')}`, [MESSAGES_KEPT_DAYS]],
    // To a receiver that there is no more.
    [`DELETE FROM outbox WHERE ${before('made_at')}`, [MESSAGES_KEPT_DAYS]],
    [`DELETE FROM silences WHERE ${before('ends_at')}`, [PLANS_KEPT_DAYS]],
    [`DELETE FROM maintenance_windows WHERE ${before('ends_at')}`, [PLANS_KEPT_DAYS]],
    [`DELETE FROM job_leases WHERE owner IS NULL AND ${before('finished_at')}`, [JOBS_KEPT_DAYS]],
  ];
}

/** Removes what nobody asks for any more, in small transactions under the job's lease; the number of rows. */
export async function removeOldRecords(
  { transact }: Pick<JobHands, 'transact'>,
  ages: RecordAges,
): Promise<number> {
  let removed = 0;
  for (const [statement, parameters] of removals(ages)) {
    for (;;) {
      const rows = await transact((transaction) => removeSome(transaction, statement, parameters));
      removed += rows;
      if (rows < ROWS_AT_ONCE) break;
    }
  }
  return removed;
}

async function removeSome(
  transaction: SingleConnection,
  statement: string,
  parameters: number[],
): Promise<number> {
  const [result] = await transaction.query<ResultSetHeader>(`${statement} LIMIT ${ROWS_AT_ONCE}`, parameters);
  return result.affectedRows;
}
