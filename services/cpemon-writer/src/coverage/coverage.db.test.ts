import {
  STATE_GROUP,
  createMySqlAppender,
  readLogStats,
  startMySqlConsumer,
  type LogAppender,
  type LogConsumer,
} from '@cpemon/event-log';
import { DEFAULT_REACHABILITY_SETTINGS, type CpeEvent, type ReportData } from '@cpemon/domain';
import { addCoverage, OTHERS, readCoverage, removeOldCoverage, type CoverageRows } from '@cpemon/store';
import { eventually } from '../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createDeviceApplier } from '../device-applier.js';
import { createCoverage, type Coverage } from './coverage.js';
import { keepCoverage } from './keep-coverage.js';

let database: TestDatabase;
let appender: LogAppender;
let consumer: LogConsumer | undefined;
let coverage: Coverage;
let sent: number;
let outcomes: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  appender = await createMySqlAppender({ address: database.address, producer: 'test' });
  coverage = createCoverage();
  sent = 0;
  outcomes = [];
  consumer = await startMySqlConsumer({
    ...{ address: database.address, group: STATE_GROUP, member: 'one', version: 'test', leaseMs: 2000 },
    applier: createDeviceApplier({
      read: (work) => work(database.pool),
      ...{ settings: DEFAULT_REACHABILITY_SETTINGS, cachedDevices: 1000, cachedBytes: 10_000_000, coverage },
    }),
  });
});
afterEach(async () => {
  await consumer?.stop();
  await appender.close();
  await database.drop();
});

const event = (subject: string, data: ReportData): CpeEvent => {
  sent += 1;
  const time = new Date(Date.now() - 60_000 + sent).toISOString();
  return {
    id: `e${sent}`,
    source: '/cwmp',
    type: 'cpemon.inform.v1',
    subject,
    time,
    productclass: 'GX',
    data,
  };
};

async function apply(...events: CpeEvent[]): Promise<void> {
  await appender.append(events, 'cwmp');
  await eventually('the log is applied', async () =>
    (await readLogStats(database.pool, STATE_GROUP)).lanes.every(({ lagEvents }) => lagEvents === 0),
  );
}

/** As the writer's own user, who has few rights. */
const keeping = async () =>
  keepCoverage({
    ...{ coverage, address: await database.login('writer'), everyMs: 3_600_000 },
    logger: { warn: () => undefined },
    flushed: (outcome, others) => void outcomes.push(`${outcome} ${others}`),
  });

const firmware = (version: string, metrics: Record<string, number>): ReportData => ({
  ...{ attributes: { sw_version: version, manufacturer: 'ACME' }, metrics },
  parameters: { 'Device.X_ACME.1.Level': { value: '[not kept]', type: 'int' } },
});

test('what is applied is counted by model and firmware, and each flush adds to the one before', async () => {
  const kept = await keeping();
  const first = event('A1', firmware('1', { cpu_used_ratio: 0.5 }));
  await apply(first, first, event('A2', firmware('2', { uptime_seconds: 5 })));
  await kept.flush();
  await apply(event('A1', firmware('1', { cpu_used_ratio: 0.6 })));
  await kept.stop();
  expect(outcomes).toEqual(['written 0', 'written 0']);
  const { models, metrics, paths } = await readCoverage(database.pool);
  expect(models).toMatchObject([
    { model: 'GX', firmware: '1', manufacturer: 'ACME', reports: 2, lookedAt: 2, surveyed: 2 },
    { model: 'GX', firmware: '2', reports: 1 },
  ]);
  expect(metrics.map((row) => [row.firmware, row.metric, row.seen])).toEqual([
    ['1', 'cpu_used_ratio', 2],
    ['2', 'uptime_seconds', 1],
  ]);
  expect(paths).toMatchObject([{ model: 'GX', path: 'Device.X_ACME.{i}.Level', type: 'int', seen: 3 }]);
  expect(await readCoverage(database.pool, 'other')).toEqual({ models: [], metrics: [], paths: [] });
});

test('what could not be written is written the next time', async () => {
  const kept = await keeping();
  await apply(event('A1', firmware('1', { cpu_used_ratio: 0.5 })));
  await database.pool.query('RENAME TABLE coverage_paths TO coverage_gone');
  await kept.flush();
  await database.pool.query('RENAME TABLE coverage_gone TO coverage_paths');
  expect((await readCoverage(database.pool)).models).toEqual([]);
  await kept.stop();
  expect(outcomes).toEqual(['failed 0', 'written 0']);
  expect((await readCoverage(database.pool)).models).toMatchObject([{ reports: 1 }]);
});

const AT = Date.now() - 1000;
const rows = (models: readonly string[], lastAt = AT): CoverageRows => ({
  models: models.map((model) => ({
    ...{ model, firmware: '1', manufacturer: '', reports: 1, lookedAt: 1, surveyed: 0, firstAt: AT, lastAt },
  })),
  metrics: models.map((model) => ({
    ...{ model, firmware: '1', metric: 'uptime_seconds', seen: 1, noReading: 0, firstAt: AT, lastAt },
  })),
  paths: models.map((model) => ({
    ...{ model, path: 'Device.X', type: '', form: '', firmware: '1', seen: 1, firstAt: AT, lastAt },
  })),
});

test('a table that is full counts what is known, and all else as others', async () => {
  const most = { models: 2, metrics: 2, paths: 2 };
  expect(await addCoverage(database.pool, rows(['a']), most)).toBe(0);
  expect(await addCoverage(database.pool, rows(['a', 'b', 'c', 'd']), most)).toBe(6);
  const kept = await readCoverage(database.pool);
  const counts = Object.fromEntries(kept.models.map(({ model, reports }) => [model, reports]));
  expect(counts).toEqual({ a: 2, b: 1, [OTHERS]: 2 });
  expect(kept.metrics.find(({ metric }) => metric === OTHERS)).toMatchObject({ model: OTHERS, seen: 2 });
  expect(kept.paths.find(({ path }) => path === OTHERS)).toMatchObject({ model: OTHERS, seen: 2 });
});

test('what nothing was added to for a long time goes', async () => {
  await addCoverage(database.pool, rows(['old'], AT - 91 * 86_400_000));
  await addCoverage(database.pool, rows(['new']));
  expect(await removeOldCoverage(database.pool)).toBe(3);
  expect((await readCoverage(database.pool)).models).toMatchObject([{ model: 'new' }]);
});
