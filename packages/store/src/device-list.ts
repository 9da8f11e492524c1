import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { Health, Reachability } from '@cpemon/domain';

/** A device with its current values; times in epoch ms. */
export interface DeviceSummary {
  serialNumber: string;
  oui: string;
  productClass: string;
  manufacturer: string | null;
  model: string | null;
  firstSeenAt: number;
  lastSeenAt: number;
  /** Source of its last event. */
  source: string;
  intervalSeconds: number | null;
  reachability: Reachability;
  reason: string;
  since: number;
  health: Health;
  /** What its worst condition says; empty without one. */
  healthReason: string;
  healthSince: number | null;
  wanIp: string | null;
  swVersion: string | null;
  cpuUsedRatio: number | null;
  memoryUsedRatio: number | null;
  uptimeSeconds: number | null;
  temperatureCelsius: number | null;
  rxPowerDbm: number | null;
  /** Since when it reports far too often; null when it does not. */
  chattySince: number | null;
}

/** Looked for before it is read: it stands in the memory of few devices (device-memory.ts). */
const CHATTY_SINCE = `
  IF(LOCATE('"chatty":[', s.memory) > 0, JSON_VALUE(s.memory, '$[3].chatty[0]'), NULL) AS chattySince`;

/** Of devices AS d and device_state AS s. */
export const SUMMARY_COLUMNS = `
  d.serial_number AS serialNumber, d.oui, d.product_class AS productClass, d.manufacturer, d.model,
  d.first_seen_at AS firstSeenAt, s.last_seen_at AS lastSeenAt, s.source, s.interval_seconds AS intervalSeconds,
  s.reachability, s.reachability_reason AS reason, s.reachability_since AS since,
  s.health, s.health_reason AS healthReason, s.health_since AS healthSince, s.wan_ip AS wanIp,
  s.sw_version AS swVersion, s.cpu_used_ratio AS cpuUsedRatio, s.memory_used_ratio AS memoryUsedRatio,
  s.uptime_seconds AS uptimeSeconds, s.temperature_celsius AS temperatureCelsius, s.rx_power_dbm AS rxPowerDbm,
  ${CHATTY_SINCE}`;

/** Devices in the order in which they were first seen. */
export async function listDevices(
  connection: Connection,
  { offset, limit }: { offset: number; limit: number },
): Promise<DeviceSummary[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT ${SUMMARY_COLUMNS}
  FROM (SELECT device_id FROM device_state ORDER BY device_id LIMIT ? OFFSET ?) AS page
  JOIN device_state AS s ON s.device_id = page.device_id
  JOIN devices AS d ON d.device_id = page.device_id
 ORDER BY page.device_id`,
    [limit, offset],
  );
  return rows.map(toDeviceSummary);
}

/** Devices by when they were last seen, newest first. Reads every device: for small fleets. */
export async function listDevicesByLastSeen(
  connection: Connection,
  { offset, limit }: { offset: number; limit: number },
): Promise<DeviceSummary[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT ${SUMMARY_COLUMNS}
  FROM (SELECT device_id FROM device_state ORDER BY last_seen_at DESC, device_id LIMIT ? OFFSET ?) AS page
  JOIN device_state AS s ON s.device_id = page.device_id
  JOIN devices AS d ON d.device_id = page.device_id
 ORDER BY s.last_seen_at DESC, s.device_id`,
    [limit, offset],
  );
  return rows.map(toDeviceSummary);
}

/** All devices with one of these serial numbers, newest first: several where OUI or product class tell them apart. */
export async function findDevices(
  connection: Connection,
  serialNumbers: readonly string[],
): Promise<DeviceSummary[]> {
  if (serialNumbers.length === 0) return [];
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT ${SUMMARY_COLUMNS}
  FROM devices AS d
  JOIN device_state AS s ON s.device_id = d.device_id
 WHERE d.serial_number IN (?)
 ORDER BY s.last_seen_at DESC, s.device_id`,
    [serialNumbers],
  );
  return rows.map(toDeviceSummary);
}

export function toDeviceSummary(row: RowDataPacket): DeviceSummary {
  return {
    ...(row as DeviceSummary),
    firstSeenAt: (row['firstSeenAt'] as Date).getTime(),
    lastSeenAt: (row['lastSeenAt'] as Date).getTime(),
    since: (row['since'] as Date).getTime(),
    healthSince: (row['healthSince'] as Date | null)?.getTime() ?? null,
    chattySince: row['chattySince'] === null ? null : Number(row['chattySince']),
  };
}
