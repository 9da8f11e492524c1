import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { ALERT_FEED_LANE } from '../change-feed.js';

export const ALERT_STATES = ['pending', 'firing', 'resolved'] as const;
export type StoredAlertState = (typeof ALERT_STATES)[number];

/** Whether anybody was told of an alert: by itself, or together with others in the digest. */
export type NotificationState = 'none' | 'sent' | 'digest' | 'digested';

/** A row of `alerts` but for what the API writes. Times are epoch ms. */
export interface AlertRow {
  /** 0: not stored yet. */
  alertId: number;
  /** What it is of, while it is open. */
  openKey: string;
  rule: string;
  kind: 'device' | 'group';
  severity: 'warning' | 'critical';
  state: StoredAlertState;
  /** Of a device alert; else 0 and empty. */
  deviceId: number;
  serialNumber: string;
  lane: number;
  /** Of a group alarm; else empty. */
  groupLabel: string;
  groupValue: string;
  labels: Readonly<Record<string, string>>;
  summary: string;
  startedAt: number;
  endedAt: number | null;
  pendingAt: number;
  firedAt: number | null;
  clearSince: number | null;
  resolvedAt: number | null;
  cause: string;
  evidence: Readonly<Record<string, unknown>>;
  missing: number;
  due: number;
  members: number;
  mostMissing: number;
  deviceSeconds: number;
  parentId: number | null;
  quiet: string;
  notification: NotificationState;
  notifiedAt: number | null;
  endNotifiedAt: number | null;
  /** The trace of the event that last began or ended it; absent or null: none that is recorded. */
  traceparent?: string | null;
}

/** With what the API writes. */
export interface ShownAlert extends AlertRow {
  acknowledgedBy: string | null;
  acknowledgedAt: number | null;
  acknowledgeNote: string;
}

const time = (column: string): string => `CAST(UNIX_TIMESTAMP(${column}) * 1000 AS UNSIGNED) AS ${column}`;
const COLUMNS = `alert_id, open_key, rule, kind, severity, state, device_id, serial_number, lane, group_label, group_value,
  labels, summary, ${time('started_at')}, ${time('ended_at')}, ${time('pending_at')}, ${time('fired_at')},
  ${time('clear_since')}, ${time('resolved_at')}, cause, evidence, missing, due, members, most_missing, device_seconds,
  parent_id, quiet, notification, ${time('notified_at')}, ${time('end_notified_at')},
  acknowledged_by, ${time('acknowledged_at')}, acknowledge_note, traceparent`;

const dateOrNull = (at: number | null): Date | null => (at === null ? null : new Date(at));

/** Columns that are written, with what is written into them. A closed alert has no key: another may open under it. */
const valuesOf = (alert: AlertRow): Record<string, unknown> => ({
  ...{ open_key: alert.state === 'resolved' ? null : alert.openKey, rule: alert.rule, kind: alert.kind },
  ...{ severity: alert.severity, state: alert.state, device_id: alert.deviceId },
  ...{ serial_number: alert.serialNumber, lane: alert.lane },
  ...{ group_label: alert.groupLabel, group_value: alert.groupValue, labels: JSON.stringify(alert.labels) },
  ...{ summary: alert.summary.slice(0, 255), started_at: new Date(alert.startedAt) },
  ...{ ended_at: dateOrNull(alert.endedAt), pending_at: new Date(alert.pendingAt) },
  ...{ fired_at: dateOrNull(alert.firedAt), clear_since: dateOrNull(alert.clearSince) },
  ...{
    resolved_at: dateOrNull(alert.resolvedAt),
    cause: alert.cause,
    evidence: JSON.stringify(alert.evidence),
  },
  ...{ missing: alert.missing, due: alert.due, members: alert.members, most_missing: alert.mostMissing },
  ...{ device_seconds: Math.round(alert.deviceSeconds), parent_id: alert.parentId, quiet: alert.quiet },
  ...{ notification: alert.notification, notified_at: dateOrNull(alert.notifiedAt) },
  end_notified_at: dateOrNull(alert.endNotifiedAt),
  traceparent: alert.traceparent ?? null,
});

/** Adds an alert, or writes all of it but what the API writes. @returns its key */
export async function putAlert(transaction: Connection, alert: AlertRow): Promise<number> {
  const values = valuesOf(alert);
  if (alert.alertId !== 0) {
    await transaction.query('UPDATE alerts SET ? WHERE alert_id = ?', [values, alert.alertId]);
    return alert.alertId;
  }
  const [result] = await transaction.query<ResultSetHeader>('INSERT INTO alerts SET ?', [values]);
  return result.insertId;
}

