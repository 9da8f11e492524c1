import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from '@cpemon/service-kit';
import pino from 'pino';
import type { RowDataPacket } from 'mysql2';
import { addTabledDevices, lanesApplied, turnDevices } from '../../../../tests/support/alert-fleet.js';
import { eventually } from '../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createAlertMetrics } from './alert-metrics.js';
import { openAlertSettings } from './alert-settings-file.js';
import { startAlerts } from './start-alerts.js';

const logger = pino({ level: 'silent' });
let database: TestDatabase;
let server: Server;
let folder: string;
let path: string;
let arrived: { id: string; type: string; sn: unknown }[];
let running: { stop(): Promise<void> }[];

beforeEach(async () => {
  database = await createTestDatabase();
  arrived = [];
  running = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { type, data } = JSON.parse(Buffer.concat(parts).toString()) as {
        type: string;
        data: { sn?: string };
      };
      arrived.push({ id: String(request.headers['webhook-id']), type, sn: data.sn });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'cpemon-alerts-'));
  path = join(folder, 'alerts.yaml');
  await writeSettings('5m');
  await lanesApplied(database.pool);
  const labels = { tier: 'business' };
  const now = Date.now();
  await addTabledDevices(
    database.pool,
    [1, 2, 3].map((deviceId) => ({ deviceId, labels, lastSeenAt: now })),
  );
});
afterEach(async () => {
  await Promise.all(running.map((alerts) => alerts.stop()));
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

let version = 0;
async function writeSettings(tolerance: string): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await writeFile(
    `${path}.new`,
    `rules:
  - { name: line-down, on: offline, match: { tier: business }, for: ${tolerance}, recovery: 1s }
receivers:
  - { name: noc, type: webhook, url: '${url}' }
`,
  );
  version += 1;
  await utimes(`${path}.new`, version, version);
  await rename(`${path}.new`, path);
}

async function start(owner: string, loaded: (outcome: string) => void = () => undefined) {
  const settings = await openAlertSettings({
    ...{ path, environment: () => undefined, logger, loaded, everyMs: 50 },
  });
  const metrics = createAlertMetrics(createRegistry({ service: 'test', version: '0' }));
  const address = await database.login('writer');
  const alerts = startAlerts({ address, owner, settings, metrics, logger, everyMs: 50 });
  running.push(alerts);
  return alerts;
}
const goOffline = (deviceId: number) =>
  turnDevices(database.pool, [deviceId], 'offline', { at: Date.now() - 600_000 });
const told = (): unknown[] => arrived.map(({ type, sn }) => `${type} ${String(sn)}`);

test('of two writers one evaluates and sends; when it stops the other goes on, and nothing is told twice', async () => {
  const first = await start('w1');
  await eventually('the first has both jobs', async () => {
    const [rows] = await database.pool.query<RowDataPacket[]>(
      "SELECT owner FROM job_leases WHERE owner = 'w1'",
    );
    return rows.length === 2;
  });
  await start('w2');
  await goOffline(1);
  await eventually('it is told', () => Promise.resolve(arrived.length === 1));
  await first.stop();
  await goOffline(2);
  await eventually('the second tells', () => Promise.resolve(arrived.length === 2), 20_000);
  await turnDevices(database.pool, [1], 'online', { at: Date.now() });
  await eventually('its end is told', () => Promise.resolve(arrived.length === 3), 20_000);
  expect(told()).toEqual(['alert.firing SN1', 'alert.firing SN2', 'alert.resolved SN1']);
  expect(new Set(arrived.map(({ id }) => id)).size).toBe(3);
}, 60_000);

test('settings are read again when they change, and a mistake leaves those before in force', async () => {
  const outcomes: string[] = [];
  await writeSettings('1h');
  await start('w1', (outcome) => void outcomes.push(outcome));
  await goOffline(1);
  await eventually('it is pending', async () => {
    const [rows] = await database.pool.query<RowDataPacket[]>("SELECT 1 FROM alerts WHERE state = 'pending'");
    return rows.length === 1;
  });
  await writeSettings('365d');
  await eventually('it is refused', () => Promise.resolve(outcomes.includes('refused')));
  expect(arrived).toEqual([]);
  await writeSettings('1m');
  await eventually('it is told', () => Promise.resolve(arrived.length === 1));
  expect(outcomes).toEqual(['ok', 'refused', 'ok']);
}, 60_000);

test('a writer does not start on settings that cannot be used', async () => {
  await writeSettings('never');
  await expect(start('w1')).rejects.toThrow('rules[0].for');
});

test('the feed tells of alerts in a lane of its own', async () => {
  await start('w1');
  await goOffline(3);
  await eventually('it is told', () => Promise.resolve(arrived.length === 1));
  const [rows] = await database.pool.query<RowDataPacket[]>(
    "SELECT lane, kind, data FROM change_feed WHERE kind = 'alert'",
  );
  expect(rows.map((row): unknown[] => [row['lane'], JSON.parse(row['data'] as string)])).toMatchObject([
    [65_535, { state: 'firing', rule: 'line-down', sn: 'SN3', cause: 'unknown' }],
  ]);
}, 60_000);
