import { createLogger, createRegistry, startOperationsServer } from '@cpemon/service-kit';
import { createRefusedBodies } from './refused-bodies.js';
import { createRefusedBodiesRoute } from './refused-bodies-route.js';

const ring = createRefusedBodies({ most: 5, characters: 1000 });
let server: { url: string; close(): Promise<void> };

beforeAll(async () => {
  ring.keep({
    ...{ path: 'webhook', code: 'missing_sn', contentType: 'application/json', address: '192.0.2.1' },
    body: Buffer.from('{"serial":""}'),
  });
  server = await startOperationsServer({
    ...{ host: '127.0.0.1', port: 0, logger: createLogger({ service: 'test', level: 'silent' }) },
    registry: createRegistry({ service: 'test', version: 'test' }),
    ready: () => ({ ready: true, checks: {} }),
    extraRoutes: [createRefusedBodiesRoute(ring, ['of-an-operator'])],
  });
});
afterAll(() => server.close());

const get = (path: string, token?: string): Promise<Response> =>
  fetch(server.url + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

test('only operators see what was refused', async () => {
  for (const path of ['/refused-bodies', '/refused-bodies/1']) {
    expect((await get(path)).status).toBe(401);
    expect((await get(path, 'of-a-viewer')).status).toBe(401);
  }
  expect((await get('/livez')).status).toBe(200);
});

test('the list has the facts, and a number the body', async () => {
  const list = (await (await get('/refused-bodies', 'of-an-operator')).json()) as { items: object[] };
  expect(list).toMatchObject({
    items: [{ id: 1, code: 'missing_sn', address: '192.0.2.1' }],
    passed_over: 0,
  });
  expect(list.items[0]).not.toHaveProperty('body');
  const one: unknown = await (await get('/refused-bodies/1', 'of-an-operator')).json();
  expect(one).toMatchObject({ id: 1, body: '{"serial":""}' });
  expect((await get('/refused-bodies/2', 'of-an-operator')).status).toBe(404);
});
