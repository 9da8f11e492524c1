import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { LogUnavailableError } from '@cpemon/event-log';
import { RefusedAppendError } from '@cpemon/intake';
import { eventually } from '../../../tests/support/eventually.js';
import { BAD_INPUT } from '../../../tests/support/bad-input.js';
import { createIntakeProbe, type IntakeProbe } from '../../../tests/support/intake-probe.js';
import { API_PATHS, createCpemonApi } from './app.js';
import type { FleetReads } from './fleet-reads.js';

const TOKEN = 'ingest-token';
const SECRET = 'heartbeat-secret';
const noReads = {} as FleetReads;

let probe: IntakeProbe;
let url: string;
beforeEach(async () => {
  probe = createIntakeProbe('cpemon-api', API_PATHS);
  url = await probe.serve(
    createCpemonApi({
      ...probe,
      ingest: { tokens: ['other-token', TOKEN], secrets: [SECRET] },
      readTokens: 'none',
      reads: noReads,
    }),
  );
});
afterEach(() => probe.close());

const send = (path: string, body: Buffer | string | ReadableStream, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
  });
const heartbeat = (body: Buffer | string, headers?: Record<string, string>) =>
  send('/cpe/heartbeat', body, headers);
const telemetry = (body: Buffer | string | ReadableStream, headers?: Record<string, string>) =>
  send('/v1/telemetry', body, headers);
const counter = (name: string, path: string, label: string, value: string) =>
  probe.counter(`cpemon_ingest_${name}_total{path="${path}",${label}="${value}"}`);
const sign = (body: string): string => createHmac('sha256', SECRET).update(body).digest('hex');

const now = new Date().toISOString();
const BODY = JSON.stringify({ sn: 'A1', ts: now, cpu_pct: 12.5 });

