import type { RowDataPacket } from 'mysql2';
import { createHmac } from 'node:crypto';
import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { openPool } from '@cpemon/database';
import { createLogger, type RunningService } from '@cpemon/service-kit';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { startCpemonApi } from './cpemon-api.js';
import type { CpemonApiConfig } from './config.js';

const TOKEN = 'ingest-token';
const SECRET = 'secret';
const READER = { authorization: 'Bearer viewer-token' };

let database: TestDatabase;
let service: RunningService;
let url: string;
let operations: string;

const logger = createLogger({ service: 'cpemon-api', level: 'silent' });
const port = 20_000 + Math.floor(Math.random() * 20_000);

beforeAll(async () => {
  database = await createTestDatabase();
  const config: CpemonApiConfig = {
    database: await database.login('api'),
    listenHost: '127.0.0.1',
    port,
    operationsPort: port + 1,
    instanceId: 'api-under-test',
    appendLimits: { maxEvents: 10_000, maxBytes: 64 * 1024 * 1024, maxCallers: 1000 },
    appendTimeoutMs: 8000,
    gateLimits: { maxBacklogBytes: 0, minFreeDiskPercent: 0, requireSemiSync: false },
    databaseDiskPath: undefined,
    allowMultiPrimary: false,
    connectionLimits: {
      ...{ maxConnections: 100, maxConnectionsPerAddress: 100, minBytesPerSecond: 0 },
      ...{ headersTimeoutMs: 10_000, requestTimeoutMs: 30_000 },
    },
    refusedBodies: { most: 0, characters: 16_384 },
    ingest: { tokens: [TOKEN], secrets: [SECRET] },
    bulkdata: 'off',
    senders: { trustedProxies: new BlockList() },
    readTokens: ['viewer-token'],
    operators: [],
    viewerTokens: ['viewer-token'],
    allowTestEvents: false,
    readingThread: false,
    ...{
      supporters: [],
      sessionSecrets: [],
      sessionCookieSecure: true,
      maskFor: 'nobody',
      readRequestsPerSecond: 200,
    },
    deviceModels: { unknownValues: 'dropped' },
    inventoryFolder: tmpdir(),
    deviceLinks: [],
  };
  service = await startCpemonApi(config, { logger, signal: new AbortController().signal });
  url = `http://127.0.0.1:${port}`;
  operations = `http://127.0.0.1:${port + 1}`;
  await eventually('the service is ready', async () => (await fetch(`${operations}/readyz`)).ok);
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['log_records', 'device_state', 'devices', 'fleet_counts', 'intake_gaps']) {
    await database.pool.query(`DELETE FROM ${table}`);
  }
});

const send = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
  });
/** The members of any route's answer that are looked at here. */
interface Answer {
  totals: Record<string, number>;
  lanes: unknown[];
  writers: unknown[];
  ingests: { process: string; path: string; accepting: boolean }[];
  items: { oui: string | null }[];
  by_status: Record<string, number>;
}
const read = async (path: string): Promise<Answer> =>
  (await (await fetch(url + path, { headers: READER })).json()) as Answer;

async function logged(): Promise<Record<string, unknown>[]> {
  const [rows] = await database.pool.query('SELECT * FROM v_event_log ORDER BY received_at, lane, sequence');
  return rows as Record<string, unknown>[];
}

/** MariaDB's JSON comes parsed from the driver, MySQL's extract of a text does not. */
const payloadOf = <T>(payload: unknown): T =>
  (typeof payload === 'string' ? JSON.parse(payload) : payload) as T;

test('a heartbeat that was answered is in the log as it was sent', async () => {
  const ts = new Date().toISOString();
  const answer = await send(
    '/cpe/heartbeat',
    JSON.stringify({ sn: 'A1', ts, cpu_pct: 12.5, note: 'naïve 😀' }),
  );
  expect(answer.status).toBe(202);
  const [row, ...others] = await logged();
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    device: 'A1',
    type: 'cpemon.heartbeat.v1',
    source: '/heartbeat',
    state: 'queued',
  });
  expect(payloadOf(row?.['payload'])).toMatchObject({
    time: ts,
    correlationid: answer.headers.get('x-correlation-id'),
    data: { metrics: { cpu_used_ratio: 0.125 }, extra: { note: 'naïve 😀' } },
  });
});

