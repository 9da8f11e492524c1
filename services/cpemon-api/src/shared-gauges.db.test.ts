import { openPool } from '@cpemon/database';
import { createRegistry } from '@cpemon/service-kit';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDatabaseReader } from './database-reader.js';
import { createFleetReads } from './fleet-reads.js';
import { createSharedGauges } from './shared-gauges.js';
import { showSharedGauges } from './show-shared-gauges.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('of two processes one shows the figures of the installation, and the other when that one is gone', async () => {
  const address = await database.login('api');
  const replicas = [1, 2].map(() => {
    const registry = createRegistry({ service: 'cpemon-api', version: '0' });
    const pool = openPool(address, { connections: 2 });
    const reads = createFleetReads(createDatabaseReader(pool, 5000));
    const showing = showSharedGauges({ address, reads, gauges: createSharedGauges(registry), everyMs: 20 });
    const lines = async (): Promise<string[]> =>
      (await registry.metrics()).split('\n').filter((line) => /^cpemon_(pipeline|fleet)_/.test(line));
    return { showing, lines, pool };
  });
  const shown = async (): Promise<number[]> =>
    Promise.all(replicas.map(async ({ lines }) => (await lines()).length));
  await eventually('one of them shows', async () => (await shown()).some((count) => count > 0));
  const counts = await shown();
  expect(counts.filter((count) => count > 0)).toHaveLength(1);

  const first = counts.findIndex((count) => count > 0);
  const lines = (await replicas[first]?.lines()) ?? [];
  for (const line of [
    'cpemon_pipeline_backlog_events 0',
    'cpemon_pipeline_oldest_event_age_seconds 0',
    'cpemon_pipeline_lanes{state="unowned"} 16',
    'cpemon_pipeline_lane_backlog_events{lane="15"} 0',
    'cpemon_fleet_devices{status="offline"} 0',
  ])
    expect(lines).toContain(line);

  await replicas[first]?.showing.stop();
  await eventually('the other shows', async () => (await shown())[1 - first]! > 0);
  await Promise.all(replicas.map(({ showing }) => showing.stop()));
  await Promise.all(replicas.map(({ pool }) => pool.end()));
});

test('figures that cannot be read any more are not shown', async () => {
  const registry = createRegistry({ service: 'cpemon-api', version: '0' });
  const pool = openPool(await database.login('api'), { connections: 1 });
  let fails = false;
  const reads = createFleetReads(createDatabaseReader(pool, 5000));
  const showing = showSharedGauges({
    address: await database.login('api'),
    reads: { ...reads, fleet: () => (fails ? Promise.reject(new Error('away')) : reads.fleet()) },
    gauges: createSharedGauges(registry),
    everyMs: 20,
  });
  const isShown = async (): Promise<boolean> => /^cpemon_pipeline_writers /m.test(await registry.metrics());
  await eventually('shown', isShown);
  fails = true;
  await eventually('not shown', async () => !(await isShown()));
  await showing.stop();
  await pool.end();
});
