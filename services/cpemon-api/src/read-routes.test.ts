import request from 'supertest';
import { createIntakeProbe } from '../../../tests/support/intake-probe.js';
import { API_PATHS, createCpemonApi } from './app.js';
import { DatabaseUnavailableError } from './database-reader.js';
import type { FleetReads } from './fleet-reads.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
afterAll(() => probe.close());

const NOW = Date.parse('2026-11-21T11:32:00.000Z');
const intake = { at: NOW, acceptedAt: new Map([['heartbeat', NOW - 500] as const]) };
const device = (more: object = {}) => ({
  serialNumber: 'A1',
  oui: '',
  productClass: '',
  manufacturer: 'Huawei',
  model: null,
  firstSeenAt: NOW - 60_000,
  lastSeenAt: NOW - 1000,
  source: '/heartbeat',
  intervalSeconds: 60,
  reachability: 'online' as const,
  reason: 'reporting',
  since: NOW - 60_000,
  health: 'unknown' as const,
  healthReason: '',
  healthSince: null,
  wanIp: '10.0.0.1',
  swVersion: 'V5',
  cpuUsedRatio: 0.551,
  memoryUsedRatio: null,
  uptimeSeconds: null,
  temperatureCelsius: null,
  rxPowerDbm: null,
  chattySince: null,
  ...more,
});

const asked: unknown[] = [];
const reads = (answers: Partial<FleetReads> = {}): FleetReads => ({
  devices: (page) => {
    asked.push(page);
    return Promise.resolve({ devices: [device()], total: 1, intake });
  },
  device: (serialNumber) =>
    Promise.resolve({ devices: serialNumber === 'A1' ? [device()] : [], total: 1, intake }),
  fleet: () =>
    Promise.resolve({
      ...{ counts: { online: 5, stale: 2, offline: 1, unknown: 1 }, ofPathsDown: undefined, intake },
    }),
  fleetBy: () =>
    Promise.resolve({
      values: [{ value: 'north', counts: { online: 5, stale: 2, offline: 1, unknown: 1 } }],
      intake,
    }),
  pipeline: () => Promise.resolve({ stats: { at: NOW, lanes: [], members: [] }, ingests: [] }),
  ...answers,
});
const api = (
  answers?: Partial<FleetReads>,
  readTokens: readonly string[] | 'none' = ['viewer', 'operator'],
) => request(createCpemonApi({ ...probe, ingest: 'none', readTokens, reads: reads(answers) }));
const authorized = { Authorization: 'Bearer viewer' };

describe('who may read', () => {
  test.each(['/api/cpe', '/api/cpe/A1', '/v1/fleet', '/v1/pipeline'])('%s needs a token', async (path) => {
    const missing = await api().get(path);
    expect([missing.status, missing.body.code]).toEqual([401, 'missing_token']);
    const wrong = await api().get(path).set('Authorization', 'Bearer guessed');
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_token']);
    expect((await api().get(path).set('Authorization', 'Bearer operator')).status).toBe(200);
    expect((await api({}, 'none').get(path)).status).toBe(200);
    const post = await api().post(path).set(authorized);
    expect([post.status, post.headers['allow'], post.body.code]).toEqual([
      405,
      'GET, HEAD',
      'method_not_allowed',
    ]);
  });
});

