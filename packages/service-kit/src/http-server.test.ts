import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { startHttpServer, type HttpServerOptions, type RunningHttpServer } from './http-server.js';
import { createLogger } from './logger.js';

const logger = createLogger({ service: 'test', level: 'silent' });
const running: RunningHttpServer[] = [];
const sockets: Socket[] = [];

async function start(options: Partial<HttpServerOptions>): Promise<RunningHttpServer> {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    handler: (_request, response) => void response.end('ok'),
    logger,
    ...options,
  });
  running.push(server);
  return server;
}

async function open(server: RunningHttpServer): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}

const problemIn = (answer: string): { status: number; code: string } =>
  JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { status: number; code: string };

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe('an HTTP server', () => {
  it('says which port is taken', async () => {
    const first = await start({});
    const port = Number(new URL(first.url).port);
    await expect(start({ port })).rejects.toThrow(`port ${port} on 127.0.0.1 is already taken`);
  });

  it('answers a failing handler, synchronous or not, with a 500 problem and goes on', async () => {
    const server = await start({
      handler: (request) => {
        if (request.url === '/sync') throw new Error('broken');
        return Promise.reject(new Error('broken'));
      },
    });
    for (const path of ['/sync', '/async', '/sync']) {
      const response = await fetch(server.url + path);
      expect(response.status).toBe(500);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ status: 500, code: 'internal_error' });
    }
  });

  it('answers bytes that are no HTTP with a 400 problem', async () => {
    const socket = await open(await start({}));
    socket.write('\x00\x01 nonsense\r\n\r\n');
    const answer = await readAll(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'malformed_request' });
  });

  it('answers headers that are too large with a 431 problem', async () => {
    const socket = await open(await start({}));
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(problemIn(await readAll(socket))).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('answers headers that do not come with a 408 problem', async () => {
    const socket = await open(await start({ limits: { headersTimeoutMs: 200 } }));
    socket.write('GET / HTTP/1.1\r\nHost:');
    expect(problemIn(await readAll(socket))).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it('survives a body that breaks off and a socket that is reset', async () => {
    const server = await start({
      handler: async (request, response) => {
        for await (const _chunk of request);
        response.end('whole');
      },
    });
    const broken = await open(server);
    broken.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    expect(problemIn(await readAll(broken))).toMatchObject({ status: 400 });
    const reset = await open(server);
    reset.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc');
    reset.resetAndDestroy();
    const response = await fetch(server.url, { method: 'POST', body: 'abc' });
    expect(await response.text()).toBe('whole');
  });

  it('closes connections above its limit on arrival', async () => {
    const server = await start({ limits: { maxConnections: 2 } });
    const kept = [await open(server), await open(server)];
    const refused = await open(server);
    await once(refused, 'close');
    kept[0]?.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await readAll(kept[0] as Socket)).toMatch(/^HTTP\/1\.1 200/);
  });
});

describe('closing an HTTP server', () => {
  it('finishes the request in hand, tells its sender to hang up, and takes no further ones', async () => {
    let finish = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let answer = (): void => undefined;
    const server = await start({
      handler: (_request, response) => {
        answer = () => response.end('done');
        finish();
      },
    });
    const agent = new Agent({ keepAlive: true });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      get(server.url, { agent }, resolve).on('error', reject);
    });
    await arrived;
    const closed = server.close();
    await expect(fetch(server.url)).rejects.toThrow();
    answer();
    const { statusCode, headers } = await response;
    expect(statusCode).toBe(200);
    expect(headers.connection).toBe('close');
    await closed;
  });

  it('closes idle and silent connections at once', async () => {
    const server = await start({});
    const silent = await open(server);
    const idle = await open(server);
    idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const startedAt = Date.now();
    await Promise.all([server.close(), once(silent, 'close'), once(idle, 'close')]);
    expect(Date.now() - startedAt).toBeLessThan(1000);
  });

  it('ends a streaming answer’s connection when the answer is complete', async () => {
    let end = (): void => undefined;
    const server = await start({
      handler: (_request, response) => {
        response.write('first');
        end = () => response.end('last');
      },
    });
    const socket = await open(server);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const closed = server.close();
    end();
    expect(await readAll(socket)).toContain('last');
    await closed;
  });

  it('cuts off what is unanswered at the limit', async () => {
    const server = await start({ handler: () => undefined, closeTimeoutMs: 200 });
    const socket = await open(server);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(server.server, 'request');
    await Promise.all([server.close(), once(socket, 'close')]);
  });
});
