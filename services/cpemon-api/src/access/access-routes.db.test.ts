import { startApi, type ApiUnderTest } from '../../../../tests/support/api-under-test.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';

let database: TestDatabase;
let one: ApiUnderTest;
let other: ApiUnderTest;

beforeAll(async () => {
  database = await createTestDatabase();
  one = await startApi(database);
  other = await startApi(database);
});
afterAll(async () => {
  await one.stop();
  await other.stop();
  await database.drop();
});

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (api: ApiUnderTest, path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(api.url + path, {
    ...{ method: 'POST', body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers } },
  });
const codeOf = async (answer: Response): Promise<string | undefined> =>
  ((await answer.json()) as { code?: string }).code;

async function makeLink(grant: object = { name: 'eva', role: 'operator' }): Promise<string> {
  const answer = await post(one, '/v1/access/links', grant, one.headers.operator);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { path: string }).path.replace('/login#', '');
}
async function logIn(api: ApiUnderTest, grant?: object) {
  const answer = await post(api, '/v1/session', { link: await makeLink(grant) });
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get('set-cookie')!;
  return {
    cookie: cookie.split(';')[0]!,
    attributes: cookie,
    who: (await answer.json()) as { csrf_token: string },
  };
}

test('a login link opens a session that every replica knows, and only once', async () => {
  const link = await makeLink();
  const first = await post(one, '/v1/session', { link });
  expect(first.status).toBe(200);
  expect(first.headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
  for (const api of [one, other]) {
    const who = await fetch(`${api.url}/v1/session`, { headers: { cookie } });
    expect([who.status, await who.json()]).toMatchObject([
      200,
      { name: 'eva', role: 'operator', by: 'session' },
    ]);
    expect((await fetch(`${api.url}/v1/fleet`, { headers: { cookie } })).status).toBe(200);
  }
  const again = await post(other, '/v1/session', { link });
  expect([again.status, await codeOf(again)]).toEqual([401, 'invalid_login_link']);
});

test('of those who use a link at once one gets in', async () => {
  const link = await makeLink();
  const answers = await Promise.all(
    [one, other, one, other].map((api) => post(api, '/v1/session', { link })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
});

test('a link that is over opens nothing', async () => {
  const link = await makeLink();
  await database.pool.query(
    'UPDATE access_links SET expires_at = NOW(3) - INTERVAL 1 DAY WHERE used_at IS NULL',
  );
  expect((await post(one, '/v1/session', { link })).status).toBe(401);
});

test('what changes something needs the token of the session, which no other site knows', async () => {
  const { cookie, who } = await logIn(one);
  const body = { name: 'made-by-eva', role: 'viewer' };
  for (const headers of [
    { cookie },
    { cookie, 'x-csrf-token': 'guessed' },
    { cookie, 'x-csrf-token': who.csrf_token, 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[]) {
    const refused = await post(other, '/v1/access/tokens', body, headers);
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'csrf_token_needed']);
  }
  const headers = { cookie, 'x-csrf-token': who.csrf_token, 'sec-fetch-site': 'same-origin' };
  expect((await post(other, '/v1/access/tokens', body, headers)).status).toBe(201);
  const audit = await fetch(`${one.url}/v1/audit?action=access.token`, { headers: one.headers.operator });
  expect(await audit.json()).toMatchObject({ items: [{ actor: 'eva', target: 'made-by-eva' }] });
});

test('a session of a viewer does not act', async () => {
  const { cookie, who } = await logIn(one, { name: 'vic', role: 'viewer' });
  const refused = await post(one, '/v1/replay', {}, { cookie, 'x-csrf-token': who.csrf_token });
  expect([refused.status, await codeOf(refused)]).toEqual([403, 'not_an_operator']);
});

test('logging out takes the cookie away', async () => {
  const { cookie, who } = await logIn(one);
  const headers = { cookie, 'x-csrf-token': who.csrf_token };
  const out = await fetch(`${one.url}/v1/session`, { method: 'DELETE', headers });
  expect([out.status, out.headers.get('set-cookie')]).toEqual([
    204,
    expect.stringMatching(/^cpemon_session=;.*Max-Age=0$/),
  ]);
});

test.each([
  ['forged', 'cpemon_session=eyJuYW1lIjoiZXZhIn0.AAAA', 401, 'invalid_session'],
  ['of nothing', 'cpemon_session=.', 401, 'invalid_session'],
  ['far too long', `cpemon_session=${'a'.repeat(5000)}`, 401, 'missing_token'],
  ['of another name', 'xcpemon_session=a.b', 401, 'missing_token'],
])('a cookie that is %s is none', async (_what, cookie, status, code) => {
  const answer = await fetch(`${one.url}/v1/fleet`, { headers: { cookie } });
  expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
});

test('headers that no browser sends end the request and nothing else', async () => {
  const answer = await fetch(`${one.url}/v1/fleet`, { headers: { cookie: 'a=b; '.repeat(5000) } });
  expect(answer.status).toBe(431);
  expect((await fetch(`${one.url}/v1/fleet`, { headers: one.headers.viewer })).status).toBe(200);
});

test('another site cannot log anybody in', async () => {
  const link = await makeLink();
  const refused = await post(one, '/v1/session', { link }, { 'sec-fetch-site': 'cross-site' });
  expect([refused.status, await codeOf(refused)]).toEqual([403, 'cross_site']);
});

test('tokens are kept as hashes, shown once, and end when they are revoked or over', async () => {
  const made = await post(one, '/v1/access/tokens', { name: 'script', role: 'viewer' }, one.headers.operator);
  const { id, token } = (await made.json()) as { id: number; token: string };
  const [rows] = await database.pool.query('SELECT * FROM access_tokens');
  expect(JSON.stringify(rows)).not.toContain(token);
  const asked = (api: ApiUnderTest) =>
    fetch(`${api.url}/v1/fleet`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asked(one)).status).toBe(200);
  const listed = await fetch(`${one.url}/v1/access/tokens`, { headers: one.headers.operator });
  const text = await listed.text();
  expect((JSON.parse(text) as { items: object[] }).items[0]).toMatchObject({
    ...{ id, name: 'script', made_by: 'olga', revoked_at: null },
  });
  expect(text).not.toContain(token);
  expect((await post(one, `/v1/access/tokens/${id}/revoke`, {}, one.headers.operator)).status).toBe(200);
  expect((await asked(other)).status).toBe(401);
  const again = await post(one, `/v1/access/tokens/${id}/revoke`, {}, one.headers.operator);
  expect([again.status, await codeOf(again)]).toEqual([404, 'unknown_token']);
  await database.pool.query(
    'UPDATE access_tokens SET revoked_at = NULL, expires_at = NOW(3) - INTERVAL 1 MINUTE WHERE token_id = ?',
    [id],
  );
  const third = await startApi(database);
  expect((await asked(third)).status).toBe(401);
  await third.stop();
});

test.each([
  [{ name: 'x', role: 'root' }],
  [{ name: '<b>', role: 'viewer' }],
  [{ name: 'x', role: 'operator', labels: { region: 'north' } }],
  [{ name: 'x', role: 'viewer', labels: { 'A b': 'c' } }],
  [{ name: 'x', role: 'viewer', days: 0 }],
])('a token %j is refused', async (grant) => {
  const answer = await post(one, '/v1/access/tokens', grant, one.headers.operator);
  expect([answer.status, await codeOf(answer)]).toEqual([400, 'invalid_request']);
});

test('viewers and support make no tokens', async () => {
  for (const headers of [one.headers.viewer, one.headers.support]) {
    const answer = await post(one, '/v1/access/tokens', { name: 'x', role: 'viewer' }, headers);
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'not_an_operator']);
  }
});

test('an answer names the request, by the id it came with', async () => {
  const headers = { ...one.headers.viewer, 'x-correlation-id': 'from-a-test' };
  const answer = await fetch(`${one.url}/v1/fleet`, { headers });
  expect(answer.headers.get('x-correlation-id')).toBe('from-a-test');
  expect((await fetch(`${one.url}/v1/nothing`)).headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
});
