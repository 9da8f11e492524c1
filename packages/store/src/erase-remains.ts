import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { eraseHistoryOfDevice } from './history/erase-history.js';
import { findErasing, settleErasure } from './erasures.js';
import type { JobHands } from './run-job.js';

/** Rows that one transaction removes at most. */
const ROWS_AT_ONCE = 2000;
/** Erasures looked at in one run: those that cannot be finished yet keep no more than so many others waiting. */
const ERASURES_A_RUN = 200;

/** Tables in which a device may have any number of rows, found by its key. */
const TABLES_BY_DEVICE = ['device_events', 'alerts'] as const;

export interface RemainsReport {
  /** Erasures that are done now. */
  settled: number;
  rows: number;
}

type Hands = Pick<JobHands, 'connection' | 'transact'>;

/**
 * Removes what is left of erased devices, in small transactions under the job's lease: timeline, history in every tier,
 * what named them. May be broken off anywhere; the next run goes on. An erasure is done when nothing is left, parked
 * events included, which the lane's owner passes by itself.
 * @param pace.budgetMs no device is begun after so long
 */
export async function removeErasedRemains(
  hands: Hands,
  { budgetMs }: { budgetMs: number },
  now: () => number = () => performance.now(),
): Promise<RemainsReport> {
  const until = now() + budgetMs;
  const report: RemainsReport = { settled: 0, rows: 0 };
  for (const erasureId of await findErasing(hands.connection, ERASURES_A_RUN)) {
    const [devices] = await hands.connection.query<RowDataPacket[]>(
      'SELECT device_id, serial_number FROM erasure_devices WHERE erasure_id = ? ORDER BY device_id',
      [erasureId],
    );
    for (const row of devices) {
      if (now() > until) return report;
      const device = { deviceId: row['device_id'] as number, serialNumber: row['serial_number'] as string };
      report.rows += await removeMessages(hands, device.deviceId);
      for (const table of TABLES_BY_DEVICE) report.rows += await removeRowsOf(hands, table, device.deviceId);
      report.rows += await eraseHistoryOfDevice(hands, device);
      await hands.transact((transaction) =>
        transaction.query('DELETE FROM erasure_devices WHERE device_id = ?', [device.deviceId]),
      );
    }
    if (await hasParkedEvents(hands, erasureId)) continue;
    await hands.transact(async (transaction) => {
      await transaction.query(
        `DELETE FROM log_replay_failures WHERE subject IN (
           SELECT serial_number FROM erasure_subjects WHERE erasure_id = ?)`,
        [erasureId],
      );
      if (await settleErasure(transaction, erasureId)) report.settled += 1;
    });
  }
  return report;
}

async function removeRowsOf(
  { transact }: Hands,
  table: (typeof TABLES_BY_DEVICE)[number],
  deviceId: number,
): Promise<number> {
  for (let removed = 0; ;) {
    const rows = await transact(async (transaction) => {
      const [result] = await transaction.query<ResultSetHeader>(
        `DELETE FROM ${table} WHERE device_id = ? LIMIT ${ROWS_AT_ONCE}`,
        [deviceId],
      );
      return result.affectedRows;
    });
    removed += rows;
    if (rows < ROWS_AT_ONCE) return removed;
  }
}

/** What was to be told of its alerts, or was told: what waits is not told any more. */
async function removeMessages({ connection, transact }: Hands, deviceId: number): Promise<number> {
  const [alerts] = await connection.query<RowDataPacket[]>(
    "SELECT alert_id FROM alerts WHERE device_id = ? AND notification <> 'none'",
    [deviceId],
  );
  if (alerts.length === 0) return 0;
  const alertIds = alerts.map((row) => Number(row['alert_id']));
  return transact(async (transaction) => {
    const [result] = await transaction.query<ResultSetHeader>('DELETE FROM outbox WHERE alert_id IN (?)', [
      alertIds,
    ]);
    return result.affectedRows;
  });
}

/** Events from before the erasure that still wait: their lane's owner tries them, finds them erased, and passes on. */
async function hasParkedEvents({ connection }: Hands, erasureId: string): Promise<boolean> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT 1
  FROM erasure_subjects AS s
  JOIN log_lanes AS l
  JOIN log_parked AS p FORCE INDEX (by_home)
    ON p.grp = 'state' AND p.home_generation = l.generation AND p.home_lane = l.lane AND p.subject = s.serial_number
 WHERE s.erasure_id = ? AND p.received_at < (
   SELECT MAX(t.erased_at) FROM erasure_tombstones AS t WHERE t.erasure_id = s.erasure_id)
 LIMIT 1`,
    [erasureId],
  );
  return rows.length > 0;
}
