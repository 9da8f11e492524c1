import type { CpeEvent } from '@cpemon/domain';
import { startHttpServer, type HttpHandler, type RunningHttpServer } from '@cpemon/service-kit';
import {
  createSampler,
  parseTraceparent,
  type EndedSpan,
  type SamplerName,
  type Tracing,
} from '@cpemon/tracing';
import pino from 'pino';
import { eventually } from '../../../tests/support/eventually.js';
import { createIntakeTraces } from './traced-requests.js';
import type { WatchedAppender } from './accepting.js';

const SENDER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = (flags: string) => `00-${SENDER.traceId}-${SENDER.spanId}-${flags}`;

let server: RunningHttpServer | undefined;
let spans: EndedSpan[];
let taken: (string | undefined)[];
let fail: Error | undefined;

beforeEach(() => {
  spans = [];
  taken = [];
  fail = undefined;
});
afterEach(() => server?.close());

function tracingBy(name: SamplerName): Tracing {
  const mayTellError = () => true;
  const stop = () => Promise.resolve();
  const isRecorded = createSampler({ name, ratio: 1 });
  return {
    isRecorded,
    record: (span) => void spans.push(span),
    mayTellError,
    leftOut: () => undefined,
    stop,
  };
}

const appender: WatchedAppender = {
  append(events) {
    taken.push(...events.map((event) => event.traceparent));
    return fail === undefined ? Promise.resolve() : Promise.reject(fail);
  },
  encoded: {
    lanes: () => 4,
    append: () => (fail === undefined ? Promise.resolve() : Promise.reject(fail)),
  },
  accepting: () => true,
  turnsAway: () => undefined,
};

const eventOf = (given: string | undefined): CpeEvent => ({
  ...{ id: 'e1', source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'SN1', data: {} },
  ...(given === undefined ? {} : { traceparent: given }),
});

/** A server whose handler appends an event with what it finds in the header, or with `own`, and answers. */
async function serve(
  sampler: SamplerName | 'off',
  { own, status = 202, encoded = false }: { own?: string; status?: number; encoded?: boolean } = {},
) {
  const traces = createIntakeTraces(sampler === 'off' ? undefined : tracingBy(sampler));
  const traced = traces.appends(appender);
  const handler: HttpHandler = async ({ headers }, response) => {
    const given = headers['traceparent'] as string | undefined;
    const appending = encoded
      ? traced.encoded!.append([{ lane: 1, eventCount: 7, json: '[]', bytes: 2 }], 4, 'telemetry', given)
      : traced.append([eventOf(own ?? given)], 'heartbeat');
    await appending.catch(() => undefined);
    response.writeHead(status).end();
  };
  const logger = pino({ level: 'silent' });
  server = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, logger, handler: traces.requests(handler, ['/cpe/heartbeat']) },
  });
  return (headers: Record<string, string> = {}) =>
    fetch(`${server!.url}/cpe/heartbeat?x=1`, { method: 'POST', headers });
}
const named = (name: string) => spans.find((span) => span.name === name);
const both = () => eventually('both spans are there', () => spans.length === 2);

test('a request of a recorded trace: the request below its sender, the append below the request, the event below the append', async () => {
  const send = await serve('parentbased_always_off');
  await send({ traceparent: traceparent('01'), 'x-correlation-id': 'c-1' });
  await both();
  const request = named('POST /cpe/heartbeat')!;
  const append = named('append')!;
  expect(request).toMatchObject({
    kind: 'server',
    parent: SENDER,
    attributes: {
      'http.route': '/cpe/heartbeat',
      'http.response.status_code': 202,
      'cpemon.correlation_id': 'c-1',
    },
  });
  expect(append).toMatchObject({
    kind: 'producer',
    parent: request.context,
    attributes: { 'cpemon.events': 1 },
  });
  expect(taken.map(parseTraceparent)).toEqual([append.context]);
  expect(new Set(spans.map(({ context }) => context.traceId))).toEqual(new Set([SENDER.traceId]));
  expect(append.startedAt).toBeLessThanOrEqual(append.endedAt);
});

test('a request without a trace begins one where the sampler says so, with a correlation id of its own', async () => {
  const send = await serve('always_on');
  await send();
  await both();
  const request = named('POST /cpe/heartbeat')!;
  expect(request.parent).toBeUndefined();
  expect(request.attributes['cpemon.correlation_id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('events that were encoded elsewhere are below the append as well', async () => {
  const send = await serve('always_on', { encoded: true });
  await send();
  await both();
  expect(named('append')).toMatchObject({
    parent: named('POST /cpe/heartbeat')!.context,
    attributes: { 'cpemon.path': 'telemetry', 'cpemon.events': 7 },
  });
});

test('what is not recorded leaves nothing but what the sender said, and no event claims to be recorded', async () => {
  const send = await serve('always_off');
  await send();
  await send({ traceparent: traceparent('01') });
  await send({ traceparent: traceparent('00') });
  expect(taken).toEqual([undefined, traceparent('00'), traceparent('00')]);
  expect(spans).toEqual([]);
});

test('a request that fails is recorded although its trace is not', async () => {
  const send = await serve('always_off', { status: 503 });
  await send({ traceparent: traceparent('00') });
  await eventually('its span is there', () => spans.length === 1);
  expect(spans[0]).toMatchObject({
    error: 'answered 503',
    context: { traceId: SENDER.traceId },
    parent: SENDER,
  });
});

test('an append that fails says why', async () => {
  fail = new RangeError('full');
  const send = await serve('always_on', { status: 503 });
  await send();
  await both();
  expect(named('append')).toMatchObject({ error: 'RangeError', attributes: { 'cpemon.events': 0 } });
  expect(named('POST /cpe/heartbeat')).toMatchObject({ error: 'answered 503' });
});

test('an event with a trace of its own stays in it, below its own sender', async () => {
  const send = await serve('parentbased_always_on', { own: traceparent('01') });
  await send();
  await both();
  const append = named('append')!;
  expect(append.parent).toMatchObject(SENDER);
  expect(taken.map(parseTraceparent)).toEqual([append.context]);
  expect(named('POST /cpe/heartbeat')!.context.traceId).not.toBe(SENDER.traceId);
});

test('an event may not make itself recorded where the sampler believes nobody', async () => {
  const send = await serve('always_off', { own: traceparent('01') });
  await send();
  expect(taken).toEqual([traceparent('00')]);
  expect(spans).toEqual([]);
});

test('without traces handler and appender are what they were', () => {
  const { requests, appends } = createIntakeTraces(undefined);
  const handler: HttpHandler = () => undefined;
  expect(requests(handler, [])).toBe(handler);
  expect(appends(appender)).toBe(appender);
});
