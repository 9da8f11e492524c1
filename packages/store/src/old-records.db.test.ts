import type { RowDataPacket } from 'mysql2/promise';
import { connect } from '@cpemon/database';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { claimJob, transactUnderLease } from './job-lease.js';
import { removeOldRecords } from './old-records.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const ago = (days: number) => `SYSDATE(3) - INTERVAL ${days} DAY`;

test('settled dead letters, skips, audit, replays, rebuilds and jobs go when they are old; what is open stays', async () => {
  const rows = [
    ...[
      ['applied', 800],
      ['discarded', 700],
      ['dead', null],
    ].map(
      ([state, days], n) =>
        `INSERT INTO log_dead_letters (grp, generation, lane, seq, home_generation, home_lane, subject, type, source, event_id,
           received_at, event, reason, cause, attempts, first_failed_at, dead_at, state, settled_at)
         VALUES ('state', 1, 0, ${n}, 1, 0, 'd', 't', 's', 'i', ${ago(900)}, '', '', '', 5, ${ago(900)}, ${ago(900)},
           '${state}', ${days === null ? 'NULL' : ago(days as number)})`,
    ),
    `INSERT INTO operator_audit (at, actor, action, target, outcome, detail) VALUES
       (${ago(800)}, 'me', 'old', '', '', ''), (${ago(10)}, 'me', 'new', '', '', '')`,
    `INSERT INTO log_skips (grp, generation, lane, to_seq, state, reason, asked_by, asked_at, settled_at) VALUES
       ('state', 1, 0, 1, 'done', '', 'me', ${ago(900)}, ${ago(800)}), ('state', 1, 0, 2, 'asked', '', 'me', ${ago(900)}, NULL)`,
    ...[1, 2, 3].map(
      (id) => `INSERT INTO log_replays (replay_id, grp, from_at, until_at, reason, asked_by, asked_at)
               VALUES (${id}, 'state', SYSDATE(3), SYSDATE(3), '', 'me', ${ago(id === 3 ? 10 : 100)})`,
    ),
    `INSERT INTO log_replay_lanes (replay_id, generation, lane, done_seq, done_hour, end_seq, state) VALUES
       (1, 1, 0, 1, 1, 1, 'done'), (2, 1, 0, 1, 1, 9, 'running'), (3, 1, 0, 1, 1, 1, 'done')`,
    `INSERT INTO log_replay_failures VALUES (1, 1, 0, 1, 'd', ''), (2, 1, 0, 1, 'd', '')`,
    `INSERT INTO log_rebuilds (grp, generation, lane, state, reason, asked_by, asked_at, settled_at) VALUES
       ('state', 1, 0, 'done', '', 'me', ${ago(100)}, ${ago(99)}), ('state', 1, 0, 'applying', '', 'me', ${ago(100)}, NULL)`,
    `INSERT INTO job_leases (job, finished_at) VALUES ('gone', ${ago(100)}), ('alive', ${ago(1)})`,
  ];
  for (const statement of rows) await database.pool.query(statement);

  const connection = await connect(await database.login('maintenance'), {});
  const schedule = { everyMinutes: 60, atMinute: 0 };
  const lease = await claimJob(connection, { job: 'old-records', owner: 'w', leaseMs: 30_000, schedule });
  const removed = await removeOldRecords(
    { transact: (work) => transactUnderLease(connection, lease!, work) },
    { auditDays: 760 },
  );
  await connection.end();

  expect(removed).toBe(8);
  const [[left]] = await database.pool.query<RowDataPacket[]>(
    `SELECT (SELECT GROUP_CONCAT(state ORDER BY seq) FROM log_dead_letters) AS letters,
            (SELECT GROUP_CONCAT(action) FROM operator_audit) AS audit,
            (SELECT GROUP_CONCAT(state) FROM log_skips) AS skips,
            (SELECT GROUP_CONCAT(replay_id ORDER BY replay_id) FROM log_replays) AS replays,
            (SELECT GROUP_CONCAT(replay_id ORDER BY replay_id) FROM log_replay_lanes) AS lanes,
            (SELECT GROUP_CONCAT(replay_id) FROM log_replay_failures) AS failures,
            (SELECT GROUP_CONCAT(state) FROM log_rebuilds) AS rebuilds,
            (SELECT GROUP_CONCAT(job ORDER BY job) FROM job_leases) AS jobs`,
  );
  expect(left).toEqual({
    ...{ letters: 'discarded,dead', audit: 'new', skips: 'asked', replays: '2,3', lanes: '2,3' },
    ...{ failures: '2', rebuilds: 'applying', jobs: 'alive,old-records' },
  });
});
