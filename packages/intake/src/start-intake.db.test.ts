import type { RowDataPacket } from 'mysql2/promise';
import { WEBHOOK_FORMAT } from '@cpemon/contracts';
import { createConfigReader, createLogger, createRegistry, startHttpServer } from '@cpemon/service-kit';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { allowAnyone } from './authenticity.js';
import { readIntakeConfig } from './intake-config.js';
import { createSingleEventRoute } from './single-event-route.js';
import { startIntake, type Intake } from './start-intake.js';

const logger = createLogger({ service: 'test', level: 'silent' });
let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function start(env: Record<string, string> = {}) {
  const { user, password } = await database.login('ingest');
  const url = new URL(database.url);
  [url.username, url.password] = [user, password];
  const reader = createConfigReader({ DATABASE_URL: url.toString(), INSTANCE_ID: 'ingest-1', ...env });
  const config = readIntakeConfig(reader, { name: 'acs-ingest', port: 0, operationsPort: 0 });
  reader.finish();
  const registry = createRegistry({ service: 'acs-ingest', version: '0' });
  const intake: Intake = await startIntake({
    ...{ config, registry, logger, service: 'acs-ingest', paths: ['webhook'] },
  });
  const handler = createSingleEventRoute({
    ...{ ...intake, format: WEBHOOK_FORMAT, authenticity: allowAnyone, logger },
  });
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, handler, logger });
  return {
    registry,
    ready: () => intake.ready(),
    post: () =>
      fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sn: 'CPE-1', event: 'PERIODIC' }),
      }),
    async stop() {
      await intake.stopAccepting();
      await server.close();
      await intake.close();
    },
  };
}
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 60 && !(await holds()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
};
const accepting = async () => {
  const [[row]] = await database.pool.query<RowDataPacket[]>(
    "SELECT accepting FROM intake_processes WHERE process = 'ingest-1'",
  );
  return Number(row?.['accepting']);
};

test('intake is closed while too much waits in the log, says so everywhere, and opens by itself', async () => {
  await database.pool.query('UPDATE log_lanes SET head_bytes = 5000 WHERE lane = 2');
  const service = await start({ MAX_BACKLOG_BYTES: '5000', MIN_FREE_DISK_PERCENT: '0' });
  const refused = await service.post();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: 'backlog_full' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(10);
  const metrics = await service.registry.metrics();
  expect(metrics).toContain('cpemon_intake_gate_open{reason="backlog"} 0');
  expect(metrics).toContain('cpemon_intake_gate_open{reason="disk"} 1');
  expect(metrics).toContain('cpemon_intake_backlog_bytes 5000');
  expect(metrics).toContain('cpemon_ingest_requests_total{path="webhook",code="backlog_full"} 1');
  expect(metrics).toContain('cpemon_database_durability_weak{setting="innodb_doublewrite"} 0');
  expect(await accepting()).toBe(0);

  await database.pool.query('UPDATE log_lanes SET head_bytes = 0');
  await until(async () => (await service.post()).status === 202);
  expect((await service.post()).status).toBe(202);
  await until(async () => (await accepting()) === 1);
  expect(await accepting()).toBe(1);
  await service.stop();
});

test('intake is closed while less of the disk is free than must be', async () => {
  const service = await start({ DATABASE_DISK_PATH: __dirname, MIN_FREE_DISK_PERCENT: '90' });
  const metrics = await service.registry.metrics();
  const free = Number(/^cpemon_intake_disk_free_ratio (\S+)$/m.exec(metrics)?.[1]);
  expect((await service.post()).status).toBe(free < 0.9 ? 503 : 202);
  await service.stop();
});

test('a process whose schema is not there yet is not ready, and says what comes first', async () => {
  await database.drop();
  database = await createTestDatabase({ migrations: null });
  const service = await start();
  const detail = async () => (await service.ready()).checks['event_log']?.detail ?? '';
  await until(async () => detail().then((text) => /migrations/.test(text)));
  expect(await service.ready()).toMatchObject({ ready: false, checks: { database: { ok: true } } });
  expect(await detail()).toMatch(/^(The schema is older than this release|A right is missing).*migrations/);
  expect((await service.post()).status).toBe(503);
  await service.stop();
});
