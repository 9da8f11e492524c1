import request from 'supertest';
import { openPool, type DatabasePool } from '@cpemon/database';
import { addToOutbox, noteFailed, putAlert, type AlertRow } from '@cpemon/store';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import { createDatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
let database: TestDatabase;
let pool: DatabasePool;
let api: ReturnType<typeof request>;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  const read = createDatabaseReader(pool, 5000);
  api = request(
    createCpemonApi({
      ...{
        ...probe,
        ingest: 'none' as const,
        readTokens: ['viewer', 'operator'],
        reads: createFleetReads(read),
      },
      operating: {
        operators: [{ name: 'eva', token: 'operator' }],
        viewerTokens: ['viewer'],
        read,
        act: read,
      },
    }),
  );
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});
afterAll(() => probe.close());

const as = (token: string) => ({ authorization: `Bearer ${token}` });
const get = (path: string) => api.get(path).set(as('viewer'));
const post = (path: string, body: object) => api.post(path).set(as('operator')).send(body);

const START = Date.UTC(2026, 10, 21, 12);
function alert(fields: Partial<AlertRow>): AlertRow {
  return {
    ...{
      alertId: 0,
      openKey: `k${Math.random()}`,
      rule: 'business-offline',
      kind: 'device',
      severity: 'critical',
    },
    ...{ state: 'firing', deviceId: 1, serialNumber: 'SN1', lane: 0, groupLabel: '', groupValue: '' },
    ...{ labels: { tier: 'business' }, summary: 'SN1 is offline', startedAt: START, endedAt: null },
    ...{ pendingAt: START, firedAt: START + 1, clearSince: null, resolvedAt: null, cause: 'power' },
    ...{ evidence: {}, missing: 0, due: 0, members: 0, mostMissing: 0, deviceSeconds: 0, parentId: null },
    ...{ quiet: '', notification: 'sent', notifiedAt: START + 2, endNotifiedAt: null },
    ...fields,
  };
}
const add = (fields: Partial<AlertRow> = {}) => putAlert(database.pool, alert(fields));
const group: Partial<AlertRow> = {
  ...{ kind: 'group', rule: 'group', deviceId: 0, serialNumber: '', groupLabel: 'olt', groupValue: 'olt-2' },
  ...{ missing: 90, due: 100, members: 120, mostMissing: 100, deviceSeconds: 6000 },
};

test('alerts are listed, filtered and shown with those that are linked to them', async () => {
  const alarm = await add(group);
  await add({ parentId: alarm, quiet: 'group', notification: 'none' });
  await add({ state: 'resolved', serialNumber: 'SN2', endedAt: START + 60_000, resolvedAt: START + 90_000 });
  const all = (await get('/v1/alerts')).body;
  expect(all.items).toHaveLength(3);
  expect(all.counts).toEqual([{ state: 'firing', severity: 'critical', alerts: 2 }]);
  expect((await get('/v1/alerts?state=open&kind=device')).body.items).toMatchObject([
    { sn: 'SN1', quiet: 'group', parent: String(alarm), cause: 'power' },
  ]);
  expect((await get('/v1/alerts?device=SN2')).body.items).toMatchObject([
    { state: 'resolved', ended_at: '2026-11-21T12:01:00.000Z', acknowledged: null },
  ]);
  const first = (await get('/v1/alerts?limit=2')).body;
  const second = (await get(`/v1/alerts?limit=2&cursor=${first.next_cursor}`)).body;
  expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 1, null]);
  expect((await get(`/v1/alerts/${alarm}`)).body).toMatchObject({
    ...{ group: { label: 'olt', value: 'olt-2' }, missing: 90, due: 100, members: 120 },
    ...{ most_missing: 100, device_minutes: 100, linked: [{ sn: 'SN1' }] },
  });
  expect((await get('/v1/alerts/99')).body.code).toBe('unknown_alert');
  expect((await get('/v1/alerts/x')).status).toBe(404);
  expect((await get('/v1/alerts?state=closed')).status).toBe(400);
});

test('an alert is acknowledged once, by an operator, and the audit has it', async () => {
  const id = await add();
  expect((await api.post(`/v1/alerts/${id}/acknowledge`).set(as('viewer'))).status).toBe(403);
  expect((await post(`/v1/alerts/${id}/acknowledge`, { note: 'on my way' })).body).toMatchObject({
    acknowledged: { by: 'eva', note: 'on my way' },
  });
  expect((await post(`/v1/alerts/${id}/acknowledge`, {})).body.code).toBe('acknowledged_before');
  expect((await get('/v1/audit')).body.items[1]).toMatchObject({
    ...{ actor: 'eva', action: 'alerts.acknowledge', target: String(id) },
  });
});