test('the same signed body twice is twice in the log under one identity, for the writer to count', async () => {
  const body = JSON.stringify({ sn: 'A1', ts: Date.now() });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const headers = { authorization: '', 'x-cpemon-signature': signature };
  expect((await send('/cpe/heartbeat', body, headers)).status).toBe(202);
  expect((await send('/cpe/heartbeat', body, headers)).status).toBe(202);
  const ids = (await logged()).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('arrays and lines keep the order of each device', async () => {
  const events = Array.from({ length: 500 }, (_, n) => JSON.stringify({ sn: `D${n % 7}`, n }));
  expect((await send('/v1/telemetry', `[${events.slice(0, 250).join()}]`)).status).toBe(202);
  const lines = await send('/v1/telemetry', events.slice(250).join('\n'), {
    'content-type': 'application/x-ndjson',
  });
  expect(await lines.json()).toMatchObject({ accepted: 250, rejected: [] });
  const rows = await logged();
  expect(rows).toHaveLength(500);
  for (let device = 0; device < 7; device += 1) {
    const numbers = rows
      .filter((row) => row['device'] === `D${device}`)
      .sort((a, b) => Number(a['sequence']) - Number(b['sequence']))
      .map(({ payload }) => payloadOf<{ data: { extra: { n: number } } }>(payload).data.extra.n);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
});

test('the pipeline shows what waits while no writer runs, and who takes events in', async () => {
  await send('/v1/telemetry', '[{"sn":"A1"},{"sn":"B1"},{"sn":"C1"}]');
  const [[log]] = await database.pool.query<RowDataPacket[]>('SELECT SUM(head_seq) AS events FROM log_lanes');
  expect(Number(log?.['events'])).toBeGreaterThanOrEqual(3);
  // An answer is shared for a moment by those who ask at the same time.
  await eventually(
    'the answer counts what is in the log',
    async () => (await read('/v1/pipeline')).totals['accepted'] === Number(log?.['events']),
  );
  const { totals, lanes, writers, ingests } = await read('/v1/pipeline');
  expect(totals['applied']).toBe(0);
  expect(totals['lag_events']).toBe(totals['accepted']);
  expect(totals['oldest_unapplied_age_seconds']).toBeGreaterThanOrEqual(0);
  expect(lanes).toHaveLength(16);
  expect(writers).toEqual([]);
  await eventually('every ingest accepts', async () =>
    (await read('/v1/pipeline')).ingests.every((each) => each.accepting),
  );
  expect(ingests.map(({ process, path }) => [process, path])).toEqual([
    ['api-under-test', 'events'],
    ['api-under-test', 'heartbeat'],
    ['api-under-test', 'telemetry'],
  ]);
});

describe('with devices', () => {
  beforeEach(async () => {
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    const devices = [
      { id: 1, sn: 'A1', oui: '', source: '/heartbeat', reachability: 'online', seen: ago(5) },
      { id: 2, sn: 'B1', oui: '00259E', source: '/webhook', reachability: 'stale', seen: ago(2) },
      { id: 3, sn: 'B1', oui: 'AABBCC', source: '/webhook', reachability: 'offline', seen: ago(500) },
    ];
    for (const { id, sn, oui, source, reachability, seen } of devices) {
      await database.pool.query(
        'INSERT INTO devices (device_id, serial_number, oui, source, generation, lane, first_seen_at) VALUES (?, ?, ?, ?, 1, 0, ?)',
        [id, sn, oui, source, seen],
      );
      await database.pool.query(
        `INSERT INTO device_state (device_id, generation, lane, last_seq, last_seen_at, source, reachability,
           reachability_reason, reachability_since, cpu_used_ratio, applied_events, duplicate_events, late_events, memory)
         VALUES (?, 1, 0, 1, ?, ?, ?, 'because', ?, 0.25, 1, 0, 0, '')`,
        [id, seen, source, reachability, seen],
      );
    }
    await database.pool.query(
      "INSERT INTO fleet_counts (lane, reachability, devices) VALUES (0, 'online', 1), (0, 'stale', 1), (1, 'offline', 1)",
    );
  });

  test('they are listed, by first or by last seen', async () => {
    const list = await read('/api/cpe?limit=2');
    expect(list).toMatchObject({ total: 3, offset: 0, limit: 2 });
    expect(list.items).toMatchObject([
      { sn: 'A1', cpu_pct: 25, status: 'online' },
      { sn: 'B1', oui: '00259E' },
    ]);
    expect((await read('/api/cpe?limit=2&offset=2')).items).toMatchObject([{ sn: 'B1', oui: 'AABBCC' }]);
    expect((await read('/api/cpe?sort=recent')).items.map(({ oui }) => oui)).toEqual([
      '00259E',
      null,
      'AABBCC',
    ]);
  });

  test('one is found by its serial number unless two have it', async () => {
    expect(await read('/api/cpe/A1')).toMatchObject({ sn: 'A1', reachability: 'online', reason: 'because' });
    expect(await read('/api/cpe/B1')).toMatchObject({
      status: 409,
      candidates: [{ oui: '00259E' }, { oui: 'AABBCC' }],
    });
    expect(await read('/api/cpe/C1')).toMatchObject({ status: 404 });
  });

  test('while nobody takes webhooks in, devices heard by webhook are unknown and none turns offline', async () => {
    await database.pool.query(
      "REPLACE INTO intake_paths (path, accepted_at) VALUES ('webhook', UTC_TIMESTAMP(3) - INTERVAL 60 SECOND)",
    );
    await eventually(
      'one device is unknown',
      async () => (await read('/v1/fleet')).by_status['unknown'] === 1,
    );
    expect(await read('/v1/fleet')).toMatchObject({
      devices: 3,
      by_status: { online: 1, stale: 0, offline: 1, unknown: 1 },
    });
    expect((await read('/api/cpe?sort=recent')).items[0]).toMatchObject({
      status: 'unknown',
      reason: 'intake of webhook is down',
    });
  });
});

test('the login of the api may not change devices', async () => {
  const pool = openPool(await database.login('api'), { connections: 1 });
  await expect(pool.query("UPDATE device_state SET source = ''")).rejects.toThrow(/denied/);
  await pool.end();
});
