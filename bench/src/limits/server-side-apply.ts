import type { SingleConnection } from '@cpemon/database';
import { laneOf } from '@cpemon/domain';
import { DEVICE_STATE_COLUMNS } from '@cpemon/store';
import { WrongResult } from '../benchmark.js';
import { cpuTenthsOf, uptimeSecondsAt } from '../load/heartbeat-bytes.js';
import { scheduleOf, serialNumberOf, type FleetPlan } from '../load/fleet-plan.js';
import { readDeviceIds } from '../stack/state-rows.js';

const ROWS_PER_TRANSACTION = 5000;

/** Columns that are not values of an event: counters, and what is the writer's own and stays as it was copied. */
const NOT_OF_AN_EVENT = ['applied_events', 'duplicate_events', 'late_events', 'memory'];
const VALUE_COLUMNS = DEVICE_STATE_COLUMNS.filter((column) => !NOT_OF_AN_EVENT.includes(column));

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
      const values = valuesOf(n, { lane, sequence: ++heads[lane]!, timeMs: schedule.timeOf(n) });
      rows.push([n, ids[device], ...VALUE_COLUMNS.map((column) => valueOf(values, column))]);
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

/** What event n leaves in device_state, by column. */
function valuesOf(
  n: number,
  { lane, sequence, timeMs }: { lane: number; sequence: number; timeMs: number },
): Record<string, unknown> {
  const time = new Date(timeMs);
  return {
    generation: 1,
    lane,
    last_seq: sequence,
    last_seen_at: time,
    device_time: time,
    source: '/telemetry',
    interval_seconds: 60,
    reachability: 'online',
    reachability_reason: 'on time',
    reachability_since: time,
    health: 'ok',
    health_reason: '',
    health_since: time,
    wan_ip: '100.64.12.34',
    sw_version: 'V5R020C10S115',
    cpu_used_ratio: cpuTenthsOf(n) / 1000,
    memory_used_ratio: 0.482,
    uptime_seconds: uptimeSecondsAt(timeMs),
    temperature_celsius: 48.5,
    rx_power_dbm: -19.42,
  };
}

/** @throws Error for a column that the store has got since: the other half must write it too */
function valueOf(values: Record<string, unknown>, column: string): unknown {
  if (!(column in values)) throw new Error(`server-side apply has no value for device_state.${column}`);
  return values[column];
}
