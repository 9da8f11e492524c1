import { createHmac } from 'node:crypto';
import { LogUnavailableError } from '@cpemon/event-log';
import { RefusedAppendError } from '@cpemon/intake';
import { BAD_INPUT } from '../../../tests/support/bad-input.js';
import { createIntakeProbe, type IntakeProbe } from '../../../tests/support/intake-probe.js';
import { createAcsIngest } from './app.js';

const SECRETS = ['first-secret', 'second-secret'];
const sign = (body: Buffer | string, secret = SECRETS[0]!): string =>
  createHmac('sha256', secret).update(body).digest('hex');

let probe: IntakeProbe;
let url: string;
beforeEach(async () => {
  probe = createIntakeProbe('acs-ingest', ['webhook']);
  url = await probe.serve(createAcsIngest({ ...probe, webhookSecrets: SECRETS }));
});
afterEach(() => probe.close());

const post = (body: Buffer | string, headers: Record<string, string> = {}) =>
  fetch(`${url}/acs/webhook`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-signature': sign(body), ...headers },
  });
const requests = (code: string) =>
  probe.counter(`cpemon_ingest_requests_total{path="webhook",code="${code}"}`);
const refusals = (reason: string) =>
  probe.counter(`cpemon_ingest_refused_total{path="webhook",reason="${reason}"}`);

const EVENT = { sn: 'A1', event_ts: new Date().toISOString(), oui: '00259E', event_codes: ['1 BOOT'] };

test('a signed event is appended and queued, under its correlation id', async () => {
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const answer = await post(JSON.stringify(EVENT), { 'x-correlation-id': 'abc-1', traceparent: trace });
  expect(answer.status).toBe(202);
  expect(answer.headers.get('x-correlation-id')).toBe('abc-1');
  expect(await answer.json()).toEqual({ status: 'queued', correlation_id: 'abc-1' });
  expect(probe.appender.events).toEqual([
    {
      id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      source: '/webhook',
      type: 'cpemon.acs-event.v1',
      subject: 'A1',
      time: EVENT.event_ts,
      oui: '00259E',
      correlationid: 'abc-1',
      traceparent: trace,
      data: { occurrence: 'inform', event_codes: ['1 BOOT'] },
    },
  ]);
  expect(await requests('queued')).toBe(1);
  expect(await probe.counter('cpemon_ingest_events_total{path="webhook"}')).toBe(1);
  expect(await probe.counter('cpemon_ingest_append_seconds_count{path="webhook"}')).toBe(1);
});

test('a correlation id is made when there is none that can be used', async () => {
  const unusable: Record<string, string>[] = [
    {},
    { 'x-correlation-id': '"quoted"' },
    { 'x-correlation-id': 'x'.repeat(65) },
  ];
  for (const headers of unusable) {
    const answer = await post(JSON.stringify(EVENT), headers);
    const id = answer.headers.get('x-correlation-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(probe.appender.events.at(-1)?.correlationid).toBe(id);
  }
});

test('any live secret signs, in either header, with or without its prefix', async () => {
  const body = JSON.stringify(EVENT);
  const signature = sign(body, SECRETS[1]);
  expect((await post(body, { 'x-signature': signature })).status).toBe(202);
  expect((await post(body, { 'x-signature': `sha256=${signature.toUpperCase()}` })).status).toBe(202);
  const answer = await fetch(`${url}/acs/webhook`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json', 'x-cpemon-signature': signature },
  });
  expect(answer.status).toBe(202);
});

test.each([
  ['of another secret', sign(JSON.stringify(EVENT), 'guessed')],
  ['of another body', sign('{}')],
  ['that is no hex', 'x'.repeat(64)],
  ['that is too short', 'abcd'],
  ['that is empty', ''],
])('a signature %s is refused before the body is looked at', async (_name, signature) => {
  const answer = await post(JSON.stringify(EVENT), { 'x-signature': signature });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ status: 401, code: 'invalid_signature' });
  expect((await post('not json', { 'x-signature': signature })).status).toBe(401);
  expect(probe.appender.events).toEqual([]);
  expect(await requests('invalid_signature')).toBe(2);
  expect(await refusals('invalid_signature')).toBe(2);
});

