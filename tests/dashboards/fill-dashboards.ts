import type { SingleConnection } from '@cpemon/database';
import { recountFleet, recountHealth, recountLabels } from '@cpemon/store';

const LANES = 16;
const ROWS_A_STATEMENT = 50_000;
const EVENTS_OF_ONE_DEVICE = 2000;

/**
 * What dashboards read beside the devices, as an installation has it after some weeks: one line in fifty with a condition, two
 * entries on each timeline, a feed of one change a device, alerts, parked devices, dead letters, doubts about identities.
 * @param asked the device that is looked at by itself
 */
export async function fillDashboards(
  connection: SingleConnection,
  devices: number,
  asked: number,
): Promise<void> {
  const run = (sql: string, values: unknown[] = []): Promise<unknown> => connection.query(sql, values);
  for (let first = 1; first <= devices; first += ROWS_A_STATEMENT)
    await run(
      `UPDATE device_state SET rx_power_dbm = -15 - (device_id % 140) / 10, temperature_celsius = 41, health = 'ok',
         cpu_used_ratio = 0.2, memory_used_ratio = 0.4, uptime_seconds = 86400
       WHERE device_id BETWEEN ? AND ?`,
      [first, first + ROWS_A_STATEMENT - 1],
    );
  await run(
    `INSERT INTO device_conditions (device_id, rule, severity, since, opened_at, metric, value, text)
     SELECT device_id, 'optics-low', 'critical', first_seen_at, first_seen_at, 'rx_power_dbm', -27.5, 'Receive power is -27.5 dBm'
     FROM devices WHERE device_id % 50 = 0 OR device_id = ?`,
    [asked],
  );
  for (const seconds of [0, 60])
    await run(
      `INSERT INTO device_events (device_id, at, kind, identity, data)
       SELECT device_id, first_seen_at + INTERVAL ? SECOND, 'reachability', 'online',
         '{"from":"offline","to":"online","reason":"reporting"}' FROM devices`,
      [seconds],
    );
  await run('INSERT INTO device_events (device_id, at, kind, identity, data) VALUES ?', [
    Array.from({ length: EVENTS_OF_ONE_DEVICE }, (_, n) => [
      ...[asked, new Date(Date.now() - n * 1000), 'boot', `boot-${n}`, '{"cause":"power"}'],
    ]),
  ]);
  await run(
    `INSERT INTO change_feed (lane, position, made_at, device_id, at, kind, news, label_set_id, data)
     SELECT lane, ROW_NUMBER() OVER (PARTITION BY lane ORDER BY device_id), first_seen_at, device_id, first_seen_at,
       'reachability', TRUE, 0, '{"from":"offline","to":"online","reason":"reporting"}' FROM devices`,
  );
  await run(
    'INSERT INTO change_feed_heads (lane, position) SELECT lane, MAX(position) FROM change_feed GROUP BY lane',
  );
  await run(
    `INSERT INTO alerts (rule, kind, severity, state, device_id, serial_number, labels, summary, started_at, pending_at, evidence)
     SELECT 'business-offline', 'device', 'critical', IF(device_id % 5000 = 0, 'firing', 'resolved'), device_id, serial_number,
       '{}', 'is offline', first_seen_at, first_seen_at, '{}' FROM devices WHERE device_id % 50 = 0`,
  );
  await run(
    `INSERT INTO log_offsets (grp, generation, lane, watermark) SELECT 'state', generation, lane, SYSDATE(3) FROM log_lanes`,
  );
  await run(
    `INSERT INTO log_members (grp, member, lease_until, started_at, host, version)
     VALUES ('state', 'writer-1', SYSDATE(3) + INTERVAL 1 HOUR, SYSDATE(3), 'host', '0.1.0')`,
  );
  const setAside = `'state', 1, lane, device_id, 1, lane, serial_number`;
  await run(
    `INSERT INTO log_dead_letters (grp, generation, lane, seq, home_generation, home_lane, subject, type, source, event_id,
       received_at, event, reason, cause, attempts, first_failed_at, dead_at)
     SELECT ${setAside}, 'cpemon.heartbeat.v1', '/heartbeat', device_id, first_seen_at, '{}', 'refused',
       CONCAT('cause ', device_id % 20), 5, first_seen_at, first_seen_at
     FROM devices WHERE device_id % 100 = 1 OR device_id = ?`,
    [asked],
  );
  await run(
    `INSERT INTO log_parked (grp, generation, lane, seq, home_generation, home_lane, subject, received_at, event, parked_at,
       reason, cause, attempts, first_failed_at, next_attempt_at)
     SELECT ${setAside}, first_seen_at, '{}', first_seen_at, 'refused', 'cause', 1, first_seen_at, first_seen_at
     FROM devices WHERE device_id % 100 = 2`,
  );
  await run(
    `INSERT INTO identity_findings (device_id, kind, other_id, at, data)
     SELECT device_id, 'conflict', device_id + 1, first_seen_at, '{}' FROM devices WHERE device_id % 20 = 0 OR device_id = ?`,
    [asked],
  );
  await fillFewRows(run);
  for (let lane = 0; lane < LANES; lane += 1) {
    await recountFleet(connection, lane);
    await recountLabels(connection, lane);
    await recountHealth(connection, lane);
  }
}

/** What does not grow with the fleet. */
async function fillFewRows(run: (sql: string, values?: unknown[]) => Promise<unknown>): Promise<void> {
  const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  const times = Array.from({ length: 200 }, (_, n) => ago(2 * n + 1));
  await run('INSERT INTO intake_gaps (path, started_at, ended_at) VALUES ?', [
    times.map((at) => ['webhook', at, new Date(at.getTime() + 30_000)]),
  ]);
  await run('INSERT INTO intake_paths (path, accepted_at) VALUES ?', [
    ['heartbeat', 'webhook', 'cwmp'].map((path) => [path, ago(0)]),
  ]);
  await run(
    `INSERT INTO source_silences (kind, name, started_at, ended_at, found_at, usual_per_minute, device_count) VALUES ?`,
    [times.map((at, n) => ['source', 'webhook', at, n === 0 ? null : at, at, 100, 5000])],
  );
  await run('INSERT INTO operator_audit (at, actor, action, target, outcome, detail) VALUES ?', [
    times.map((at) => [at, 'eva', 'replay', 'lane 3', 'done', '{}']),
  ]);
  await run('INSERT INTO job_leases (job, succeeded_at, outcome) VALUES ?', [
    ['partitions', 'retention'].map((job) => [job, ago(1), 'done']),
  ]);
}