/** Removes alerts that have never been: their conditions went before they fired. */
export async function removeAlerts(transaction: Connection, alertIds: readonly number[]): Promise<void> {
  if (alertIds.length === 0) return;
  await transaction.query("DELETE FROM alerts WHERE alert_id IN (?) AND state = 'pending'", [alertIds]);
}

/**
 * Removes these alerts of erased devices with all messages about them, and what the change feed says of the devices'
 * alerts. Alerts that ended before go by and by (erase-remains.ts).
 */
export async function eraseAlerts(
  transaction: Connection,
  deviceIds: readonly number[],
  alertIds: readonly number[],
): Promise<void> {
  // Positions have no holes, so the rows stay.
  await transaction.query("UPDATE change_feed SET data = '{}' WHERE lane = ? AND device_id IN (?)", [
    ALERT_FEED_LANE,
    deviceIds,
  ]);
  if (alertIds.length === 0) return;
  await transaction.query('DELETE FROM outbox WHERE alert_id IN (?)', [alertIds]);
  await transaction.query('DELETE FROM alerts WHERE alert_id IN (?)', [alertIds]);
}

/** Which of some devices that there are no more were erased: it is under way, or their alerts are gone as well. */
export async function readErasedAmong(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<Set<number>> {
  if (deviceIds.length === 0) return new Set();
  const [erasing] = await connection.query<RowDataPacket[]>(
    'SELECT device_id FROM erasure_devices WHERE device_id IN (?)',
    [deviceIds],
  );
  const [withAlerts] = await connection.query<RowDataPacket[]>(
    'SELECT DISTINCT device_id FROM alerts WHERE device_id IN (?)',
    [deviceIds],
  );
  const idsOf = (rows: RowDataPacket[]): Set<number> =>
    new Set(rows.map((row) => row['device_id'] as number));
  const [isErasing, hasAlerts] = [idsOf(erasing), idsOf(withAlerts)];
  return new Set(deviceIds.filter((deviceId) => isErasing.has(deviceId) || !hasAlerts.has(deviceId)));
}

/** Alerts that fire, that nobody was told of yet, and that somebody has acknowledged all the same. */
export async function readAcknowledgedUntold(connection: Connection): Promise<Set<number>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT alert_id FROM alerts
     WHERE state = 'firing' AND notification = 'none' AND acknowledged_by IS NOT NULL`,
  );
  return new Set(rows.map((row) => Number(row['alert_id'])));
}

/** Alerts that are not resolved, or of whose end nobody was told yet, and those that wait for the digest. */
export async function readOpenAlerts(connection: Connection): Promise<AlertRow[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM alerts WHERE state IN ('pending', 'firing') ORDER BY alert_id`,
  );
  const [untold] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM alerts WHERE state = 'resolved' AND notification = 'digest' ORDER BY alert_id`,
  );
  return [...rows, ...untold].map(toAlert);
}

/** When alerts were told by themselves since `since`, epoch ms. */
export async function readSentTimes(connection: Connection, since: number): Promise<number[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT CAST(UNIX_TIMESTAMP(notified_at) * 1000 AS UNSIGNED) AS sent_ms FROM alerts
     WHERE notification = 'sent' AND notified_at >= ?`,
    [new Date(since)],
  );
  return rows.map((row) => Number(row['sent_ms']));
}

