import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runClosedLoop } from './closed-loop.js';
import { runOpenLoop, startOpenLoop } from './open-loop.js';
import { monotonicMs } from './monotonic-clock.js';

interface Received {
  url: string;
  serialNumbers: string[];
}

let server: Server;
let port: number;
let received: Received[];
let status: number;
let delayMs: number;

beforeEach(async () => {
  received = [];
  status = 202;
  delayMs = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { sn: string } | { sn: string }[];
      const events = Array.isArray(body) ? body : [body];
      received.push({ url: request.url ?? '', serialNumbers: events.map(({ sn }) => sn) });
      setTimeout(() => {
        response.writeHead(status).end(JSON.stringify({ accepted: events.length, rejected: [] }));
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const fleet = { devices: 50, order: 'by-number', startMs: 1_795_000_000_000, eventsPerMs: 1 } as const;
const target = (batch: number) => ({ host: '127.0.0.1', port, path: '/v1/telemetry', token: 't', batch });

describe('the closed loop', () => {
  it('sends every event of its plan exactly once, over all connections', async () => {
    const load = await runClosedLoop({
      kind: 'closed',
      target: target(10),
      fleet,
      connections: 4,
      events: 200,
      warmUpMs: 0,
    });
    expect(load).toMatchObject({
      sentEvents: 200,
      acceptedEvents: 200,
      statuses: { 202: 20 },
      unanswered: 0,
    });
    const counts = new Map<string, number>();
    for (const serialNumber of received.flatMap((request) => request.serialNumbers)) {
      counts.set(serialNumber, (counts.get(serialNumber) ?? 0) + 1);
    }
    expect(counts.size).toBe(50);
    expect([...counts.values()].every((count) => count === 4)).toBe(true);
  });

  it('counts a refusal as sent and not as accepted', async () => {
    status = 503;
    const load = await runClosedLoop({
      kind: 'closed',
      target: target(1),
      fleet,
      connections: 1,
      events: 3,
      warmUpMs: 0,
    });
    expect(load).toMatchObject({ sentEvents: 3, acceptedEvents: 0, statuses: { 503: 3 } });
  });
});

describe('the open loop', () => {
  it('keeps its schedule when answers are slow, and counts latency from the due time', async () => {
    delayMs = 40;
    const load = await runOpenLoop({
      kind: 'open',
      target: target(2),
      fleet,
      connections: 1,
      firstDueMs: monotonicMs() + 20,
      stages: [{ name: 'all', everyMs: 10, requests: 8 }],
    });
    expect(load).toMatchObject({ sentEvents: 16, acceptedEvents: 16, statuses: { 202: 8 } });
    // One connection takes 40 ms a request and 10 ms are due: the last one has waited for seven before it.
    expect(load.stages[0]!.latencyMs.max).toBeGreaterThan(200);
    expect(received).toHaveLength(8);
  });

  it('opens a broken connection again and counts the request it carried', async () => {
    server.once('request', (request) => setTimeout(() => request.socket.destroy(), 1));
    delayMs = 15;
    const load = await runOpenLoop({
      kind: 'open',
      target: target(1),
      fleet,
      connections: 1,
      firstDueMs: monotonicMs() + 20,
      stages: [{ name: 'all', everyMs: 30, requests: 4 }],
    });
    expect(load.unanswered).toBe(1);
    expect(load.statuses).toEqual({ 202: 3 });
    expect(load.failed).toEqual([{ request: 0, outcome: 'doubtful', answer: 'none' }]);
  });

  it('opens further connections when none is free, up to its bound', async () => {
    delayMs = 60;
    const sockets = new Set<unknown>();
    server.on('connection', (socket) => sockets.add(socket));
    const load = await runOpenLoop({
      kind: 'open',
      target: target(1),
      fleet,
      connections: 1,
      mostConnections: 3,
      firstDueMs: monotonicMs() + 20,
      stages: [{ name: 'all', everyMs: 5, requests: 12 }],
    });
    expect(load.acceptedEvents).toBe(12);
    expect(sockets.size).toBe(3);
  });

  it('counts each stage apart and goes on with the next when one is ended', async () => {
    const load = startOpenLoop({
      kind: 'open',
      target: target(2),
      fleet,
      connections: 2,
      firstDueMs: monotonicMs() + 20,
      stages: [
        { name: 'slow', everyMs: 20, requests: 1000 },
        { name: 'fast', everyMs: 5, requests: 6 },
      ],
    });
    while (received.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    load.endStage();
    const { stages, sentEvents } = await load.result;
    const [slow, fast] = stages;
    expect(slow!.requests).toBeLessThan(10);
    expect(fast).toMatchObject({ requests: 6, acceptedEvents: 12, statuses: { 202: 6 } });
    expect(sentEvents).toBe(2 * (slow!.requests + 6));
    // The plan goes on through both: no event number is sent twice.
    const sent = received.flatMap(({ serialNumbers }) => serialNumbers);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('tells a refusal from an answer that leaves doubt and from one that nobody should give', async () => {
    const codes = ['overloaded', 'log_unavailable', 'overloaded'];
    const answers = [...codes.entries()].map(([index, code]) => ({
      headers: index === 2 ? {} : { 'Retry-After': '2' },
      code,
    }));
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      request.resume().on('end', () => {
        const { headers, code } = answers.shift()!;
        response.writeHead(503, { Connection: 'close', ...headers }).end(JSON.stringify({ code }));
      });
    });
    const load = await runOpenLoop({
      kind: 'open',
      target: target(1),
      fleet,
      connections: 1,
      firstDueMs: monotonicMs() + 20,
      stages: [{ name: 'all', everyMs: 30, requests: 3 }],
    });
    expect(load.failed.map(({ outcome }) => outcome)).toEqual(['refused', 'doubtful', 'unexpected']);
    expect(load.unanswered).toBe(0);
  });
});
