import { readBacklogBytes } from '@cpemon/event-log';
import type { Connection } from '@cpemon/database';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { startGateWatch, type GateWatchOptions } from './gate-watch.js';
import { createIntakeGate, type GateReading } from './intake-gate.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const lanes = (column: string, bytes: number) =>
  database.pool.query(`UPDATE log_lanes SET ${column} = ? WHERE lane = 3`, [bytes]);
const applied = (group: string, bytes: number) =>
  database.pool.query(
    `INSERT INTO log_offsets (grp, generation, lane, applied_bytes)
     SELECT ?, generation, lane, ? FROM log_lanes WHERE lane = 3
     ON DUPLICATE KEY UPDATE applied_bytes = VALUES(applied_bytes)`,
    [group, bytes],
  );

test('the backlog is what the mandatory group furthest behind has not applied', async () => {
  expect(await readBacklogBytes(database.pool)).toBe(0);
  await lanes('head_bytes', 1000);
  expect(await readBacklogBytes(database.pool)).toBe(1000);
  await applied('state', 900);
  expect(await readBacklogBytes(database.pool)).toBe(100);
  await database.pool.query(
    "INSERT INTO log_groups (grp, mandatory, created_at) VALUES ('archive', TRUE, SYSDATE(3)), ('maybe', FALSE, SYSDATE(3))",
  );
  await applied('archive', 300);
  expect(await readBacklogBytes(database.pool)).toBe(700);
  await applied('archive', 1001);
  expect(await readBacklogBytes(database.pool)).toBe(100);
});

function watch(options: Partial<GateWatchOptions>) {
  const gate = createIntakeGate({ maxBacklogBytes: 1000, minFreeDiskPercent: 10, requireSemiSync: false });
  const seen: GateReading[] = [];
  const said: string[] = [];
  const say = (_facts: object, sentence: string) => void said.push(sentence);
  const starting = startGateWatch({
    ...{ gate, diskPath: __dirname, run: (work) => work(database.pool), everyMs: 20 },
    seen: (reading) => void seen.push(reading),
    logger: { warn: say, info: say } as unknown as GateWatchOptions['logger'],
    ...options,
  });
  return { gate, seen, said, starting };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 200));

test('the first look is over before a service listens; the gate follows the backlog', async () => {
  await lanes('head_bytes', 1000);
  const { gate, said, seen, starting } = watch({});
  const running = await starting;
  expect(gate.closedBy(performance.now())).toEqual(['backlog']);
  expect(seen[0]!.freeDiskRatio).toBeGreaterThan(0);
  expect(seen[0]!.freeDiskRatio).toBeLessThan(1);
  await applied('state', 500);
  await settle();
  expect(gate.closedBy(performance.now())).toEqual([]);
  expect(said).toEqual([
    'Intake is closed: senders get 503 backlog_full',
    'Intake is no longer closed for this reason',
  ]);
  await running.stop();
});

test('a database that does not answer delays the start by no more than 1.5 s and opens no gate', async () => {
  await lanes('head_bytes', 1000);
  let hangs = false;
  const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
    hangs ? new Promise((_resolve, reject) => setTimeout(reject, 50)) : work(database.pool);
  const { gate, starting } = watch({ run });
  const running = await starting;
  hangs = true;
  await settle();
  expect(gate.closedBy(performance.now())).toEqual(['backlog']);
  await running.stop();

  const startedAt = performance.now();
  let letGo = (): void => undefined;
  const silent = watch({ run: () => new Promise<never>((_resolve, reject) => (letGo = reject)) });
  const stuck = await silent.starting;
  expect(performance.now() - startedAt).toBeLessThan(2500);
  letGo();
  await stuck.stop();
});

test('where nobody tells the free space this is said once, and the backlog still counts', async () => {
  const { gate, said, seen, starting } = watch({ diskPath: undefined });
  const running = await starting;
  await lanes('head_bytes', 2000);
  await settle();
  await running.stop();
  expect(seen.at(-1)).toEqual({ backlogBytes: 2000, freeDiskRatio: null, semiSync: 'off' });
  expect(gate.closedBy(performance.now())).toEqual(['backlog']);
  expect(said.filter((sentence) => sentence.startsWith('Nobody tells how much'))).toHaveLength(1);
});
