import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHttpServer, type HttpServerOptions, type RunningHttpServer } from './http-server.js';
import { createLogger } from './logger.js';

let server: RunningHttpServer;
const sockets: Socket[] = [];

async function start(options: Partial<HttpServerOptions>): Promise<void> {
  server = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, logger: createLogger({ service: 'test', level: 'silent' }) },
    handler: async (request, response) => {
      let bytes = 0;
      try {
        for await (const chunk of request) bytes += (chunk as Buffer).length;
        response.end(String(bytes));
      } catch {
        // Cut off: nobody is there to be answered.
      }
    },
    ...options,
  });
}
async function open(options: Partial<NetConnectOpts> = {}): Promise<Socket> {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', ...options });
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}
/** What the server said before it hung up, and after how long. */
async function untilClosed(socket: Socket): Promise<{ text: string; ms: number }> {
  const startedAt = performance.now();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  if (!socket.closed) await once(socket, 'close');
  return { text, ms: performance.now() - startedAt };
}
/** Writes a byte every 50 ms until the other side hangs up. */
function dribble(socket: Socket, text: string): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer);
    socket.write(text[sent % text.length]!);
    sent += 1;
  }, 50);
  socket.once('close', () => clearInterval(timer));
}
/** Others are served while `work` goes on, each within half a second. */
async function whileOthersAreServed<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const result = work.finally(() => (done = true));
  while (!done) {
    const startedAt = performance.now();
    const answer = await fetch(server.url, { method: 'POST', body: 'abc' });
    expect(await answer.text()).toBe('3');
    expect(performance.now() - startedAt).toBeLessThan(500);
    await sleep(100);
  }
  return result;
}

const POST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n';

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

test('forty connections that send headers byte by byte, or nothing, are cut off while others are served', async () => {
  await start({ limits: { headersTimeoutMs: 500 } });
  const slow = await Promise.all(Array.from({ length: 40 }, () => open()));
  slow.slice(20).forEach((socket) => dribble(socket, 'GET / HTTP/1.1\r\nX-A: bbbbbbbbbbbbbbbbbbbb'));
  const ends = await whileOthersAreServed(Promise.all(slow.map(untilClosed)));
  for (const { ms } of ends) expect(ms).toBeLessThan(2500);
  for (const { text } of ends.slice(20)) expect(text).toMatch(/^HTTP\/1\.1 408 /);
});

test('a body that comes in slower than the floor is cut off with 408 while others are served', async () => {
  await start({ limits: { minBytesPerSecond: 100 }, speedJudgedOverMs: 400 });
  const socket = await open();
  socket.write(POST);
  dribble(socket, 'a');
  const { text, ms } = await whileOthersAreServed(untilClosed(socket));
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(text).toContain('"code":"request_timeout"');
  expect(ms).toBeLessThan(2500);
});

test('a body that comes in slowly, but faster than the floor, is taken', async () => {
  await start({ limits: { minBytesPerSecond: 100 }, speedJudgedOverMs: 300 });
  const socket = await open();
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 300\r\n\r\n');
  for (let sent = 0; sent < 300; sent += 15) {
    socket.write('a'.repeat(15));
    await sleep(75);
  }
  expect((await untilClosed(socket)).text).toMatch(/^HTTP\/1\.1 200 [^]*300$/);
});

test('a body that does not come to its end in time is cut off, whatever its speed', async () => {
  await start({ limits: { headersTimeoutMs: 300, requestTimeoutMs: 600, minBytesPerSecond: 0 } });
  const socket = await open();
  socket.write(POST);
  dribble(socket, 'a');
  expect((await untilClosed(socket)).ms).toBeLessThan(2500);
});

test('a sender that waits because we do not read on is not called slow', async () => {
  let bytes = 0;
  await start({
    limits: { minBytesPerSecond: 1000 },
    speedJudgedOverMs: 150,
    handler: async (request, response) => {
      for await (const chunk of request) {
        bytes += (chunk as Buffer).length;
        if (bytes < 100_000) await sleep(700);
      }
      response.end(String(bytes));
    },
  });
  const answer = await fetch(server.url, { method: 'POST', body: 'a'.repeat(2_000_000) });
  expect(await answer.text()).toBe('2000000');
});

test('a connection that was used and then fell silent, as a half-open one does, goes', async () => {
  await start({ keepAliveTimeoutMs: 300 });
  const socket = await open();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect((await untilClosed(socket)).ms).toBeLessThan(2500);
});

test('a reader that does not read its answer goes', async () => {
  await start({
    idleTimeoutMs: 500,
    handler: (_request, response) => void response.end('a'.repeat(50_000_000)),
  });
  const socket = await open();
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const connections = () =>
    new Promise<number>((resolve) => server.server.getConnections((_error, count) => resolve(count)));
  await sleep(200);
  expect(await connections()).toBe(1);
  for (let tries = 0; tries < 25 && (await connections()) > 0; tries += 1) await sleep(100);
  expect(await connections()).toBe(0);
});

test('one address cannot take every connection', async () => {
  await start({ limits: { maxConnections: 6, maxConnectionsPerAddress: 4 } });
  const greedy = await Promise.all(Array.from({ length: 6 }, () => open()));
  await sleep(100);
  expect(greedy.filter((socket) => socket.closed)).toHaveLength(2);
  const other = await open({ localAddress: '127.0.0.2' });
  other.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect((await untilClosed(other)).text).toMatch(/^HTTP\/1\.1 200/);
  greedy.forEach((socket) => socket.destroy());
  await sleep(100);
  const again = await open();
  again.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect((await untilClosed(again)).text).toMatch(/^HTTP\/1\.1 200/);
});