describe('GET /api/cpe', () => {
  test('lists devices in the short form', async () => {
    const { body, headers } = await api().get('/api/cpe?offset=2&limit=10').set(authorized);
    expect(body).toMatchObject({ offset: 2, limit: 10, total: 1, as_of: '2026-11-21T11:32:00.000Z' });
    expect(body.items[0]).toMatchObject({
      sn: 'A1',
      last_seen: '2026-11-21T11:31:59.000Z',
      wan_ip: '10.0.0.1',
      sw_version: 'V5',
      cpu_pct: 55.1,
      mem_pct: null,
      interval_seconds: 60,
      status: 'online',
      reachability: 'online',
      reason: 'reporting',
      since: '2026-11-21T11:31:00.000Z',
      updated_at: '2026-11-21T11:31:59.000Z',
    });
    expect(headers['cache-control']).toBe('no-store');
    expect(asked.at(-1)).toEqual({ offset: 2, limit: 10, recentFirst: false });
    await api().get('/api/cpe?sort=recent').set(authorized);
    expect(asked.at(-1)).toEqual({ offset: 0, limit: 50, recentFirst: true });
  });

  test.each(['offset=-1', 'offset=x', 'limit=0', 'limit=501', 'limit=1e2', 'sort=name', 'offset=1&offset=2'])(
    '?%s is refused',
    async (query) => {
      const { status, body } = await api().get(`/api/cpe?${query}`).set(authorized);
      expect([status, body.code]).toEqual([400, 'invalid_parameter']);
    },
  );

  test('of devices whose path is down nothing is known', async () => {
    const down = { at: NOW, acceptedAt: new Map([['heartbeat', NOW - 60_000] as const]) };
    const answers = { devices: () => Promise.resolve({ devices: [device()], total: 1, intake: down }) };
    const { body } = await api(answers).get('/api/cpe').set(authorized);
    expect(body.items[0]).toMatchObject({ status: 'unknown', reason: 'intake of heartbeat is down' });
  });
});

describe('GET /api/cpe/:sn', () => {
  test('shows one device', async () => {
    const { status, body } = await api().get('/api/cpe/A1').set(authorized);
    expect([status, body.sn]).toEqual([200, 'A1']);
  });

  test('says since when a device reports far too often', async () => {
    expect((await api().get('/api/cpe/A1').set(authorized)).body).toMatchObject({
      ...{ chatty: false, chatty_since: null },
    });
    const one = { devices: [device({ chattySince: NOW })], total: 1, intake };
    const { body } = await api({ device: () => Promise.resolve(one) })
      .get('/api/cpe/A1')
      .set(authorized);
    expect(body).toMatchObject({ chatty: true, chatty_since: '2026-11-21T11:32:00.000Z' });
  });

  test('one that has not reported is unknown, and one that cannot be is refused', async () => {
    const unknown = await api().get('/api/cpe/B1').set(authorized);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown_device']);
    const invalid = await api().get('/api/cpe/%00').set(authorized);
    expect([invalid.status, invalid.body.code]).toEqual([400, 'invalid_sn']);
    const malformed = await api().get('/api/cpe/%zz').set(authorized);
    expect([malformed.status, malformed.body.code]).toEqual([400, 'malformed_request']);
  });

  test('several with one serial number are told apart by OUI and product class', async () => {
    const two = [device({ oui: '00259E' }), device({ oui: 'AABBCC', productClass: 'X' })];
    const answers = { device: () => Promise.resolve({ devices: two, total: 2, intake }) };
    const ambiguous = await api(answers).get('/api/cpe/A1').set(authorized);
    expect([ambiguous.status, ambiguous.body.code]).toEqual([409, 'ambiguous_serial_number']);
    expect(ambiguous.body.candidates).toMatchObject([
      { sn: 'A1', oui: '00259E', product_class: '' },
      { sn: 'A1', oui: 'AABBCC', product_class: 'X' },
    ]);
    const named = await api(answers).get('/api/cpe/A1?oui=AABBCC').set(authorized);
    expect([named.status, named.body.oui]).toEqual([200, 'AABBCC']);
  });
});

test('GET /v1/fleet sums the fleet', async () => {
  const { body } = await api().get('/v1/fleet').set(authorized);
  expect(body).toMatchObject({
    devices: 9,
    by_status: { online: 5, stale: 2, offline: 1, unknown: 1 },
    as_of: '2026-11-21T11:32:00.000Z',
    intake: [{ path: 'heartbeat', accepting: true }],
  });
});

