import { createApiClient } from './client.js';

const asked: [string, RequestInit | undefined][] = [];
const answering = (status: number, body: string, headers: Record<string, string>) =>
  createApiClient({
    url: 'http://cpemon',
    headers: { authorization: 'Bearer t' },
    fetch: (url, init) => {
      asked.push([url as string, init]);
      return Promise.resolve(new Response(body, { status, headers }));
    },
  });
const JSON_ANSWER = { 'content-type': 'application/json; charset=utf-8' };

test('fills in the path and the query, and reads the answer', async () => {
  const api = answering(200, '{"items":[],"next_cursor":null}', JSON_ANSWER);
  const page = await api.call('getDevices', { query: { q: 'a b', 'label.region': 'north' } });
  expect(page.items).toEqual([]);
  await api.call('getDevicesById', { path: { id: 'A/1' } });
  expect(asked.splice(0).map(([url]) => url)).toEqual([
    'http://cpemon/v1/devices?q=a+b&label.region=north',
    'http://cpemon/v1/devices/A%2F1',
  ]);
});

test('sends a body as JSON', async () => {
  const api = answering(201, '{}', JSON_ANSWER);
  await api.call('postAccessTokens', { body: { name: 'x', role: 'viewer' } });
  expect(asked.splice(0)[0]).toMatchObject([
    'http://cpemon/v1/access/tokens',
    {
      method: 'POST',
      body: '{"name":"x","role":"viewer"}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
    },
  ]);
});

test('a refusal is an error with the code of the API', async () => {
  const problem = '{"code":"rate_limited","title":"Too Many Requests"}';
  await expect(answering(429, problem, { 'retry-after': '3' }).call('getFleet', {})).rejects.toMatchObject({
    ...{ name: 'ApiProblem', status: 429, code: 'rate_limited', retryAfterSeconds: 3 },
  });
  await expect(answering(502, '<html>', {}).call('getFleet', {})).rejects.toMatchObject({
    ...{ code: 'http_502', retryAfterSeconds: null },
  });
});
