import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { createHttpTarget, retryAfterMs, type HttpTarget, type HttpTargetOptions } from './http-target.js';
import type { Outcome } from './outcome.js';

const toClose: (() => Promise<unknown>)[] = [];

async function listen<S extends TcpServer>(server: S): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  toClose.push(async () => {
    (server as unknown as Partial<Server>).closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (handler: RequestListener): Promise<string> => listen(createServer(handler));

function open(url: string, options: Partial<HttpTargetOptions> = {}): HttpTarget {
  const target = createHttpTarget({
    url: new URL(url),
    maxConnections: 4,
    requestTimeoutMs: 400,
    allowPublicTarget: false,
    ...options,
  });
  toClose.unshift(() => target.close());
  return target;
}

const post = (target: HttpTarget): Promise<Outcome> =>
  target.send({
    path: `${target.prefix}/cpe/heartbeat`,
    body: '{"sn":"SIM-1"}',
    headers: { 'content-type': 'application/json' },
  });

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

describe('an HTTP target', () => {
  it('takes 2xx for accepted and uses its connections again', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(202).end('{"status":"queued"}');
    });
    const target = open(url);
    for (let sent = 0; sent < 40; sent++) {
      expect(await post(target)).toEqual({ kind: 'accepted', rejected: [] });
    }
    expect(ports.size).toBeLessThanOrEqual(4);
  });

  it('opens no more connections than it may', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      setTimeout(() => response.writeHead(202).end(), 10);
    });
    const target = open(url, { maxConnections: 3, requestTimeoutMs: 5000 });
    await Promise.all(Array.from({ length: 30 }, () => post(target)));
    expect(ports.size).toBe(3);
  });

  it('reads which events of a batch were refused', async () => {
    const url = await serve((_request, response) =>
      response
        .writeHead(202)
        .end('{"accepted":2,"rejected":[{"index":1,"reason":"missing_sn"},null,{"index":"x"}]}'),
    );
    expect(await post(open(url))).toEqual({
      kind: 'accepted',
      rejected: [{ index: 1, reason: 'missing_sn' }],
    });
  });

  it('keeps the path of its URL in front', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(202).end();
    });
    await post(open(`${url}/cpemon/`));
    expect(paths).toEqual(['/cpemon/cpe/heartbeat']);
  });

  it('hands on a refusal with what Retry-After asks for', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(503, { 'Retry-After': '7' }).end('full'),
    );
    expect(await post(open(url))).toEqual({ kind: 'refused', status: 503, retryAfterMs: 7000 });
  });

  it('does not follow a redirect', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://8.8.8.8/' }).end(),
    );
    expect(await post(open(url))).toEqual({ kind: 'refused', status: 302, retryAfterMs: 0 });
  });

  it.each<[string, RequestListener, string]>([
    ['never answers', () => undefined, 'timeout'],
    [
      'begins an answer and stops',
      (_request, response) => void response.writeHead(202).write('{"st'),
      'timeout',
    ],
    ['hangs up', (request) => void request.socket.end(), 'reset'],
    ['resets the connection', (request) => void request.socket.resetAndDestroy(), 'reset'],
    [
      'answers HTML',
      (_request, response) =>
        void response.writeHead(200, { 'Content-Type': 'text/html' }).end('\n<html>Log in</html>'),
      'not_our_answer',
    ],
    [
      'answers without end',
      (_request, response) => {
        response.writeHead(200);
        const piece = Buffer.alloc(100_000, 'x');
        const timer = setInterval(() => response.write(piece), 2);
        response.once('close', () => clearInterval(timer));
      },
      'answer_too_large',
    ],
    [
      'answers something that is no HTTP',
      (request) => void request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
      'broken_answer',
    ],
  ])('counts a target that %s as unanswered and goes on', async (_what, misbehave, reason) => {
    let well = false;
    const url = await serve((request, response) => {
      if (well) response.writeHead(202).end('{}');
      else misbehave(request, response);
    });
    const target = open(url);
    expect(await post(target)).toEqual({ kind: 'unanswered', reason });
    well = true;
    expect(await post(target)).toMatchObject({ kind: 'accepted' });
  });

  it('tells a target that is down from one that gave no answer', async () => {
    const server = createTcpServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await post(open(url))).toEqual({ kind: 'unanswered', reason: 'connection_refused' });
    expect(await post(open('http://no-such-name.invalid'))).toEqual({
      kind: 'unanswered',
      reason: 'unreachable',
    });
  });

  it('says so when TLS fails', async () => {
    const url = await serve((_request, response) => response.end());
    expect(await post(open(url.replace('http:', 'https:')))).toEqual({
      kind: 'unanswered',
      reason: 'tls_failed',
    });
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  it.each([
    [undefined, 0],
    ['120', 120_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
  ])('%s means %d ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
