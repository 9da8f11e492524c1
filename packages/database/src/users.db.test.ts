import { createTestDatabase, rolePassword, type TestDatabase } from '../../../tests/support/test-database.js';
import { connect, type SingleConnection } from './connection.js';
import { DATABASE_ROLES, refreshUsers, userName, type DatabaseRole } from './users.js';

let database: TestDatabase;
const sessions = {} as Record<DatabaseRole, SingleConnection>;

beforeAll(async () => {
  database = await createTestDatabase();
  for (const role of DATABASE_ROLES) sessions[role] = await connect(await database.login(role), {});
});

afterAll(async () => {
  for (const session of Object.values(sessions)) await session.end();
  await database.drop();
});

const may = (role: DatabaseRole, sql: string) => sessions[role].query(sql);
const mayNot = async (role: DatabaseRole, sql: string) => {
  // 1142: a right on the table is missing; 1044: on the schema; 1370: on the routine; 1227: a global right.
  const refusal = await may(role, sql).then(
    () => null,
    (error: { errno: number }) => error.errno,
  );
  expect([sql, refusal]).toEqual([sql, expect.anything()]);
  expect([1142, 1044, 1370, 1227]).toContain(refusal);
};

const INSERT_RECORD = `INSERT INTO log_records
  (generation, lane, last_seq, received_hour, event_count, received_at, events)
  VALUES (1, 0, 1, 1, 1, UTC_TIMESTAMP(3), '[]')`;

test('ingest appends and beats, and neither deletes from the log nor reads devices', async () => {
  await may('ingest', 'SELECT * FROM log_generations');
  await may(
    'ingest',
    'INSERT INTO log_lanes (generation, lane, last_received_at) VALUES (1, 0, UTC_TIMESTAMP(3))',
  );
  await may('ingest', 'SELECT head_seq FROM log_lanes WHERE generation = 1 AND lane = 0 FOR UPDATE');
  await may('ingest', INSERT_RECORD);
  await may('ingest', 'UPDATE log_lanes SET head_seq = 1 WHERE generation = 1 AND lane = 0');
  await may('ingest', "INSERT INTO intake_paths (path, accepted_at) VALUES ('heartbeat', UTC_TIMESTAMP(3))");
  await mayNot('ingest', 'DELETE FROM log_records');
  await mayNot('ingest', "UPDATE log_records SET events = '[1]'");
  await mayNot('ingest', 'UPDATE log_offsets SET applied_seq = 1');
  await mayNot('ingest', 'SELECT * FROM device_state');
  await mayNot('ingest', 'CREATE TABLE mine (x INT)');
});

test('writer reads the log under a lock, moves offsets and writes devices, and never the log or the schema', async () => {
  await may('writer', 'SELECT events FROM log_records');
  await may('writer', 'SELECT head_seq FROM log_lanes WHERE generation = 1 AND lane = 0 FOR UPDATE');
  await may('writer', "INSERT INTO log_offsets (grp, generation, lane) VALUES ('state', 1, 0)");
  await may(
    'writer',
    "UPDATE log_offsets SET applied_seq = 1 WHERE grp = 'state' AND generation = 1 AND lane = 0",
  );
  await may('writer', "INSERT INTO fleet_counts (lane, reachability, devices) VALUES (0, 'online', 1)");
  await may('writer', 'DELETE FROM fleet_counts WHERE lane = 0');
  await may('writer', 'SELECT * FROM intake_paths');
  await mayNot('writer', INSERT_RECORD);
  await mayNot('writer', 'DELETE FROM log_records');
  await mayNot('writer', 'ALTER TABLE device_state ADD COLUMN mine INT NULL');
  await mayNot('writer', 'UPDATE intake_paths SET accepted_at = accepted_at');
  await mayNot('writer', 'UPDATE schema_migrations SET number = number');
});

