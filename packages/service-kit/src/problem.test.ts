import { createLogger } from './logger.js';
import { startHttpServer } from './http-server.js';
import { sendProblem } from './problem.js';

describe('a problem answer', () => {
  it('carries the standard members, ours, Retry-After and the correlation id', async () => {
    const server = await startHttpServer({
      host: '127.0.0.1',
      port: 0,
      logger: createLogger({ service: 'test', level: 'silent' }),
      handler: (_request, response) =>
        sendProblem(response, {
          status: 503,
          code: 'log_full',
          detail: 'Try later.',
          correlationId: 'abc',
          retryAfterSeconds: 1.2,
          extra: { index: 4, status: 200 },
        }),
    });
    const response = await fetch(server.url);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(response.headers.get('x-correlation-id')).toBe('abc');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      code: 'log_full',
      detail: 'Try later.',
      correlation_id: 'abc',
      index: 4,
    });
    await server.close();
  });

  it('breaks off an answer that has begun', async () => {
    const server = await startHttpServer({
      host: '127.0.0.1',
      port: 0,
      logger: createLogger({ service: 'test', level: 'silent' }),
      handler: (_request, response) => {
        response.write('half');
        sendProblem(response, { status: 500, code: 'internal_error' });
      },
    });
    await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow();
    await server.close();
  });
});
