import type { RowDataPacket } from 'mysql2/promise';
import { createLogger, createRegistry } from '@cpemon/service-kit';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { startMaintenance } from './maintenance.js';
import { createWriterMetrics, MAINTENANCE_JOBS } from './metrics.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('writers that start together do each job once, and the metrics say when it was last done', async () => {
  const address = await database.login('maintenance');
  const writers = ['a', 'b', 'c'].map((owner) => {
    const registry = createRegistry({ service: 'cpemon-writer', version: '0' });
    const maintenance = startMaintenance({
      ...{ address, owner, retention: { log: { hours: 24 }, auditDays: 760 } },
      metrics: createWriterMetrics(registry, () => ({ devices: 0, bytes: 0 })),
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
    return { registry, maintenance };
  });
  const series = async (name: string): Promise<number[]> => {
    const texts = await Promise.all(writers.map(({ registry }) => registry.metrics()));
    return texts.map((text) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]));
  };
  const last = 'cpemon_writer_maintenance_last_success_timestamp_seconds';
  const isSeen = async (job: string): Promise<boolean> =>
    (await series(`${last}\\{job="${job}"\\}`)).some((at) => at > 0);
  for (let tries = 0; tries < 150; tries += 1) {
    if ((await Promise.all(MAINTENANCE_JOBS.map(isSeen))).every(Boolean)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await Promise.all(writers.map(({ maintenance }) => maintenance.stop()));

  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT job, owner, outcome, epoch FROM job_leases',
  );
  expect(rows).toHaveLength(MAINTENANCE_JOBS.length);
  for (const { job, owner, outcome, epoch } of rows) {
    expect([job, owner, outcome]).toEqual([job, null, 'done']);
    // Twice only when a span ended meanwhile.
    expect(Number(epoch)).toBeLessThanOrEqual(2);
    const runs = await series(
      `cpemon_writer_maintenance_runs_total\\{job="${job as string}",outcome="done"\\}`,
    );
    expect([job, runs.reduce((sum, each) => sum + each)]).toEqual([job, epoch]);
    expect(Math.max(...(await series(`${last}\\{job="${job as string}"\\}`)))).toBeGreaterThan(1_600_000_000);
  }
});
