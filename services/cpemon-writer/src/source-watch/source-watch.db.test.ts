import type { RowDataPacket } from 'mysql2/promise';
import { INTAKE_PATHS, DEFAULT_SILENCE_SETTINGS, sourceOfPath } from '@cpemon/domain';
import { createLogger } from '@cpemon/service-kit';
import { addHeardSlots } from '@cpemon/store';
import { eventually } from '../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { startSourceWatch } from './source-watch.js';

let database: TestDatabase;
let watches: { stop(): Promise<void> }[];

beforeEach(async () => {
  database = await createTestDatabase();
  watches = [];
});
afterEach(async () => {
  await Promise.all(watches.map((watch) => watch.stop()));
  await database.drop();
});

/** A writer's watch, with the rights that it has in production. */
async function start(owner: string) {
  const silent: string[][] = [];
  const watch = startSourceWatch({
    ...{ address: await database.login('writer'), owner, settings: DEFAULT_SILENCE_SETTINGS },
    metrics: { sourcesSilent: (sources) => silent.push([...sources]), sourcesDecided: () => undefined },
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  watches.push(watch);
  return { watch, told: () => silent.at(-1) };
}
const one = async (sql: string) => (await database.pool.query<RowDataPacket[]>(sql))[0][0];
const owner = async () =>
  (await one("SELECT owner FROM job_leases WHERE job = 'source-watch'"))?.['owner'] as string | null;
const decided = async () =>
  (await one('SELECT decided_until AS at FROM source_watch'))?.['at'] as Date | null;

/** All lanes are applied up to now, and a source has brought a hundred reports a slot until five minutes ago. */
async function fillSlots(): Promise<void> {
  const [[clock]] = await database.pool.query<RowDataPacket[]>('SELECT UTC_TIMESTAMP(3) AS now');
  const now = (clock!['now'] as Date).getTime();
  await database.pool.query('UPDATE log_offsets SET watermark = ?', [new Date(now)]);
  const name = sourceOfPath(INTAKE_PATHS[2]);
  const first = Math.floor(now / 10_000) * 10_000 - 3_000_000;
  await addHeardSlots(
    database.pool,
    Array.from({ length: 270 }, (_, n) => ({
      ...{ kind: 'source' as const, name, lane: 0, at: first + n * 10_000, reports: 100 },
      ...{ deviceMinutes: 100, lastAt: first + n * 10_000 + 9000, shortestStaleMs: 120_000 },
      ...{ returned: 0, shortestReturnMs: null, longestReturnMs: null },
    })),
  );
}

test('one writer decides who is silent, and another goes on when it stops', async () => {
  await database.pool.query(
    "INSERT IGNORE INTO log_offsets (grp, generation, lane, applied_seq) VALUES ('state', 1, 0, 0)",
  );
  await fillSlots();
  const first = await start('w1');
  await eventually('it is decided', async () => (await decided()) !== null);
  await eventually('it tells', () => first.told()?.[0] === '/webhook');
  expect(await one('SELECT name, ended_at FROM source_silences')).toEqual({
    name: '/webhook',
    ended_at: null,
  });
  const second = await start('w2');
  expect(await owner()).toBe('w1');
  await first.watch.stop();
  expect(first.told()).toEqual([]);
  await eventually('the other decides', async () => (await owner()) === 'w2');
  await eventually('it tells', () => second.told()?.length === 1);
}, 60_000);