test('a silence is made by labels or from an alert, listed, and ended', async () => {
  const alarm = await add(group);
  const made = await post(`/v1/alerts/${alarm}/silence`, { minutes: 30, reason: 'known' });
  expect(made.body).toMatchObject({ match: { rule: ['group'], olt: ['olt-2'] } });
  const other = await post('/v1/silences', {
    match: { tier: ['gold', 'business'] },
    minutes: 5,
    reason: 'test',
  });
  expect(other.status).toBe(202);
  expect((await get('/v1/silences')).body.items).toMatchObject([
    { match: { tier: ['gold', 'business'] }, made_by: 'eva', reason: 'test' },
    { match: { olt: ['olt-2'] } },
  ]);
  expect((await post(`/v1/silences/${other.body.id}/end`, { reason: 'done' })).status).toBe(202);
  expect((await get('/v1/silences')).body.items).toHaveLength(1);
  expect((await post(`/v1/silences/${other.body.id}/end`, { reason: 'done' })).body.code).toBe(
    'unknown_silence',
  );
});

test.each([
  [{ match: {}, minutes: 5, reason: 'x' }, 'invalid_request'],
  [{ match: { tier: 'x' }, reason: 'x' }, 'invalid_request'],
  [{ match: { tier: 'x' }, minutes: 5, ends_at: '2036-01-01T00:00:00Z', reason: 'x' }, 'invalid_request'],
  [{ match: { tier: 'x' }, ends_at: '2020-01-01T00:00:00Z', reason: 'x' }, 'invalid_silence'],
  [{ match: { tier: 'x' }, ends_at: '2099-01-01T00:00:00Z', reason: 'x' }, 'invalid_silence'],
  [{ match: { tier: 'x' }, minutes: 5 }, 'invalid_request'],
])('a silence that cannot be is refused: %j', async (body, code) => {
  const { status, body: answer } = await post('/v1/silences', body);
  expect([status, answer.code]).toEqual([400, code]);
});

test('a maintenance window is planned once or weekly, listed with whether it is on, and ended', async () => {
  const now = Date.now();
  const time = (ms: number) => new Date(now + ms).toISOString();
  const once = await post('/v1/maintenance-windows', {
    ...{ match: { olt: 'olt-3' }, starts_at: time(-60_000), ends_at: time(3_600_000), reason: 'new card' },
  });
  expect(once.body).toMatchObject({ match: { olt: ['olt-3'] }, is_on: true, weekly: null });
  const weekly = { days: ['sun'], from: '02:00', minutes: 240, time_zone: 'Europe/Berlin' };
  expect(
    (await post('/v1/maintenance-windows', { match: { region: 'north' }, weekly, reason: 'r' })).body,
  ).toMatchObject({
    ...{ weekly, ends_at: null },
  });
  expect((await get('/v1/maintenance-windows')).body.items).toHaveLength(2);
  expect((await post(`/v1/maintenance-windows/${once.body.id}/end`, { reason: 'done' })).status).toBe(202);
  expect((await get('/v1/maintenance-windows')).body.items).toMatchObject([{ weekly }]);
  const backwards = {
    match: { olt: 'x' },
    starts_at: time(7_200_000),
    ends_at: time(3_600_000),
    reason: 'r',
  };
  const refused = await post('/v1/maintenance-windows', backwards);
  expect([refused.status, refused.body.code]).toEqual([400, 'invalid_window']);
  expect(refused.body.detail).toContain('ends_at must be after starts_at');
});

test('receivers are shown with what waits for them, and one that is dead as such', async () => {
  const message = { messageId: 'm1', kind: 'alert.firing', alertId: 1, body: '{}' };
  const messages = ['good', 'bad'].map((receiver) => ({ ...message, receiver }));
  await addToOutbox(database.pool, messages, Date.now());
  await noteFailed(database.pool, { receiver: 'bad', error: 'answered 500', againInMs: 60_000 });
  expect((await get('/v1/alert-receivers')).body.items).toMatchObject([
    { name: 'bad', state: 'failing', waiting: 1, last_error: 'answered 500' },
    { name: 'good', state: 'ok', waiting: 1, last_error: null },
  ]);
  await database.pool.query('UPDATE outbox_receivers SET failing_since = failing_since - INTERVAL 11 MINUTE');
  expect((await get('/v1/alert-receivers')).body.items[0].state).toBe('dead');
});
