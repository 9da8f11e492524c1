import request from 'supertest';
import type { RowDataPacket } from 'mysql2';
import { openPool, type DatabasePool } from '@cpemon/database';
import { insertDeadLetters, insertParkedEvents } from '../../../../tests/support/dead-letter-rows.js';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import { createDatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
let database: TestDatabase;
let pool: DatabasePool;
/** The one that a new log begins with. */
let generation: number;
let api: (readTokens?: readonly string[] | 'none') => ReturnType<typeof request>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  const [[log]] = await pool.query<RowDataPacket[]>(
    'SELECT MAX(generation) AS generation FROM log_generations',
  );
  generation = Number(log?.['generation']);
  const read = createDatabaseReader(pool, 5000);
  const operators = [
    { name: 'eva', token: 'operator' },
    { name: 'tom', token: 'other-operator' },
  ];
  api = (readTokens = ['viewer', 'operator', 'other-operator']) =>
    request(
      createCpemonApi({
        ...{ ...probe, ingest: 'none' as const, readTokens, reads: createFleetReads(read) },
        operating: { operators, viewerTokens: ['viewer'], read, act: read },
      }),
    );
});
afterAll(async () => {
  await pool.end();
  await probe.close();
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['log_dead_letters', 'log_parked', 'operator_audit'])
    await database.pool.query(`DELETE FROM ${table}`);
});

const as = (token: string) => ({ authorization: `Bearer ${token}` });
const get = (path: string) => api().get(path).set(as('viewer'));
const post = (path: string, body?: object) => {
  const asking = api().post(path).set(as('operator'));
  return body === undefined ? asking : asking.send(body);
};
/** Of a list: its items as far as they are looked at, and where the next page begins. */
const list = async (path: string) =>
  (await get(path)).body as {
    items: { position: string; device: string; target: string }[];
    next_cursor: string | null;
  };
const statesOf = async () => {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT seq, state, asked_by FROM log_dead_letters ORDER BY seq',
  );
  return rows.map((row): unknown[] => [Number(row['seq']), row['state'], row['asked_by']]);
};
const audit = async () => (await get('/v1/audit')).body.items as Record<string, unknown>[];

describe('who may', () => {
  test.each(['/v1/dead-letters', '/v1/parked', '/v1/replay', '/v1/rebuild', '/v1/log/skip', '/v1/audit'])(
    'read %s: viewers and operators, or anyone where reading is free',
    async (path) => {
      expect((await api().get(path)).status).toBe(401);
      expect((await api().get(path).set(as('guessed'))).body.code).toBe('invalid_token');
      expect((await get(path)).body).toEqual({ items: [], next_cursor: null });
      expect((await api('none').get(path)).status).toBe(200);
    },
  );

  test.each(['viewer', 'guessed', undefined])(
    'act: operators only, even where reading is free, not %p',
    async (token) => {
      await insertDeadLetters(database.pool, [{ sequence: 1 }]);
      for (const readTokens of [undefined, 'none'] as const) {
        const asking = api(readTokens).post('/v1/dead-letters/1-3-1/requeue');
        const { status, body, headers } = await (token === undefined ? asking : asking.set(as(token)));
        if (token === 'viewer') expect([status, body.code]).toEqual([403, 'not_an_operator']);
        else {
          expect([status, body.code]).toEqual([401, token === undefined ? 'missing_token' : 'invalid_token']);
          expect(headers['www-authenticate']).toContain('Bearer');
        }
      }
      expect(await statesOf()).toEqual([[1, 'dead', null]]);
    },
  );

  test('X-Operator adds a name to that of the token', async () => {
    await insertDeadLetters(database.pool, [{ sequence: 1 }, { sequence: 2 }]);
    await post('/v1/dead-letters/1-3-1/requeue').set('x-operator', 'night shift');
    await api().post('/v1/dead-letters/1-3-2/requeue').set(as('other-operator'));
    expect(await statesOf()).toEqual([
      [1, 'requeue', 'eva (night shift)'],
      [2, 'requeue', 'tom'],
    ]);
  });
});