test('a body without a signature is refused', async () => {
  const answer = await fetch(`${url}/acs/webhook`, { method: 'POST', body: JSON.stringify(EVENT) });
  expect(answer.status).toBe(415);
  const unsigned = await fetch(`${url}/acs/webhook`, {
    ...{ method: 'POST', body: JSON.stringify(EVENT) },
    headers: { 'content-type': 'application/json' },
  });
  expect(unsigned.status).toBe(401);
  expect(await unsigned.json()).toMatchObject({ code: 'invalid_signature' });
});

test('without signatures only where that was written out', async () => {
  const open = await probe.serve(createAcsIngest({ ...probe, webhookSecrets: 'none' }));
  const answer = await fetch(`${open}/acs/webhook`, {
    ...{ method: 'POST', body: JSON.stringify(EVENT) },
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(202);
});

test('the same signed body again is accepted as the same event', async () => {
  const body = JSON.stringify(EVENT);
  expect([(await post(body)).status, (await post(body)).status]).toEqual([202, 202]);
  const [first, second] = probe.appender.events;
  expect(second?.id).toBe(first?.id);
});

test('the id of the sender is the identity of its event', async () => {
  await post(JSON.stringify({ sn: 'A1' }), { 'webhook-id': 'msg_1' });
  await post(JSON.stringify({ sn: 'A1' }), { 'idempotency-key': 'key 1' });
  const [first, second] = probe.appender.events;
  expect(first?.id).toBe('msg_1:0');
  expect(second?.id).toMatch(/^[0-9a-f-]{36}$/);
});

test('an array of events is taken, and what is bad in it is named', async () => {
  const answer = await post(JSON.stringify([EVENT, {}, { sn: 'A2' }]));
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject({
    status: 'queued',
    accepted: 2,
    rejected: [{ index: 1, reason: 'missing_sn' }],
  });
  expect(probe.appender.events.map(({ subject }) => subject)).toEqual(['A1', 'A2']);
  expect(await refusals('missing_sn')).toBe(1);
});

describe('bad input', () => {
  test.each(BAD_INPUT.map((row) => [row.name, row] as const))(
    '%s',
    async (_name, { body, headers, expected }) => {
      const answer = await post(body, headers);
      expect(answer.status).toBe(expected.status);
      if (expected.status === 202) {
        expect(probe.appender.events.map(({ data }) => data)).toEqual([expected.data]);
        expect(await requests('queued')).toBe(1);
        for (const [reason, count] of Object.entries(expected.drops)) {
          expect(await probe.counter(`cpemon_ingest_dropped_values_total{reason="${reason}"}`)).toBe(count);
        }
      } else {
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(await answer.json()).toMatchObject({ status: expected.status, code: expected.code });
        expect(probe.appender.events).toEqual([]);
        expect(await requests(expected.code)).toBe(1);
        expect(await refusals(expected.code)).toBe(1);
      }
      expect((await post(JSON.stringify(EVENT))).status).toBe(202);
    },
  );
});

test.each([
  [new RefusedAppendError('overloaded', 3), 503, 'overloaded'],
  [new RefusedAppendError('backlog_full', 4), 503, 'backlog_full'],
  [new LogUnavailableError('away'), 503, 'log_unavailable'],
  [new Error('unforeseen'), 500, 'internal_error'],
])('%p is answered with %d %s and counted', async (error, status, code) => {
  probe.appender.fail = error;
  const answer = await post(JSON.stringify(EVENT));
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code });
  if (status === 503) {
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(5);
  }
  expect(await requests(code)).toBe(1);
  expect(await probe.counter('cpemon_ingest_events_total{path="webhook"}')).toBe(0);
});

test('what is not served says so', async () => {
  const wrongMethod = await fetch(`${url}/acs/webhook`);
  expect(wrongMethod.status).toBe(405);
  expect(wrongMethod.headers.get('allow')).toBe('POST');
  expect(await wrongMethod.json()).toMatchObject({ code: 'method_not_allowed' });
  const unknown = await fetch(`${url}/nothing`, { method: 'POST' });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ code: 'not_found' });
  expect((await fetch(`${url}/%zz`)).status).toBe(404);
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
});

test('a query behind the path changes nothing', async () => {
  const body = JSON.stringify(EVENT);
  const answer = await fetch(`${url}/acs/webhook?source=acs`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json; charset=UTF-8', 'x-signature': sign(body) },
  });
  expect(answer.status).toBe(202);
});