/** Alerts that somebody was told of by itself and that are firing, or were resolved since `resolvedSince` (epoch ms). */
export async function readActiveAlerts(connection: Connection, resolvedSince: number): Promise<ShownAlert[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM alerts
     WHERE notification = 'sent' AND state = 'firing' AND quiet = ''
     UNION ALL
     SELECT ${COLUMNS} FROM alerts FORCE INDEX (by_end)
     WHERE notification = 'sent' AND resolved_at >= ?
     LIMIT ?`,
    [new Date(resolvedSince), MOST_ACTIVE],
  );
  return rows.map(toAlert);
}

/** Far more than a budget lets through. */
const MOST_ACTIVE = 10_000;

export interface AlertFilter {
  /** open: pending or firing. */
  state?: StoredAlertState | 'open';
  severity?: 'warning' | 'critical';
  kind?: 'device' | 'group';
  rule?: string;
  serialNumber?: string;
  groupLabel?: string;
  groupValue?: string;
  parentId?: number;
}

/** Newest first. @param page.before key of the last one of the page before */
export async function listAlerts(
  connection: Connection,
  filter: AlertFilter,
  { limit, before }: { limit: number; before?: number },
): Promise<ShownAlert[]> {
  const conditions: [sql: string, value: string | number][] = [];
  const { state, severity, kind, rule, serialNumber, groupLabel, groupValue, parentId } = filter;
  if (state === 'open') conditions.push(["state IN ('pending', ?)", 'firing']);
  else if (state !== undefined) conditions.push(['state = ?', state]);
  if (severity !== undefined) conditions.push(['severity = ?', severity]);
  if (kind !== undefined) conditions.push(['kind = ?', kind]);
  if (rule !== undefined) conditions.push(['rule = ?', rule]);
  if (serialNumber !== undefined) conditions.push(['serial_number = ?', serialNumber]);
  if (groupLabel !== undefined) conditions.push(['group_label = ?', groupLabel]);
  if (groupValue !== undefined) conditions.push(['group_value = ?', groupValue]);
  if (parentId !== undefined) conditions.push(['parent_id = ?', parentId]);
  if (before !== undefined) conditions.push(['alert_id < ?', before]);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM alerts ${where} ORDER BY alert_id DESC LIMIT ?`,
    [...conditions.map(([, value]) => value), limit],
  );
  return rows.map(toAlert);
}

export async function findAlert(connection: Connection, alertId: number): Promise<ShownAlert | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM alerts WHERE alert_id = ?`,
    [alertId],
  );
  return row === undefined ? null : toAlert(row);
}

/** @returns false when there is no such alert, or somebody has acknowledged it already */
export async function acknowledgeAlert(
  transaction: Connection,
  { alertId, actor, note }: { alertId: number; actor: string; note: string },
): Promise<boolean> {
  const [result] = await transaction.query<ResultSetHeader>(
    `UPDATE alerts SET acknowledged_by = ?, acknowledged_at = SYSDATE(3), acknowledge_note = ?
     WHERE alert_id = ? AND acknowledged_by IS NULL`,
    [actor.slice(0, 128), note.slice(0, 255), alertId],
  );
  return result.affectedRows === 1;
}

/** Alerts by state and severity. */
export async function countAlerts(
  connection: Connection,
): Promise<{ state: StoredAlertState; severity: string; alerts: number }[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT state, severity, COUNT(*) AS alerts FROM alerts WHERE state IN ('pending', 'firing') GROUP BY state, severity`,
  );
  return rows.map((row) => ({
    state: row['state'] as StoredAlertState,
    severity: row['severity'] as string,
    alerts: Number(row['alerts']),
  }));
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

function toAlert(row: RowDataPacket): ShownAlert {
  return {
    alertId: Number(row['alert_id']),
    openKey: (row['open_key'] as string | null) ?? '',
    rule: row['rule'] as string,
    kind: row['kind'] as AlertRow['kind'],
    severity: row['severity'] as AlertRow['severity'],
    state: row['state'] as StoredAlertState,
    deviceId: row['device_id'] as number,
    serialNumber: row['serial_number'] as string,
    lane: row['lane'] as number,
    groupLabel: row['group_label'] as string,
    groupValue: row['group_value'] as string,
    labels: JSON.parse(row['labels'] as string) as Record<string, string>,
    summary: row['summary'] as string,
    startedAt: Number(row['started_at']),
    endedAt: numberOrNull(row['ended_at']),
    pendingAt: Number(row['pending_at']),
    firedAt: numberOrNull(row['fired_at']),
    clearSince: numberOrNull(row['clear_since']),
    resolvedAt: numberOrNull(row['resolved_at']),
    cause: row['cause'] as string,
    evidence: JSON.parse(row['evidence'] as string) as Record<string, unknown>,
    missing: row['missing'] as number,
    due: row['due'] as number,
    members: row['members'] as number,
    mostMissing: row['most_missing'] as number,
    deviceSeconds: Number(row['device_seconds']),
    parentId: numberOrNull(row['parent_id']),
    quiet: row['quiet'] as string,
    notification: row['notification'] as NotificationState,
    notifiedAt: numberOrNull(row['notified_at']),
    endNotifiedAt: numberOrNull(row['end_notified_at']),
    acknowledgedBy: row['acknowledged_by'] as string | null,
    acknowledgedAt: numberOrNull(row['acknowledged_at']),
    acknowledgeNote: row['acknowledge_note'] as string,
    traceparent: row['traceparent'] as string | null,
  };
}