test('GET /v1/fleet tells who is heard and not well, and the health of all', async () => {
  const none = { ok: 0, degraded: 0, critical: 0 };
  const fleet = () =>
    Promise.resolve({
      ...{ counts: { online: 5, stale: 2, offline: 1, unknown: 1 }, ofPathsDown: undefined, intake },
      healths: {
        online: { ok: 2, degraded: 1, critical: 1 },
        ...{ stale: none, offline: { ...none, critical: 1 }, unknown: none },
      },
    });
  const { body } = await api({ fleet }).get('/v1/fleet').set(authorized);
  expect(body).toMatchObject({
    by_status: { online: 3, degraded: 2, stale: 2, offline: 1, unknown: 1 },
    by_health: { ok: 2, degraded: 1, critical: 2, unknown: 4 },
  });
});

test('GET /v1/fleet counts devices whose path is down as unknown', async () => {
  const down = { at: NOW, acceptedAt: new Map([['webhook', NOW - 60_000] as const]) };
  const fleet = () =>
    Promise.resolve({
      counts: { online: 5, stale: 2, offline: 1, unknown: 1 },
      ofPathsDown: { online: 3, stale: 1, offline: 1, unknown: 0 },
      intake: down,
    });
  const { body } = await api({ fleet }).get('/v1/fleet').set(authorized);
  expect(body).toMatchObject({ devices: 9, by_status: { online: 2, stale: 1, offline: 1, unknown: 5 } });
});

test('GET /v1/pipeline says what is accepted, applied and waiting, and how fast', async () => {
  const aside = { parkedEvents: 0, parkedDevices: 0, deadLetters: 0, discarded: 0, skipped: 0, lagBytes: 0 };
  const lane = {
    generation: 7,
    base: 0,
    owner: 'w1',
    epoch: 3,
    duplicates: 2,
    late: 1,
    quarantined: 0,
    erased: 0,
    watermark: NOW,
    ...aside,
  };
  const readings = [
    { head: 100, offset: 40, at: NOW },
    { head: 160, offset: 140, at: NOW + 2000 },
  ];
  let reading = 0;
  const pipeline = () => {
    const { head, offset, at } = readings[Math.min(reading++, 1)]!;
    const lanes = [
      { ...lane, lane: 0, head, offset, lagEvents: head - offset, oldestUnappliedAt: at - 2500 },
      { ...lane, lane: 1, head: 10, offset: 10, lagEvents: 0, oldestUnappliedAt: null, owner: null },
    ];
    const members = [{ member: 'w1', host: 'h', version: '1', startedAt: NOW, leaseUntil: NOW, lanes: 1 }];
    const ingests = [
      { process: 'p', service: 'cpemon-api', path: 'heartbeat', accepting: true, beatAt: NOW },
    ];
    return Promise.resolve({ stats: { at, lanes, members }, ingests });
  };
  const server = api({ pipeline });
  const first = await server.get('/v1/pipeline').set(authorized);
  expect(first.body.totals).toMatchObject({ accept_rate: null, drain_rate: null, drain_eta_seconds: null });
  const { body } = await server.get('/v1/pipeline').set(authorized);
  expect(body).toMatchObject({
    totals: {
      accepted: 170,
      applied: 150,
      lag_events: 20,
      oldest_unapplied_age_seconds: 2.5,
      accept_rate: 30,
      drain_rate: 50,
      drain_eta_seconds: 1,
      duplicates: 4,
      late: 2,
      ...{ parked_devices: 0, parked_events: 0, dead_letters: 0, discarded: 0, skipped: 0 },
    },
    lanes: [
      { lane: 0, head: 160, offset: 140, lag_events: 20, owner: 'w1', epoch: 3 },
      { lane: 1, lag_events: 0, owner: null },
    ],
    writers: [{ member: 'w1', lanes: 1 }],
    ingests: [{ process: 'p', path: 'heartbeat', accepting: true, beat_at: '2026-11-21T11:32:00.000Z' }],
  });
});

test('a database that does not answer is a 503', async () => {
  const away = () => Promise.reject(new DatabaseUnavailableError('away'));
  const { status, body, headers } = await api({ fleet: away }).get('/v1/fleet').set(authorized);
  expect([status, body.code, headers['retry-after']]).toEqual([503, 'database_unavailable', '2']);
});

test('nothing is served beside the routes and the page', async () => {
  expect((await api().get('/no-such-file')).body.code).toBe('not_found');
});
