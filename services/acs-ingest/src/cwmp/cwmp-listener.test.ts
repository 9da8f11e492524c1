import { createLogger, type RunningHttpServer } from '@cpemon/service-kit';
import { isCwmpPath, startCwmpListener } from './cwmp-listener.js';

test.each([
  ['/cwmp', true],
  ['/cwmp/', true],
  ['/cwmp?oui=00259E', true],
  ['/cwmp/?x', true],
  ['/', false],
  ['/cwmpx', false],
  ['/cwmp/other', false],
  [undefined, false],
])('%s is the path of CWMP: %p', (url, expected) => {
  expect(isCwmpPath(url)).toBe(expected);
});

describe('the port for CPEs', () => {
  let listener: RunningHttpServer;
  beforeEach(async () => {
    listener = await startCwmpListener({
      ...{ host: '127.0.0.1', port: 0, logger: createLogger({ service: 'test', level: 'silent' }) },
      route: (_request, response) => void response.writeHead(204).end(),
      limits: {
        ...{ maxConnections: 10, maxConnectionsPerAddress: 10, minBytesPerSecond: 100 },
        ...{ headersTimeoutMs: 1, requestTimeoutMs: 1 },
      },
    });
  });
  afterEach(() => listener.close());

  test('serves sessions at / and /cwmp, and nothing else', async () => {
    const status = async (path: string) => (await fetch(`${listener.url}${path}`, { method: 'POST' })).status;
    expect(await Promise.all(['/', '/?a=b', '/cwmp', '/acs/webhook'].map(status))).toEqual([
      204, 204, 204, 404,
    ]);
  });

  test('has the patience that CPEs need', () => {
    expect(listener.server).toMatchObject({
      ...{ headersTimeout: 30_000, requestTimeout: 120_000, keepAliveTimeout: 75_000 },
    });
  });
});
