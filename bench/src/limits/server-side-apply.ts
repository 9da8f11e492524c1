import type { SingleConnection } from '@cpemon/database';
import { laneOf } from '@cpemon/domain';
import { WrongResult } from '../benchmark.js';
import { cpuTenthsOf, uptimeSecondsAt } from '../load/heartbeat-bytes.js';
import { scheduleOf, serialNumberOf, type FleetPlan } from '../load/fleet-plan.js';

const ROWS_PER_TRANSACTION = 5000;

/** Columns of device_state that an event decides; `memory` is the writer's own and stays as it was copied. */
const VALUE_COLUMNS = [
  'generation',
  'lane',
  'last_seq',
  'last_seen_at',
  'device_time',
  'source',
  'interval_seconds',
  'reachability',
  'reachability_reason',
  'reachability_since',
  'wan_ip',
  'sw_version',
  'cpu_used_ratio',
  'memory_used_ratio',
  'uptime_seconds',
  'temperature_celsius',
  'rx_power_dbm',
] as const;

/**
 * Keeps device_state as it is now for all later runs, and puts the events of a load into a table, decoded, as plain
 * columns with the device's key, in the order in which they were sent. Not part of what is measured.
 */
export async function stageServerSideApply(
  connection: SingleConnection,
  plan: FleetPlan,
  events: number,
  lanes: number,
): Promise<void> {
  await connection.query('DROP TABLE IF EXISTS bench_apply_events, bench_apply_start');
  await connection.query('CREATE TABLE bench_apply_start LIKE device_state');
  await connection.query('INSERT INTO bench_apply_start SELECT * FROM device_state');
  await connection.query(
    `CREATE TABLE bench_apply_events (event_no INT UNSIGNED NOT NULL, PRIMARY KEY (event_no))
       ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
       SELECT 0 AS event_no, device_id, ${VALUE_COLUMNS.join(', ')} FROM device_state LIMIT 0`,
  );
  const ids = await readDeviceIds(connection, plan.devices);
  const schedule = scheduleOf(plan);
  const heads = new Array<number>(lanes).fill(1_000_000_000);
  for (let first = 0; first < events; first += ROWS_PER_TRANSACTION) {
    const rows: unknown[][] = [];
    for (let n = first; n < Math.min(events, first + ROWS_PER_TRANSACTION); n++) {
      const device = schedule.deviceOf(n);
      const lane = laneOf(serialNumberOf(device), lanes);
      const timeMs = schedule.timeOf(n);
      const time = new Date(timeMs);
      rows.push([
        ...[n, ids[device], 1, lane, ++heads[lane]!, time, time, '/telemetry', 60, 'online', 'on time', time],
        ...[
          '100.64.12.34',
          'V5R020C10S115',
          cpuTenthsOf(n) / 1000,
          0.482,
          uptimeSecondsAt(timeMs),
          48.5,
          -19.42,
        ],
      ]);
    }
    await connection.query(
      `INSERT INTO bench_apply_events (event_no, device_id, ${VALUE_COLUMNS.join(', ')}) VALUES ?`,
      [rows],
    );
  }
}

/**
 * Events per second that the server applies without a client's help: the staged events into a fresh copy of
 * device_state, 5,000 a transaction, one connection.
 * @returns the rate
 * @throws WrongResult when the copy does not end with the last event of each device
 */
export async function measureServerSideApply(connection: SingleConnection, events: number): Promise<number> {
  await connection.query('DROP TABLE IF EXISTS bench_apply_state');
  await connection.query('CREATE TABLE bench_apply_state LIKE bench_apply_start');
  await connection.query('INSERT INTO bench_apply_state SELECT * FROM bench_apply_start');

  const columns = VALUE_COLUMNS.join(', ');
  const assignments = VALUE_COLUMNS.map((column) => `${column} = VALUES(${column})`).join(', ');
  const apply = `
    INSERT INTO bench_apply_state
      (device_id, ${columns}, applied_events, duplicate_events, late_events, memory)
    SELECT device_id, ${columns}, 1, 0, 0, ''
      FROM bench_apply_events WHERE event_no >= ? AND event_no < ? ORDER BY event_no
    ON DUPLICATE KEY UPDATE ${assignments}, applied_events = bench_apply_state.applied_events + 1`;
  const startedAt = performance.now();
  for (let first = 0; first < events; first += ROWS_PER_TRANSACTION) {
    await connection.query(apply, [first, first + ROWS_PER_TRANSACTION]);
  }
  const seconds = (performance.now() - startedAt) / 1000;

  const [rows] = await connection.query(
    `SELECT COUNT(*) AS devices, SUM(state.last_seq = staged.last_seq) AS correct,
            (SELECT SUM(applied_events) FROM bench_apply_state) -
            (SELECT SUM(applied_events) FROM bench_apply_start) AS applied
       FROM (SELECT device_id, MAX(last_seq) AS last_seq FROM bench_apply_events GROUP BY device_id) AS staged
       LEFT JOIN bench_apply_state AS state ON state.device_id = staged.device_id`,
  );
  const [found] = rows as { devices: number; correct: number | string; applied: number | string }[];
  if (Number(found?.correct) !== found?.devices || Number(found?.applied) !== events) {
    throw new WrongResult(`server-side apply left a wrong state: ${JSON.stringify(found)}, ${events} events`);
  }
  return events / seconds;
}

/** The numeric key of each device, by its number. */
export async function readDeviceIds(connection: SingleConnection, devices: number): Promise<Int32Array> {
  const ids = new Int32Array(devices + 1);
  const [rows] = await connection.query('SELECT device_id AS id, serial_number AS serialNumber FROM devices');
  for (const { id, serialNumber } of rows as { id: number; serialNumber: string }[]) {
    const device = Number(serialNumber.slice(4));
    if (device <= devices) ids[device] = id;
  }
  for (let device = 1; device <= devices; device++) {
    if (ids[device] === 0) throw new WrongResult(`device ${serialNumberOf(device)} is not registered`);
  }
  return ids;
}
