import request from 'supertest';
import { openPool, type DatabasePool } from '@cpemon/database';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import { createDatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
let database: TestDatabase;
let pool: DatabasePool;
let api: ReturnType<typeof request>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  const read = createDatabaseReader(pool, 5000);
  const reads = createFleetReads(read);
  const operators = [{ name: 'eva', token: 'operator' }];
  api = request(
    createCpemonApi({
      ...{ ...probe, ingest: 'none' as const, readTokens: ['viewer'], reads },
      operating: { operators, viewerTokens: ['viewer'], read, act: read },
    }),
  );
  for (let id = 1; id <= 4; id += 1) {
    await database.pool.query(
      `INSERT INTO devices (device_id, serial_number, oui, product_class, source, generation, lane, first_seen_at)
       VALUES (?, ?, '00259E', ?, '/cwmp', 1, 0, '2026-11-21 12:00:00')`,
      [id, id < 3 ? 'SN1' : 'SN2', `C${id}`],
    );
    await database.pool.query(
      `INSERT INTO device_state (device_id, generation, lane, last_seq, last_seen_at, source, reachability,
         reachability_reason, reachability_since, applied_events, duplicate_events, late_events, memory)
       VALUES (?, 1, 0, 1, '2026-11-21 12:00:00', '/cwmp', 'online', '', '2026-11-21 12:00:00', 1, 0, 0, '[2,"",[]]')`,
      [id],
    );
  }
  await database.pool.query(
    `INSERT INTO identity_findings (device_id, kind, other_id, at, data) VALUES
       (1, 'merge', 2, '2026-11-21 12:01:00', '{}'),
       (1, 'conflict', 2, '2026-11-21 12:02:00', '{"addresses":["192.0.2.1",null]}'),
       (3, 'merge', 4, '2026-11-21 12:02:00', '{}')`,
  );
  await database.pool.query(
    `INSERT INTO quarantined_identities
       (serial_number, oui, product_class, reason, source, events, first_at, last_at, generation, last_seq) VALUES
       ('Q1', '', '', 'not_released', '/heartbeat', 3, '2026-11-21 12:00:00', '2026-11-21 12:05:00', 1, 7),
       ('Q2', '00259E', 'C', 'too_many_new', '/cwmp', 1, '2026-11-21 12:00:00', '2026-11-21 12:00:00', 1, 8),
       ('Q3', '', '', 'too_many_new', '/cwmp', 1, '2026-11-21 12:00:00', '2026-11-21 12:00:00', 1, 9)`,
  );
});
afterAll(async () => {
  await pool.end();
  await probe.close();
  await database.drop();
});

const get = (path: string) => api.get(path).set({ authorization: 'Bearer viewer' });
const release = (body: object, token = 'operator') =>
  api
    .post('/v1/quarantine/release')
    .set({ authorization: `Bearer ${token}` })
    .send(body);

test('findings are listed newest first, page by page; a merge that became a conflict is none', async () => {
  const { body } = await get('/v1/identity-findings?limit=1');
  expect(body).toMatchObject({
    items: [
      {
        kind: 'conflict',
        at: '2026-11-21T12:02:00.000Z',
        device: { sn: 'SN1', oui: '00259E', product_class: 'C1' },
        other: { product_class: 'C2' },
        addresses: ['192.0.2.1', null],
      },
    ],
    counts: { placeholder: 0, ambiguous: 0, merge: 1, merged: 0, conflict: 1 },
  });
  const next = await get(`/v1/identity-findings?limit=1&cursor=${body.next_cursor}`);
  expect(next.body).toMatchObject({ items: [{ kind: 'merge', device: { sn: 'SN2' } }], next_cursor: null });
  expect((await get('/v1/identity-findings?kind=merge&device=SN1')).body.items).toEqual([]);
  expect((await get('/v1/identity-findings?kind=other')).body.code).toBe('invalid_parameter');
  expect((await get('/v1/identity-findings?cursor=x')).body.code).toBe('invalid_cursor');
  expect((await api.get('/v1/identity-findings')).status).toBe(401);
});

test('a serial number of several devices is answered with the candidates', async () => {
  const { status, body } = await get('/api/cpe/SN1');
  expect([status, body.code]).toEqual([409, 'ambiguous_serial_number']);
  expect(body.candidates).toHaveLength(2);
});

test('identities in quarantine are listed and released by operators, and the audit knows', async () => {
  const { body } = await get('/v1/quarantine?limit=2');
  const items = body.items as Record<string, unknown>[];
  expect(items.map(({ sn, reason, events }) => [sn, reason, events])).toEqual([
    ['Q1', 'not_released', 3],
    ['Q2', 'too_many_new', 1],
  ]);
  expect((await get(`/v1/quarantine?cursor=${body.next_cursor}`)).body).toMatchObject({
    items: [{ sn: 'Q3' }],
    counts: { waiting: 3, released: 0 },
  });
  expect((await release({ device: 'Q1', reason: 'ours' }, 'viewer')).status).toBe(403);
  expect((await release({ device: 'Q1', all: true, reason: 'ours' })).status).toBe(400);
  const answer = await release({ device: 'Q1', reason: 'ours' });
  expect([answer.status, answer.body]).toEqual([202, { released: 1 }]);
  expect((await release({ device: 'Q1', reason: 'again' })).body.code).toBe('not_in_quarantine');
  expect((await release({ all: true, reason: 'ours' })).body).toEqual({ released: 2 });
  expect((await get('/v1/quarantine?state=released')).body.items[0]).toMatchObject({
    sn: 'Q1',
    released_by: 'eva',
  });
  expect((await get('/v1/audit?action=quarantine.release')).body.items).toHaveLength(3);
});