describe('POST /cpe/heartbeat', () => {
  test('appends the event and says that it is queued', async () => {
    const answer = await heartbeat(BODY, { 'x-correlation-id': 'c-1' });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ status: 'queued', correlation_id: 'c-1' });
    expect(probe.appender.events).toMatchObject([
      { source: '/heartbeat', subject: 'A1', time: now, data: { metrics: { cpu_used_ratio: 0.125 } } },
    ]);
    expect(await counter('requests', 'heartbeat', 'code', 'queued')).toBe(1);
  });

  test('takes the signed heartbeat of the Go prototype, without a token', async () => {
    const body = JSON.stringify({ sn: 'A1', wan_ip: '10.0.0.1', cpu_pct: 1, host: 'vm1', ts: Date.now() });
    const headers = { authorization: '', 'x-cpemon-signature': sign(body) };
    expect((await heartbeat(body, headers)).status).toBe(202);
    expect(probe.appender.events[0]?.data.extra).toEqual({ host: 'vm1' });
    const wrong = await heartbeat(`${body} `, headers);
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toMatchObject({ code: 'invalid_signature' });
  });

  test.each([
    [{ authorization: 'Bearer guessed' }, 'invalid_token'],
    [{ authorization: TOKEN }, 'invalid_token'],
    [{ authorization: 'Basic YTpi' }, 'invalid_token'],
  ])('refuses %p', async (headers, code) => {
    const answer = await heartbeat(BODY, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(await answer.json()).toMatchObject({ code });
    expect(probe.appender.events).toEqual([]);
    expect(await counter('refused', 'heartbeat', 'reason', code)).toBe(1);
  });

  test('refuses who shows nothing at all', async () => {
    const answer = await fetch(`${url}/cpe/heartbeat`, {
      ...{ method: 'POST', body: BODY },
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'missing_token' });
  });

  test('anyone may write only where that was written out', async () => {
    const open = await probe.serve(
      createCpemonApi({ ...probe, ingest: 'none', readTokens: 'none', reads: noReads }),
    );
    const answer = await fetch(`${open}/cpe/heartbeat`, {
      ...{ method: 'POST', body: BODY },
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(202);
  });

  test.each(BAD_INPUT.map((row) => [row.name, row] as const))(
    'bad input: %s',
    async (_name, { body, headers, expected }) => {
      const answer = await heartbeat(body, headers);
      expect(answer.status).toBe(expected.status);
      if (expected.status === 202) {
        expect(probe.appender.events.map(({ data }) => data)).toEqual([expected.data]);
        for (const [reason, count] of Object.entries(expected.drops)) {
          expect(await probe.counter(`cpemon_ingest_dropped_values_total{reason="${reason}"}`)).toBe(count);
        }
      } else {
        expect(await answer.json()).toMatchObject({ status: expected.status, code: expected.code });
        expect(probe.appender.events).toEqual([]);
        expect(await counter('requests', 'heartbeat', 'code', expected.code)).toBe(1);
        expect(await counter('refused', 'heartbeat', 'reason', expected.code)).toBe(1);
      }
      expect((await heartbeat(BODY)).status).toBe(202);
    },
  );

  test('a compressed heartbeat is refused', async () => {
    const answer = await heartbeat(gzipSync(BODY), { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ code: 'unsupported_encoding' });
  });

  test('a sender that goes away before the end of its body is counted and appends nothing', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      `POST /cpe/heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"sn":"A1"`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await eventually(
      'the abort is counted',
      async () => (await counter('requests', 'heartbeat', 'code', 'aborted')) === 1,
    );
    expect(probe.appender.events).toEqual([]);
  });

  test('a sender that asks before it sends its body is told to go on', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${url}/cpe/heartbeat`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(BODY),
          authorization: `Bearer ${TOKEN}`,
          expect: '100-continue',
        },
      });
      request.on('continue', () => request.end(BODY));
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(status).toBe(202);
  });

  test('a body without a length is measured while it comes', async () => {
    const endless = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 40; n += 1) controller.enqueue(new Uint8Array(4096).fill(32));
        controller.close();
      },
    });
    const answer = await send('/cpe/heartbeat', endless);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'body_too_large' });
  });

  test.each([
    [new RefusedAppendError('overloaded', 3), 'overloaded'],
    [new RefusedAppendError('backlog_full', 4), 'backlog_full'],
    [new LogUnavailableError('away'), 'log_unavailable'],
  ])('%p is a 503 that says when to come back', async (error, code) => {
    probe.appender.fail = error;
    const answer = await heartbeat(BODY);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});

describe('POST /v1/telemetry with an array', () => {
  test('appends what is good in one call, and names what is not', async () => {
    const answer = await telemetry(`[${BODY},{"cpu_pct":1},7,{"sn":"A2","cpu_pct":-1}]`);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'missing_sn' },
        { index: 2, reason: 'invalid_json' },
      ],
    });
    expect(probe.appender.calls).toEqual([2]);
    expect(probe.appender.events.map(({ source, subject }) => [source, subject])).toEqual([
      ['/telemetry', 'A1'],
      ['/telemetry', 'A2'],
    ]);
    expect(await counter('refused', 'telemetry', 'reason', 'missing_sn')).toBe(1);
    expect(await probe.counter('cpemon_ingest_events_total{path="telemetry"}')).toBe(2);
    expect(await probe.counter('cpemon_ingest_dropped_values_total{reason="out_of_range"}')).toBe(1);
  });

  test('refuses a body of which nothing is good, with the list', async () => {
    const answer = await telemetry('[{},{"sn":"\\u0000"}]');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'all_events_refused',
      accepted: 0,
      rejected: [
        { index: 0, reason: 'missing_sn' },
        { index: 1, reason: 'invalid_sn' },
      ],
    });
    expect(await counter('requests', 'telemetry', 'code', 'all_events_refused')).toBe(1);
    expect(await counter('refused', 'telemetry', 'reason', 'invalid_sn')).toBe(1);
  });

  test.each([
    ['', 400, 'invalid_json'],
    ['[{"sn":"A1"}', 400, 'invalid_json'],
    [JSON.stringify(Array(5001).fill({ sn: 'A1' })), 413, 'too_many_events'],
    [`["${'x'.repeat(5_000_000)}"]`, 413, 'body_too_large'],
  ])('refuses a body that is none', async (body, status, code) => {
    const answer = await telemetry(body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(probe.appender.events).toEqual([]);
  });

  test('an empty array is nothing to complain about', async () => {
    const answer = await telemetry('[]');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: 0, rejected: [] });
  });

  test('takes XML or text for what they are', async () => {
    const answer = await telemetry('<a/>', { 'content-type': 'text/xml' });
    expect(answer.status).toBe(415);
  });
});

test('test events are refused by a code of their own where they are not allowed, and counted', async () => {
  const poison = { sn: 'A1', type: 'cpemon.test.v1', fail: 'always' };
  const alone = await telemetry(JSON.stringify([poison]));
  expect(alone.status).toBe(400);
  expect(await alone.json()).toMatchObject({
    ...{ code: 'all_events_refused', accepted: 0, rejected: [{ index: 0, reason: 'test_events_off' }] },
  });
  const lines = await telemetry(`${BODY}\n${JSON.stringify(poison)}`, {
    'content-type': 'application/x-ndjson',
  });
  expect(await lines.json()).toMatchObject({
    ...{ accepted: 1, rejected: [{ index: 1, reason: 'test_events_off' }] },
  });
  expect(await counter('refused', 'telemetry', 'reason', 'test_events_off')).toBe(2);
  expect(probe.appender.events.map(({ type }) => type)).toEqual(['cpemon.heartbeat.v1']);
});

describe('POST /v1/telemetry with lines', () => {
  const NDJSON = { 'content-type': 'application/x-ndjson' };

  test('each line is an event; a line that is none is rejected, and so is a torn last one', async () => {
    const answer = await telemetry(`${BODY}\r\n\n{"cpu":1}\n{"sn":"A2"}\n{"sn":"A3"`, NDJSON);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'missing_sn' },
        { index: 3, reason: 'invalid_json' },
      ],
    });
    expect(probe.appender.events.map(({ subject }) => subject)).toEqual(['A1', 'A2']);
  });

  test('lines are appended as they come, in order, however they are cut', async () => {
    const bytes = new TextEncoder().encode(
      Array.from({ length: 3000 }, (_, n) => `{"sn":"D${n}","note":"ü"}\n`).join(''),
    );
    let sent = 0;
    const stream = new ReadableStream({
      async pull(controller) {
        if (sent >= bytes.length) return controller.close();
        const size = Math.min(7919, bytes.length - sent);
        controller.enqueue(bytes.subarray(sent, sent + size));
        sent += size;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    const answer = await telemetry(stream, NDJSON);
    expect(await answer.json()).toMatchObject({ accepted: 3000, rejected: [] });
    expect(probe.appender.events.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 3000 }, (_, n) => `D${n}`),
    );
    expect(probe.appender.calls.length).toBeGreaterThan(1);
  });

  test('an event is in the log before the sender has sent the rest', async () => {
    let more: ReadableStreamDefaultController | undefined;
    const stream = new ReadableStream({
      start(controller) {
        more = controller;
        controller.enqueue(new TextEncoder().encode(`${BODY}\n`));
      },
    });
    const answer = telemetry(stream, NDJSON);
    await eventually('the event is appended', () => probe.appender.events.length === 1);
    more?.close();
    expect((await answer).status).toBe(202);
  });

  test('a line that is too long refuses itself', async () => {
    const long = JSON.stringify({ sn: 'LONG', note: 'x'.repeat(70_000) });
    const answer = await telemetry(`{"sn":"A1"}\n${long}\n{"sn":"A2"}\n${long}`, NDJSON);
    expect(await answer.json()).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'event_too_large' },
        { index: 3, reason: 'event_too_large' },
      ],
    });
  });

  test('one event has one identity as a line and in an array', async () => {
    await telemetry(`${BODY}\n`, NDJSON);
    await telemetry(`[ ${BODY} ]`);
    const [line, element] = probe.appender.events;
    expect(element?.id).toBe(line?.id);
  });

  test('nothing good in it is a 400, and a log that is away tells what it has', async () => {
    const bad = await telemetry('{}\n{}\n', NDJSON);
    expect(bad.status).toBe(400);
    expect(await bad.json()).toMatchObject({ code: 'all_events_refused', rejected: [{}, {}] });
    probe.appender.fail = new LogUnavailableError('away');
    const away = await telemetry(`${BODY}\n`, NDJSON);
    expect(away.status).toBe(503);
    expect(await away.json()).toMatchObject({ code: 'log_unavailable', accepted: 0, rejected: [] });
  });

  test('signed lines are read once the signature is right', async () => {
    const body = `${BODY}\n{"sn":"A2"}\n`;
    const headers = { ...NDJSON, authorization: '', 'x-signature': sign(body) };
    expect(await (await telemetry(body, headers)).json()).toMatchObject({ accepted: 2 });
    expect((await telemetry(`${body}{"sn":"A3"}`, headers)).status).toBe(401);
    expect(probe.appender.events).toHaveLength(2);
  });
});

test('what is not served says so', async () => {
  for (const [path, allow] of [
    ['/cpe/heartbeat', 'POST'],
    ['/v1/telemetry', 'POST'],
  ]) {
    const answer = await fetch(`${url}${path}`, { method: 'PUT', body: '{}' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
  }
  expect((await fetch(`${url}/cpe/nothing`, { method: 'POST', body: '{}' })).status).toBe(404);
});
