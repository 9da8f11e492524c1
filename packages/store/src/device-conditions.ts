import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { Severity } from '@cpemon/domain';

/** A condition that is open on a device. Times in epoch ms. */
export interface DeviceConditionRow {
  deviceId: number;
  rule: string;
  severity: Severity;
  /** Since when it holds, and when it had held for long enough. */
  since: number;
  openedAt: number;
  /** Empty where no single metric shows it. */
  metric: string;
  /** As it was opened. */
  value: number | null;
  text: string;
}

const ROWS_A_STATEMENT = 2000;

/** Adds conditions that have opened. Only by the owner of the devices' lane. */
export async function putConditions(
  transaction: Connection,
  rows: readonly DeviceConditionRow[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `
INSERT INTO device_conditions (device_id, rule, severity, since, opened_at, metric, value, text) VALUES ?
ON DUPLICATE KEY UPDATE severity = VALUES(severity), since = VALUES(since), opened_at = VALUES(opened_at),
  metric = VALUES(metric), value = VALUES(value), text = VALUES(text)`,
      [
        rows
          .slice(first, first + ROWS_A_STATEMENT)
          .map(({ deviceId, rule, severity, since, openedAt, metric, value, text }) => [
            ...[deviceId, rule, severity, new Date(since), new Date(openedAt), metric, value, text],
          ]),
      ],
    );
  }
}

/** Removes conditions that have closed. Only by the owner of the devices' lane. */
export async function removeConditions(
  transaction: Connection,
  closed: readonly Pick<DeviceConditionRow, 'deviceId' | 'rule'>[],
): Promise<void> {
  for (let first = 0; first < closed.length; first += ROWS_A_STATEMENT) {
    await transaction.query('DELETE FROM device_conditions WHERE (device_id, rule) IN (?)', [
      closed.slice(first, first + ROWS_A_STATEMENT).map(({ deviceId, rule }) => [deviceId, rule]),
    ]);
  }
}

/**
 * Removes what is left of conditions of devices that have none any more: a writer of a release before, which knows no
 * conditions, lets go of them unseen.
 */
export async function removeEveryCondition(
  transaction: Connection,
  deviceIds: readonly number[],
): Promise<void> {
  for (let first = 0; first < deviceIds.length; first += ROWS_A_STATEMENT) {
    await transaction.query('DELETE FROM device_conditions WHERE device_id IN (?)', [
      deviceIds.slice(first, first + ROWS_A_STATEMENT),
    ]);
  }
}

/** Conditions that are open on some devices, by device and rule. */
export async function readConditions(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<DeviceConditionRow[]> {
  if (deviceIds.length === 0) return [];
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT device_id, rule, severity, since, opened_at, metric, value, text
  FROM device_conditions
 WHERE device_id IN (?)
 ORDER BY device_id, rule`,
    [deviceIds],
  );
  return rows.map((row) => ({
    deviceId: row['device_id'] as number,
    rule: row['rule'] as string,
    severity: row['severity'] as Severity,
    since: (row['since'] as Date).getTime(),
    openedAt: (row['opened_at'] as Date).getTime(),
    metric: row['metric'] as string,
    value: row['value'] as number | null,
    text: row['text'] as string,
  }));
}
