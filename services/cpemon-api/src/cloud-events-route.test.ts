import { createHmac } from 'node:crypto';
import { LogUnavailableError } from '@cpemon/event-log';
import { createIntakeProbe, type IntakeProbe } from '../../../tests/support/intake-probe.js';
import { API_PATHS, createCpemonApi } from './app.js';
import type { FleetReads } from './fleet-reads.js';

const TOKEN = 'ingest-token';
const SECRET = 'heartbeat-secret';
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const now = new Date().toISOString();

let probe: IntakeProbe;
let url: string;
beforeEach(async () => {
  probe = createIntakeProbe('cpemon-api', API_PATHS);
  url = await probe.serve(
    createCpemonApi({
      ...{ ...probe, ingest: { tokens: [TOKEN], secrets: [SECRET] }, readTokens: 'none' },
      reads: {} as FleetReads,
    }),
  );
});
afterEach(() => probe.close());

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/events`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });
const structured = (event: object, headers: Record<string, string> = {}) =>
  post(JSON.stringify(event), { 'content-type': 'application/cloudevents+json', ...headers });
const batch = (events: unknown, headers: Record<string, string> = {}) =>
  post(JSON.stringify(events), {
    'content-type': 'application/cloudevents-batch+json; charset=utf-8',
    ...headers,
  });
const refused = (reason: string) =>
  probe.counter(`cpemon_ingest_refused_total{path="events",reason="${reason}"}`);

let made = 0;
const event = (more: object = {}) => ({
  ...{ specversion: '1.0', id: `id-${(made += 1)}`, source: '//gateway-1', type: 'cpemon.heartbeat.v1' },
  ...{ subject: 'A1', time: now, data: { cpu_pct: 12.5 } },
  ...more,
});

describe('one event', () => {
  test('in the structured form is appended, with its trace and its sender', async () => {
    const answer = await structured(
      event({ traceparent: TRACE, correlationid: 'job-7', region: 'north', apitoken: 'hush' }),
    );
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ status: 'queued', accepted: 1, rejected: [] });
    expect(probe.appender.events).toEqual([
      {
        ...{ id: expect.stringMatching(/^[\w-]{22}$/), source: '/events', type: 'cpemon.heartbeat.v1' },
        ...{ subject: 'A1', time: now, traceparent: TRACE, correlationid: 'job-7' },
        data: {
          metrics: { cpu_used_ratio: 0.125 },
          origin: { source: '//gateway-1', extensions: { region: 'north', apitoken: '[redacted]' } },
        },
      },
    ]);
    expect(await probe.counter('cpemon_ingest_events_total{path="events"}')).toBe(1);
  });

  test('in the binary form is the same event', async () => {
    const { data, ...attributes } = event({ correlationid: 'job-7', region: 'nörd', subject: 'A 1' });
    await structured({ ...attributes, data });
    const headers = Object.entries(attributes).map(([name, value]) => [
      `ce-${name}`,
      encodeURI(String(value)),
    ]);
    const answer = await post(JSON.stringify(data), {
      ...{ 'content-type': 'application/json; charset=UTF-8' },
      ...Object.fromEntries(headers),
    });
    expect(answer.status).toBe(202);
    expect(probe.appender.events[1]).toEqual(probe.appender.events[0]);
  });

  test('may quote its headers, and needs no data', async () => {
    const answer = await post('', {
      ...{ 'content-type': 'application/json', 'ce-specversion': '"1.0"', 'ce-id': '1' },
      ...{ 'ce-source': '/x', 'ce-subject': 'A1' },
      'ce-type': '"cpemon.heartbeat.v1"',
    });
    expect(answer.status).toBe(202);
    expect(probe.appender.events).toMatchObject([{ subject: 'A1', type: 'cpemon.heartbeat.v1' }]);
  });

  test('is understood when its media type is plain JSON', async () => {
    expect((await structured(event(), { 'content-type': 'application/json' })).status).toBe(202);
    expect((await batch([event()], { 'content-type': 'application/json' })).status).toBe(202);
    expect(probe.appender.events).toHaveLength(2);
  });

  test('may carry its data as base64, and its serial number in the data', async () => {
    const { data: _data, subject: _subject, ...attributes } = event();
    const data_base64 = Buffer.from('{"sn":"B64","mem_pct":50}').toString('base64');
    expect((await structured({ ...attributes, data_base64 })).status).toBe(202);
    expect(probe.appender.events).toMatchObject([
      { subject: 'B64', data: { metrics: { memory_used_ratio: 0.5 } } },
    ]);
  });

  test.each<[string, object, number, string]>([
    ['no id', { id: undefined }, 400, 'missing_attribute'],
    ['an empty source', { source: '' }, 400, 'missing_attribute'],
    ['no specversion', { specversion: null }, 400, 'missing_attribute'],
    ['an id that is a number', { id: 7 }, 400, 'invalid_attribute'],
    ['a source with a control character', { source: 'a\nb' }, 400, 'invalid_attribute'],
    ['an endless id', { id: 'x'.repeat(257) }, 400, 'invalid_attribute'],
    ['another version', { specversion: '0.3' }, 400, 'unsupported_specversion'],
    ['a type of somebody else', { type: 'com.example.ping' }, 400, 'unknown_type'],
    ['a later version of a type', { type: 'cpemon.heartbeat.v2' }, 400, 'unknown_type'],
    ['the words of a CPE', { type: 'cpemon.inform.v1' }, 400, 'unknown_type'],
    ['no device', { subject: undefined }, 400, 'missing_sn'],
    ['a subject that is no serial number', { subject: 'ü' }, 400, 'invalid_sn'],
    ['two devices', { data: { sn: 'A2' } }, 400, 'subject_mismatch'],
    ['data that is no object', { data: [1] }, 400, 'invalid_json'],
    ['data that is no JSON', { datacontenttype: 'text/xml', data: '<a/>' }, 415, 'unsupported_media_type'],
    ['data_base64 that is none', { data: undefined, data_base64: '{}' }, 400, 'invalid_json'],
    ['too much data', { data: { note: 'x'.repeat(70_000) } }, 413, 'event_too_large'],
    [
      'a test event where none are taken',
      { type: 'cpemon.test.v1', data: { fail: 'always' } },
      403,
      'test_events_off',
    ],
  ])('with %s is refused with a code, and counted', async (_what, change, status, code) => {
    const answer = await structured(event(change));
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(await refused(code)).toBe(1);
    expect(probe.appender.events).toEqual([]);
  });

  test('a bad value loses only itself', async () => {
    await structured(
      event({ time: 'yesterday', data: { cpu_pct: 'NaN', ts: now, nested: {} }, a: { b: 1 } }),
    );
    expect(probe.appender.events[0]).toMatchObject({
      time: now,
      data: { origin: { source: '//gateway-1' } },
    });
    expect(probe.appender.events[0]?.data.metrics).toBeUndefined();
    expect(await probe.counter('cpemon_ingest_dropped_values_total{reason="time_unreadable"}')).toBe(1);
    expect(await probe.counter('cpemon_ingest_dropped_values_total{reason="nested"}')).toBe(2);
  });
});

describe('the identity of an event', () => {
  const idOf = async (more: object) => {
    await structured(event({ id: 'same', ...more }));
    return probe.appender.events.at(-1)!.id;
  };

  test('is its source and id, whatever else it says', async () => {
    const id = await idOf({});
    expect(await idOf({ data: { cpu_pct: 90 }, time: undefined })).toBe(id);
    expect(await idOf({ source: '//gateway-2' })).not.toBe(id);
    expect(await idOf({ id: 'other' })).not.toBe(id);
  });

  test('cannot be that of another path’s event', async () => {
    for (const source of ['/heartbeat', '/cwmp', '/observation/olt', '/events']) await idOf({ source });
    expect(new Set(probe.appender.events.map(({ source }) => source))).toEqual(new Set(['/events']));
    expect(probe.appender.events.map(({ id }) => id)).not.toContain('same');
  });

  test('has nothing of a password in its source', async () => {
    await idOf({ source: 'https://user:hush@gateway-1/x' });
    expect(JSON.stringify(probe.appender.events)).not.toContain('hush');
  });
});

describe('an observation', () => {
  const observation = (data: object, more: object = {}) =>
    structured(event({ type: 'cpemon.observation.v1', data, ...more }));

  test('says who observed what, with values of the observer', async () => {
    const text = 'ONT 1/3/17 lost power';
    await observation({
      observer: 'olt',
      observed: 'dying_gasp',
      state: 'raised',
      text,
      olt_rx_power_dbm: '-24.5',
    });
    expect(probe.appender.events).toMatchObject([
      {
        ...{ source: '/observation/olt', type: 'cpemon.observation.v1', subject: 'A1', time: now },
        data: {
          observation: { observer: 'olt', observed: 'dying_gasp', state: 'raised', text },
          metrics: { olt_rx_power_dbm: -24.5 },
        },
      },
    ]);
  });

  test('of an unknown kind of observer is that of another', async () => {
    await observation({
      observer: 'satellite',
      observed: 'Dying Gasp',
      interval_seconds: 300,
      rx_power_dbm: -20,
    });
    expect(probe.appender.events[0]).toMatchObject({
      source: '/observation/other',
      data: { observation: { observer: 'other' }, metrics: { rx_power_dbm: -20 } },
    });
    expect(probe.appender.events[0]?.data.interval_seconds).toBeUndefined();
    expect(await probe.counter('cpemon_ingest_dropped_values_total{reason="wrong_type"}')).toBe(1);
    expect(await probe.counter('cpemon_ingest_dropped_values_total{reason="bad_characters"}')).toBe(1);
  });
});

describe('bulk data of a USP agent', () => {
  test('is taken as reports, as long as a body may be, and counts as one CloudEvent', async () => {
    const names = Array.from({ length: 2000 }, (_, n) => [`Device.X_ACME_Thing.${n}.Level`, 'x'.repeat(30)]);
    const report = { CollectionTime: now, 'Device.DeviceInfo.UpTime': 5, ...Object.fromEntries(names) };
    const Data = JSON.stringify({ Report: [{ ...report, CollectionTime: 1_700_000_000 }, report] });
    const answer = await batch([
      event({ type: 'cpemon.bulkdata.v1', subject: 'os::012345-A9', correlationid: 'c-9', data: { Data } }),
    ]);
    expect(await answer.json()).toMatchObject({ accepted: 1, rejected: [] });
    expect(probe.appender.events).toMatchObject([
      { subject: 'A9', oui: '012345', correlationid: 'c-9', data: { origin: { source: '//gateway-1' } } },
      { subject: 'A9', data: { metrics: { uptime_seconds: 5 } } },
    ]);
  });
});

describe('a batch', () => {
  test('answers for each event, and a bad one refuses only itself', async () => {
    const answer = await batch([
      event(),
      7,
      event({ type: 'x' }),
      event({ subject: 'A2' }),
      { specversion: '1.0' },
      event({ data: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown }),
    ]);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'invalid_json' },
        { index: 2, reason: 'unknown_type' },
        { index: 4, reason: 'missing_attribute' },
        { index: 5, reason: 'too_deep' },
      ],
    });
    expect(probe.appender.calls).toEqual([2]);
    expect(probe.appender.events.map(({ subject }) => subject)).toEqual(['A1', 'A2']);
    expect(await refused('unknown_type')).toBe(1);
  });

  test('of which nothing is good is a 400 with the list; an empty one is nothing to complain about', async () => {
    const bad = await batch([{}, event({ type: 'x' })]);
    expect(bad.status).toBe(400);
    expect(await bad.json()).toMatchObject({ code: 'all_events_refused', accepted: 0, rejected: [{}, {}] });
    const empty = await batch([]);
    expect(empty.status).toBe(202);
    expect(await empty.json()).toMatchObject({ accepted: 0, rejected: [] });
  });

  test('a body’s own id does not make its events one', async () => {
    await batch([event(), event()], { 'idempotency-key': 'k', 'webhook-id': 'w' });
    expect(new Set(probe.appender.events.map(({ id }) => id)).size).toBe(2);
  });

  test.each<[string, string, Record<string, string>, number, string]>([
    ['is no array', '{}', {}, 400, 'invalid_json'],
    ['is torn', '[{"id":', {}, 400, 'invalid_json'],
    ['has too many events', JSON.stringify(Array(5001).fill({})), {}, 413, 'too_many_events'],
    ['is too long', `["${'x'.repeat(5_000_000)}"]`, {}, 413, 'body_too_large'],
    [
      'is another format',
      'x',
      { 'content-type': 'application/cloudevents+avro' },
      415,
      'unsupported_media_type',
    ],
    ['is XML', '<a/>', { 'content-type': 'text/xml' }, 415, 'unsupported_media_type'],
    ['is compressed', 'x', { 'content-encoding': 'gzip' }, 415, 'unsupported_encoding'],
    [
      ...(['is in another alphabet', '[]'] as const),
      { 'content-type': 'application/cloudevents+json; charset=utf-16' },
      ...([415, 'unsupported_charset'] as const),
    ],
  ])('that %s is refused', async (_what, body, headers, status, code) => {
    const answer = await post(body, { 'content-type': 'application/cloudevents-batch+json', ...headers });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });
});

describe('who may write', () => {
  const sign = (body: string) => createHmac('sha256', SECRET).update(body).digest('hex');

  test('a signature stands for a structured event, and not for attributes in headers', async () => {
    const body = JSON.stringify(event());
    const signed = {
      authorization: '',
      'x-signature': sign(body),
      'content-type': 'application/cloudevents+json',
    };
    expect((await post(body, signed)).status).toBe(202);
    const data = '{"sn":"A1"}';
    const answer = await post(data, {
      ...{ authorization: '', 'x-signature': sign(data), 'content-type': 'application/json' },
      ...{ 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/x', 'ce-type': 'cpemon.heartbeat.v1' },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'invalid_signature' });
    expect(probe.appender.events).toHaveLength(1);
  });

  test('nobody else', async () => {
    expect((await structured(event(), { authorization: 'Bearer other' })).status).toBe(401);
    expect((await structured(event(), { authorization: '' })).status).toBe(401);
  });
});

test('a log that is away is a 503 that says when to come back', async () => {
  probe.appender.fail = new LogUnavailableError('away');
  const answer = await structured(event());
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
});