describe('dead letters', () => {
  test('are listed with cause and origin, in pages', async () => {
    await insertDeadLetters(database.pool, [
      { sequence: 1, deadAgo: 30, cause: 'first' },
      { sequence: 2, deadAgo: 20 },
      { sequence: 3, deadAgo: 10, device: 'B1' },
    ]);
    const first = await list('/v1/dead-letters?limit=2');
    expect(first.items.map(({ position }) => position)).toEqual(['1-3-3', '1-3-2']);
    const second = await list(`/v1/dead-letters?limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({
      items: [
        {
          ...{
            position: '1-3-1',
            state: 'dead',
            device: 'A1',
            reason: 'refused',
            cause: 'first',
            attempts: 5,
          },
          ...{ type: 'cpemon.test.v1', source: '/telemetry', id: 'id-1', asked_by: null, asked_at: null },
        },
      ],
      next_cursor: null,
    });
    expect((await get('/v1/dead-letters?device=B1')).body.items).toHaveLength(1);
    const longAgo = new Date(Date.now() - 3_600_000).toISOString();
    expect((await get(`/v1/dead-letters?until=${longAgo}`)).body.items).toEqual([]);
  });

  test('one is shown with its payload', async () => {
    await insertDeadLetters(database.pool, [{ sequence: 7 }]);
    expect((await get('/v1/dead-letters/1-3-7')).body).toMatchObject({
      ...{ position: '1-3-7', correlation_id: 'c-7', lane: { generation: 1, lane: 3 } },
      event: { id: 'id-7', subject: 'A1', data: { test: { fail: 'always' } } },
    });
    expect((await get('/v1/dead-letters/1-3-8')).body).toMatchObject({
      status: 404,
      code: 'unknown_dead_letter',
    });
    expect((await get('/v1/dead-letters/nine')).body).toMatchObject({
      status: 400,
      code: 'invalid_position',
    });
  });

  test('one is asked for once, whoever asks at the same moment', async () => {
    await insertDeadLetters(database.pool, [{ sequence: 1 }]);
    const answers = await Promise.all([1, 2, 3].map(() => post('/v1/dead-letters/1-3-1/requeue')));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    expect(answers.find(({ status }) => status === 202)?.body).toMatchObject({
      state: 'requeue',
      asked_by: 'eva',
    });
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('not_dead');
    const entries = await audit();
    expect(entries.map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused', 'refused']);
    expect(entries[0]).toMatchObject({ actor: 'eva', action: 'dead_letters.requeue', target: '1-3-1' });
  });

  test('many are asked for by position, by what they match, or all', async () => {
    await insertDeadLetters(
      database.pool,
      [1, 2, 3, 4].map((sequence) => ({ sequence, cause: sequence === 3 ? 'Column full' : 'poison' })),
    );
    const named = await post('/v1/dead-letters/discard', { positions: ['1-3-1', '1-3-99'] });
    expect([named.status, named.body]).toEqual([202, { asked: 1, state: 'discard' }]);
    expect((await post('/v1/dead-letters/requeue', { filter: { cause: 'column' } })).body.asked).toBe(1);
    expect((await post('/v1/dead-letters/requeue', { all: true })).body.asked).toBe(2);
    expect((await post('/v1/dead-letters/discard', { all: true })).body.asked).toBe(0);
    expect((await statesOf()).map(([, state]): unknown => state)).toEqual([
      'discard',
      'requeue',
      'requeue',
      'requeue',
    ]);
  });
});

describe('what makes no sense', () => {
  test.each([
    ['/v1/dead-letters?state=gone', 'invalid_parameter'],
    ['/v1/dead-letters?limit=0', 'invalid_parameter'],
    ['/v1/dead-letters?limit=1&limit=2', 'invalid_parameter'],
    ['/v1/dead-letters?colour=red', 'invalid_parameter'],
    ['/v1/dead-letters?cursor=abc', 'invalid_cursor'],
    ['/v1/dead-letters?cursor=WzEsIngiXQ', 'invalid_position'],
    ['/v1/parked/%20', 'invalid_sn'],
    ['/v1/audit?from=yesterday', 'invalid_parameter'],
  ])('is refused in a query: %s', async (path, code) => {
    const { status, body } = await get(path);
    expect([status, body.code]).toEqual([400, code]);
  });

  test.each([
    ['requeue', {}, 'invalid_request'],
    ['requeue', { all: true, filter: { device: 'A1' } }, 'invalid_request'],
    ['requeue', { positions: ['1-3'] }, 'invalid_position'],
    ['requeue', { filter: { state: 'applied' } }, 'invalid_filter'],
    ['1-3-1/requeue', { really: true }, 'invalid_request'],
  ])('is refused in a body: %s %j', async (path, body, code) => {
    const answer = await post(`/v1/dead-letters/${path}`, body);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  test('bodies that cannot be read, or are too long, have a code of their own', async () => {
    const path = '/v1/dead-letters/requeue';
    const raw = (type: string, body: string) => post(path).set('content-type', type).send(body);
    expect((await raw('application/json', '{"all":')).body).toMatchObject({
      status: 400,
      code: 'invalid_json',
    });
    expect((await raw('text/plain', '{"all":true}')).body).toMatchObject({
      ...{ status: 415, code: 'unsupported_media_type' },
    });
    const long = { positions: Array.from({ length: 60_000 }, () => '1-2-3456') };
    expect((await post(path, long)).body).toMatchObject({ status: 413, code: 'body_too_large' });
    const other = await get(path);
    expect([other.status, other.body.code]).toEqual([400, 'invalid_position']);
    const put = await api().put(path).set(as('operator'));
    expect([put.status, put.headers['allow']]).toEqual([405, 'POST']);
  });

  test('an unknown group is refused and written down', async () => {
    const { status, body } = await post('/v1/dead-letters/requeue', { all: true, group: 'nobody' });
    expect([status, body.code]).toEqual([404, 'unknown_group']);
    expect(await audit()).toMatchObject([{ outcome: 'refused', detail: { code: 'unknown_group' } }]);
  });
});

test('parked devices are listed and shown with what waits', async () => {
  await insertParkedEvents(database.pool, [
    { sequence: 1, device: 'A1', cause: 'poison', failingFor: 100 },
    { sequence: 2, device: 'A1' },
    { sequence: 3, device: 'B1', cause: 'poison', failingFor: 10 },
  ]);
  const first = await list('/v1/parked?limit=1');
  expect(first.items).toMatchObject([
    { device: 'A1', position: '1-3-1', reason: 'refused', cause: 'poison', attempts: 3, events_behind: 1 },
  ]);
  const second = await list(`/v1/parked?limit=1&cursor=${first.next_cursor}`);
  expect(second).toMatchObject({ items: [{ device: 'B1', events_behind: 0 }], next_cursor: null });
  expect((await get('/v1/parked/A1')).body).toMatchObject({
    ...{ device: 'A1', events_behind: 1 },
    events: [{ position: '1-3-1', event: { id: 'id-1' } }, { position: '1-3-2' }],
  });
  expect((await get('/v1/parked/C1')).body).toMatchObject({ status: 404, code: 'unknown_parked_device' });
});

describe('the log', () => {
  const reason = 'a test';

  test('a hole is skipped where there is something ahead', async () => {
    await database.pool.query('UPDATE log_lanes SET head_seq = 20 WHERE lane = 2');
    const skip = await post('/v1/log/skip', { lane: 2, to: 15, reason });
    expect([skip.status, skip.body]).toMatchObject([202, { generation, lane: 2, to: 15, state: 'asked' }]);
    expect((await get('/v1/log/skip')).body.items).toMatchObject([{ lane: 2, to: 15, asked_by: 'eva' }]);
    expect((await post('/v1/log/skip', { lane: 2, to: 21, reason })).body.code).toBe('invalid_position');
    expect((await post('/v1/log/skip', { lane: 99, to: 1, reason })).body.code).toBe('unknown_lane');
    expect(await audit()).toMatchObject([
      { outcome: 'refused' },
      { outcome: 'refused' },
      { action: 'log.skip' },
    ]);
  });

  test('a replay is started, seen and stopped', async () => {
    await database.pool.query(
      `INSERT INTO log_offsets (grp, generation, lane, applied_seq) VALUES ('state', ?, 2, 10)
       ON DUPLICATE KEY UPDATE applied_seq = 10`,
      [generation],
    );
    const refused = await post('/v1/replay', {
      from: new Date(Date.now() + 3_600_000).toISOString(),
      reason,
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_range']);
    expect((await post('/v1/replay', { from: '2026-11-21T11:00:00Z' })).body.code).toBe('invalid_request');
    const from = new Date(Date.now() - 60_000).toISOString();
    expect((await post('/v1/replay', { from, reason, group: 'nobody' })).body.code).toBe('unknown_group');
    const started = await post('/v1/replay', { from, reason });
    expect([started.status, started.body]).toMatchObject([
      202,
      { group: 'state', from, reason, asked_by: 'eva' },
    ]);
    expect((await get('/v1/replay')).body.items).toMatchObject([{ id: started.body.id }]);
    expect((await get(`/v1/replay/${started.body.id}`)).body).toMatchObject({
      lanes: [{ lane: 2 }],
      failures: [],
    });
    expect((await get('/v1/replay/999')).body.code).toBe('unknown_replay');
    await post(`/v1/replay/${started.body.id}/stop`);
    expect((await post('/v1/replay/x/stop')).body.code).toBe('unknown_replay');
    const actions = (await audit()).map(({ action, outcome }) => `${String(action)} ${String(outcome)}`);
    expect(actions).toEqual(expect.arrayContaining(['replay.start done', 'replay.start refused']));
  });

  test('a rebuild names its lanes or all, and is refused where the log is not whole', async () => {
    expect((await post('/v1/rebuild', { reason })).body.code).toBe('invalid_request');
    const lacking = await post('/v1/rebuild', { lanes: [2], reason });
    expect([lacking.status, lacking.body.code]).toEqual([409, 'not_retained']);
    await database.pool.query('UPDATE log_offsets SET applied_seq = 0');
    const asked = await post('/v1/rebuild', { all: true, reason });
    expect([asked.status, asked.body]).toMatchObject([
      202,
      { items: [{ lane: 2, state: 'asked', asked_by: 'eva' }] },
    ]);
    expect((await post('/v1/rebuild', { lanes: [2], reason })).body.code).toBe('already_asked');
    expect((await get('/v1/rebuild')).body.items).toMatchObject([
      { lane: 2, generation, state: 'asked', reason },
    ]);
    expect((await audit()).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['rebuild.start', 'refused'],
      ['rebuild.start', 'done'],
      ['rebuild.start', 'refused'],
    ]);
  });

  test('a generation is opened with other lanes, and one after a restore', async () => {
    expect((await post('/v1/log/generation', { lanes: 16, reason })).body.code).toBe('same_lanes');
    const opened = await post('/v1/log/generation', { lanes: 32, reason });
    expect([opened.status, opened.body]).toMatchObject([202, { lanes: 32, sealed: generation }]);
    const restored = await post('/v1/log/restored', { reason });
    expect(restored.body).toMatchObject({ lanes: 32, sealed: opened.body.generation });
    expect((await post('/v1/log/restored', {})).body.code).toBe('invalid_request');
    expect(await audit()).toMatchObject([
      { action: 'log.restored', outcome: 'done', actor: 'eva' },
      { action: 'log.generation', outcome: 'done' },
      { action: 'log.generation', outcome: 'refused', detail: { code: 'same_lanes' } },
    ]);
  });
});

test('the audit is read newest first, in pages, by who and what', async () => {
  for (const lane of [97, 98, 99]) await post('/v1/log/skip', { lane, to: 1, reason: 'none' });
  await api().post('/v1/dead-letters/1-1-1/discard').set(as('other-operator'));
  const first = await list('/v1/audit?limit=2');
  const second = await list(`/v1/audit?limit=2&cursor=${first.next_cursor}`);
  expect([...first.items, ...second.items].map(({ target }) => target)).toEqual([
    ...['1-1-1', 'lane 99 to 1', 'lane 98 to 1', 'lane 97 to 1'],
  ]);
  expect(second.next_cursor).toBeNull();
  expect((await get('/v1/audit?actor=tom')).body.items).toHaveLength(1);
  expect((await get('/v1/audit?action=log.skip')).body.items).toHaveLength(3);
});
