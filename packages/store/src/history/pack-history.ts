import type { RowDataPacket } from 'mysql2/promise';
import type { JobHands } from '../run-job.js';
import { closeRunGroup, findRunGroups } from './close-slices.js';
import { findFreshLanes, packFreshLane } from './pack-fresh.js';
import { findDueDays, rollUpDay } from './roll-up-days.js';
import { SLICES_A_DAY, SLICE_MS } from './slices.js';

export interface PackingPace {
  /** Chunks wait so long: longer makes larger runs, shorter makes what readers look through less. */
  afterSeconds: number;
  /** A slice is closed so long after its end, when the last of its chunks are packed. */
  graceSeconds: number;
  /** No step is begun after so long; the next run goes on. */
  budgetMs: number;
}

export interface PackingReport {
  lanes: number;
  samples: number;
  groups: number;
  /** Days of groups rolled up. */
  days: number;
}

const GROUPS_A_READ = 50;

/**
 * Packs what is due, lane by lane and then group by group, each in a transaction under the job's lease. May be broken
 * off anywhere: what was not committed is as it was, and what was is packed.
 */
export async function packHistory(
  { connection, transact }: Pick<JobHands, 'connection' | 'transact'>,
  { afterSeconds, graceSeconds, budgetMs }: PackingPace,
  now: () => number = () => performance.now(),
): Promise<PackingReport> {
  const until = now() + budgetMs;
  const report: PackingReport = { lanes: 0, samples: 0, groups: 0, days: 0 };
  for (const lane of await findFreshLanes(connection, afterSeconds)) {
    if (now() > until) return report;
    report.samples += await transact((transaction) => packFreshLane(transaction, lane));
    report.lanes += 1;
  }
  const [[clock]] = await connection.query<RowDataPacket[]>(
    'SELECT UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS now',
  );
  const beforeSlice = Math.floor((Number(clock?.['now']) - graceSeconds * 1000) / SLICE_MS);
  while (now() <= until) {
    const groups = await findRunGroups(connection, beforeSlice, GROUPS_A_READ);
    for (const group of groups) {
      if (now() > until) return report;
      await transact((transaction) => closeRunGroup(transaction, group));
      report.groups += 1;
    }
    if (groups.length < GROUPS_A_READ) break;
  }
  // A day is rolled up when its last slice is closed.
  for (;;) {
    const due = await findDueDays(connection, Math.floor(beforeSlice / SLICES_A_DAY), GROUPS_A_READ);
    for (const day of due) {
      if (now() > until) return report;
      await transact((transaction) => rollUpDay(transaction, day));
      report.days += 1;
    }
    if (due.length < GROUPS_A_READ) break;
  }
  return report;
}