test('api reads everything and appends, and changes no device', async () => {
  await may('api', 'SELECT * FROM device_state');
  await may('api', 'SELECT * FROM v_devices');
  await may('api', 'SELECT head_seq FROM log_lanes FOR UPDATE');
  await may('api', 'UPDATE log_lanes SET head_seq = 2 WHERE generation = 1 AND lane = 0');
  await may('api', "UPDATE log_dead_letters SET state = 'requeue' WHERE seq = 0");
  await may('api', "UPDATE log_generations SET reason = 'more lanes' WHERE generation = 0");
  await mayNot('api', 'DELETE FROM log_dead_letters');
  await mayNot('api', 'DELETE FROM log_generations');
  await mayNot('api', "UPDATE operator_audit SET actor = 'somebody else'");
  await mayNot('api', 'DELETE FROM operator_audit');
  await mayNot('api', 'UPDATE device_state SET applied_events = 0');
  await mayNot('api', 'DELETE FROM devices');
  await mayNot('api', 'UPDATE log_offsets SET applied_seq = 1');
});

test('reporting reads the views and no table', async () => {
  await may('reporting', 'SELECT * FROM v_devices');
  await may('reporting', 'SELECT * FROM v_event_log');
  await mayNot('reporting', 'SELECT * FROM devices');
  await mayNot('reporting', 'SELECT * FROM log_records');
});

test('reporting holds few connections, and on MariaDB none of its statements takes more than half a minute', async () => {
  const login = await database.login('reporting');
  const others: SingleConnection[] = [];
  const tooMany = async (): Promise<void> => {
    for (let n = 0; n < 15; n += 1) others.push(await connect(login, {}));
  };
  await expect(tooMany()).rejects.toMatchObject({ errno: 1226 });
  for (const other of others) await other.end();
  const [[{ version }]] = (await may('reporting', 'SELECT VERSION() AS version')) as unknown as [
    [{ version: string }],
  ];
  if (!/mariadb/i.test(version)) return;
  const [[{ seconds }]] = (await may('reporting', 'SELECT @@max_statement_time AS seconds')) as unknown as [
    [{ seconds: number }],
  ];
  expect(Number(seconds)).toBe(30);
});

test('maintenance moves partitions of the log, tidies up after processes that are gone, and reads no device', async () => {
  await may(
    'maintenance',
    `ALTER TABLE log_records REORGANIZE PARTITION p_rest INTO (
       PARTITION p_1 VALUES LESS THAN (10), PARTITION p_rest VALUES LESS THAN MAXVALUE)`,
  );
  await may('maintenance', 'ALTER TABLE log_records DROP PARTITION p_1');
  await may('maintenance', 'DELETE FROM log_producers WHERE flushed_at < UTC_TIMESTAMP(3)');
  await may('maintenance', 'DELETE FROM intake_gaps WHERE ended_at < UTC_TIMESTAMP(3)');
  await mayNot('maintenance', 'DELETE FROM log_records');
  await mayNot('maintenance', 'DELETE FROM log_offsets');
  await mayNot('maintenance', 'DROP TABLE devices');
  await mayNot('maintenance', 'SELECT * FROM device_state');
});

test('migrator changes the schema and makes no users', async () => {
  await may('migrator', 'CREATE TABLE mine (x INT)');
  await may('migrator', 'CREATE PROCEDURE p() SELECT 1');
  await may('migrator', 'CREATE OR REPLACE VIEW v_mine AS SELECT x FROM mine');
  await may('migrator', 'DROP PROCEDURE p');
  await mayNot('migrator', "CREATE USER 'x'@'%' IDENTIFIED BY 'y'");
  await mayNot('migrator', 'CREATE DATABASE cpemon_other');
});

test('a role sees nothing of another schema whose name differs where an underscore stands', async () => {
  const other = database.schema.replace('cpemon_', 'cpemonX');
  await database.pool.query(`CREATE DATABASE ${other}`);
  try {
    await mayNot('migrator', `CREATE TABLE ${other}.mine (x INT)`);
  } finally {
    await database.pool.query(`DROP DATABASE ${other}`);
  }
});

test('a refresh adds the tables that came and takes back rights that the role no longer has', async () => {
  await database.pool.query('CREATE TABLE novelties (x INT)');
  await database.pool.query(`GRANT DELETE ON log_records TO '${userName('ingest')}'@'%'`);
  await refreshUsers(database.pool, database.schema, {
    ingest: rolePassword('ingest'),
    writer: rolePassword('writer'),
  });
  await may('writer', 'INSERT INTO novelties VALUES (1)');
  await mayNot('ingest', 'DELETE FROM log_records');
});
