import { createHash } from 'node:crypto';
import { BlockList } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { LogUnavailableError } from '@cpemon/event-log';
import { RefusedAppendError, allowAnyone, requireSender } from '@cpemon/intake';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import type { FleetReads } from '../fleet-reads.js';
import { createBulkdataAccess } from './bulkdata-access.js';
import type { BulkdataConfig } from './bulkdata-config.js';

const TOKEN = 'ingest-token';
const DEVICE = '?oui=00D09E&pc=Home%20Router&sn=A1';
const NOW = Math.floor(Date.now() / 1000);
const REPORT = { CollectionTime: NOW, 'Device.DeviceInfo.UpTime': 60 };
const BODY = JSON.stringify({ Report: [REPORT] });
const CONFIG: BulkdataConfig = {
  auth: ['token', 'digest', 'basic'],
  realm: 'cpemon',
  credentials: ['fleet:secret-1', '00D09E-A1:secret-2'],
  nonceSecret: 'a-secret-of-all-replicas',
};

let probe: IntakeProbe;
afterEach(() => probe.close());

interface Sent {
  body?: Buffer | string | ReadableStream;
  query?: string;
  method?: string;
  headers?: Record<string, string>;
}

/** Serves the API with bulk data and gives a way to send there; with a token, unless headers say otherwise. */
async function serve(config: Partial<BulkdataConfig> = {}, networks?: BlockList) {
  probe = createIntakeProbe('cpemon-api', [...API_PATHS, 'bulkdata']);
  const rules = {
    trustedProxies: new BlockList(),
    ...(networks === undefined ? {} : { allowedNetworks: networks }),
  };
  const url = await probe.serve(
    createCpemonApi({
      ...probe,
      ingest: { tokens: [TOKEN], secrets: [] },
      bulkdata: createBulkdataAccess({ ...CONFIG, ...config }, [TOKEN], requireSender(rules, allowAnyone)),
      readTokens: 'none',
      reads: {} as FleetReads,
    }),
  );
  return ({ body = BODY, query = DEVICE, method = 'POST', headers = {} }: Sent = {}) =>
    fetch(`${url}/v1/bulkdata${query}`, {
      method,
      ...(method === 'GET' ? {} : { body }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
      ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
    });
}
const counter = (name: string, label: string, value: string) =>
  probe.counter(`cpemon_ingest_${name}_total{path="bulkdata",${label}="${value}"}`);

test.each(['POST', 'PUT'])('%s of a report appends it and answers 200', async (method) => {
  const send = await serve();
  const answer = await send({
    method,
    headers: { 'bbf-report-format': '"NameValuePair"', 'x-correlation-id': 'c-1' },
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ status: 'queued', accepted: 1, rejected: [], correlation_id: 'c-1' });
  expect(probe.appender.events).toMatchObject([
    {
      ...{ type: 'cpemon.bulkdata.v1', subject: 'A1', oui: '00D09E', productclass: 'Home Router' },
      time: new Date(NOW * 1000).toISOString(),
      data: { metrics: { uptime_seconds: 60 } },
    },
  ]);
  expect(await counter('requests', 'code', 'queued')).toBe(1);
  expect(await probe.counter('cpemon_ingest_events_total{path="bulkdata"}')).toBe(1);
});

const CSV = `ReportTimestamp,Device.DeviceInfo.UpTime\r\n${NOW},60\r\n`;
const ROWS = `ReportTimestamp,ParameterName,ParameterValue,ParameterType\n${NOW},Device.DeviceInfo.UpTime,60,unsignedInt\n`;
const TREE = JSON.stringify({ Report: [{ CollectionTime: NOW, Device: { DeviceInfo: { UpTime: 60 } } }] });
test.each([
  ['NameValuePair', BODY, 'application/json; charset=UTF-8'],
  ['ObjectHierarchy', TREE, 'application/json; charset=UTF-8'],
  ['ParameterPerColumn', CSV, 'text/csv; charset=UTF-8; header=present'],
  ['ParameterPerRow', ROWS, 'text/csv; charset="utf-8"'],
])(
  '%s, quoted and bare, with right, wrong and no other headers, says the same',
  async (format, body, type) => {
    const send = await serve();
    const headers: Record<string, string>[] = [
      { 'bbf-report-format': format },
      { 'bbf-report-format': `"${format}"` },
      { 'bbf-report-format': 'NameValuePair' },
      { 'bbf-report-format': 'Something' },
      { 'content-type': 'application/octet-stream' },
      { 'content-type': 'text/csv' },
      { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
    ];
    for (const each of headers) {
      const answer = await send({ body, headers: { 'content-type': type, ...each } });
      expect(answer.status).toBe(200);
    }
    const { events } = probe.appender;
    expect(events).toHaveLength(headers.length);
    expect(new Set(events.map(({ source, id }) => `${source} ${id}`)).size).toBe(1);
    expect(events.every(({ data }) => data.metrics?.['uptime_seconds'] === 60)).toBe(true);
  },
);

const LONG = JSON.stringify({
  Report: [REPORT, { ...REPORT, CollectionTime: NOW + 1, pad: 'x'.repeat(500) }],
});
test.each<[what: string, body: Buffer, encoding: string | undefined]>([
  ['gzip', gzipSync(LONG), 'gzip'],
  ['deflate', deflateSync(LONG), 'deflate'],
  ['deflate without its wrapper', deflateRawSync(LONG), 'deflate'],
  ['gzip that nobody announced', gzipSync(LONG), undefined],
  ['plain text that says gzip', Buffer.from(LONG), 'gzip'],
  ['plain text that says deflate', Buffer.from(LONG), 'deflate'],
  ['identity', Buffer.from(LONG), 'identity'],
])('takes %s', async (_what, body, encoding) => {
  const send = await serve();
  const answer = await send({
    body,
    headers: encoding === undefined ? {} : { 'content-encoding': encoding },
  });
  expect(answer.status).toBe(200);
  expect(probe.appender.events).toHaveLength(2);
});

test('compress is 415 with what may be used instead, and the sample counts as lost', async () => {
  const send = await serve();
  const answer = await send({ headers: { 'content-encoding': 'compress' } });
  expect(answer.status).toBe(415);
  expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate');
  expect(await answer.json()).toMatchObject({ code: 'unsupported_encoding' });
  expect(await counter('lost_samples', 'reason', 'unsupported_encoding')).toBe(1);
});

test('takes a chunked body', async () => {
  const send = await serve();
  const body = new ReadableStream({
    start(controller) {
      for (const piece of [BODY.slice(0, 7), BODY.slice(7)]) controller.enqueue(Buffer.from(piece));
      controller.close();
    },
  });
  expect((await send({ body, method: 'PUT' })).status).toBe(200);
  expect(probe.appender.events).toHaveLength(1);
});

test('retained reports are appended oldest first, and one that comes twice has one identity', async () => {
  const send = await serve();
  const older = { ...REPORT, CollectionTime: NOW - 60 };
  await send({ body: JSON.stringify({ Report: [older] }), query: `${DEVICE}&profile=wan` });
  await send({ body: JSON.stringify({ Report: [older, REPORT] }), query: `${DEVICE}&sn=A1&profile=wan` });
  const { events } = probe.appender;
  expect(events.map(({ data }) => data.behind_ms)).toEqual([undefined, 60_000, undefined]);
  expect(events[0]?.id).toBe(events[1]?.id);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  expect(events.every(({ source }) => source === '/bulkdata/wan')).toBe(true);
});

test('a long body goes to the log in parts', async () => {
  const send = await serve();
  const Report = Array.from({ length: 250 }, (_, at) => ({ ...REPORT, CollectionTime: NOW - 250 + at }));
  expect(await (await send({ body: JSON.stringify({ Report }) })).json()).toMatchObject({ accepted: 250 });
  expect(probe.appender.calls).toEqual([100, 100, 50]);
});

test('a report that is none refuses itself; others are taken', async () => {
  const send = await serve();
  const answer = await send({ body: JSON.stringify({ Report: [1, REPORT] }) });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    accepted: 1,
    rejected: [{ index: 0, reason: 'not_bulk_data' }],
  });
  expect(await counter('refused', 'reason', 'not_bulk_data')).toBe(1);
  expect(await counter('lost_samples', 'reason', 'not_bulk_data')).toBe(1);
  const none = await send({ body: JSON.stringify({ Report: [1, 2] }) });
  expect(none.status).toBe(400);
  expect(await none.json()).toMatchObject({
    code: 'all_events_refused',
    rejected: [{ index: 0 }, { index: 1 }],
  });
});

test('an empty list of reports is right', async () => {
  const send = await serve();
  const answer = await send({ body: '{"Report":[]}' });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ status: 'empty', accepted: 0 });
  expect(await counter('requests', 'code', 'no_event')).toBe(1);
});

test.each<[what: string, sent: Sent, status: number, code: string]>([
  ['no device', { query: '?oui=00D09E' }, 400, 'missing_sn'],
  ['a serial number that is none', { query: '?sn=%C3%A9' }, 400, 'invalid_sn'],
  ['half a body', { body: BODY.slice(0, -3) }, 400, 'invalid_json'],
  ['another JSON', { body: '{"a":1}' }, 400, 'not_bulk_data'],
  [
    'CSV without its header',
    { body: `${NOW},60\n`, headers: { 'content-type': 'text/csv' } },
    400,
    'invalid_csv',
  ],
  [
    'garbage that says gzip',
    { body: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2]), headers: { 'content-encoding': 'gzip' } },
    400,
    'invalid_encoding',
  ],
  ['XML', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 415, 'unsupported_media_type'],
  [
    'another charset',
    { headers: { 'content-type': 'application/json; charset=koi8-r' } },
    415,
    'unsupported_charset',
  ],
  ['a million columns', { body: `ReportTimestamp${',a'.repeat(1_000_000)}\n1` }, 413, 'too_many_parameters'],
  [
    'a bomb',
    { body: gzipSync(Buffer.alloc(5 * 1024 * 1024, 32)), headers: { 'content-encoding': 'gzip' } },
    413,
    'body_too_large',
  ],
  ['a body that is too large', { body: Buffer.alloc(4 * 1024 * 1024 + 1, 32) }, 413, 'body_too_large'],
])('refuses %s, and counts the sample as lost', async (_what, sent, status, code) => {
  const send = await serve();
  const answer = await send(sent);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(await answer.json()).toMatchObject({ status, code });
  expect(await counter('refused', 'reason', code)).toBe(1);
  expect(await counter('lost_samples', 'reason', code)).toBe(1);
  expect(probe.appender.events).toEqual([]);
});

test('other methods are 405', async () => {
  const send = await serve();
  const answer = await send({ method: 'GET' });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('POST, PUT');
});

test.each<[what: string, error: Error, code: string]>([
  ['the log cannot be reached', new LogUnavailableError('gone'), 'log_unavailable'],
  ['the log has no room', new RefusedAppendError('overloaded', 3), 'overloaded'],
])(
  'when %s the answer is 503 with Retry-After, and every report counts as lost',
  async (_what, error, code) => {
    const send = await serve();
    probe.appender.fail = error;
    const answer = await send({
      body: JSON.stringify({ Report: [REPORT, { ...REPORT, CollectionTime: NOW - 1 }] }),
    });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code });
    expect(await counter('lost_samples', 'reason', code)).toBe(2);
  },
);

describe('who may send', () => {
  const basic = (user: string, password: string) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

  test.each<[authorization: string, status: number, code: string | undefined]>([
    [basic('fleet', 'secret-1'), 200, undefined],
    [basic('00D09E-A1', 'secret-2'), 200, undefined],
    [basic('fleet', 'wrong'), 401, 'invalid_credentials'],
    [basic('nobody', 'secret-1'), 401, 'invalid_credentials'],
    ['Bearer wrong', 401, 'invalid_token'],
    ['', 401, 'missing_credentials'],
  ])('%s: %d', async (authorization, status, code) => {
    const send = await serve();
    const answer = await send({ headers: { authorization } });
    expect(answer.status).toBe(status);
    if (code === undefined) return;
    expect(await answer.json()).toMatchObject({ code });
    expect(answer.headers.get('www-authenticate')).toMatch(
      code === 'invalid_token' ? /^Bearer/ : /^Digest .*Basic /,
    );
    expect(await counter('lost_samples', 'reason', code)).toBe(code === 'missing_credentials' ? 0 : 1);
    expect(probe.appender.events).toEqual([]);
  });

  test('Digest answers the challenge, with the method of the request', async () => {
    const send = await serve();
    const challenge = (await send({ method: 'PUT', headers: { authorization: '' } })).headers.get(
      'www-authenticate',
    );
    const nonce = /nonce="([^"]+)"/.exec(challenge ?? '')?.[1] ?? '';
    const uri = `/v1/bulkdata${DEVICE}`;
    const answerFor = (method: string): string => {
      const response = md5(
        `${md5('fleet:cpemon:secret-1')}:${nonce}:00000001:abc:auth:${md5(`${method}:${uri}`)}`,
      );
      return (
        `Digest username="fleet", realm="cpemon", nonce="${nonce}", uri="${uri}", qop=auth, nc=00000001, ` +
        `cnonce="abc", response="${response}", algorithm=MD5`
      );
    };
    expect((await send({ method: 'PUT', headers: { authorization: answerFor('PUT') } })).status).toBe(200);
    expect((await send({ method: 'PUT', headers: { authorization: answerFor('POST') } })).status).toBe(401);
  });

  test("a device's own user may send its reports alone, also where the address has no OUI", async () => {
    const send = await serve();
    const headers = { authorization: basic('00D09E-A1', 'secret-2') };
    expect((await send({ headers, query: '?sn=A1' })).status).toBe(200);
    expect((await send({ headers, query: '?eid=os::00D09E-A1' })).status).toBe(200);
    const other = await send({ headers, query: '?oui=00D09E&sn=A2' });
    expect(other.status).toBe(403);
    expect(await other.json()).toMatchObject({ code: 'identity_mismatch' });
  });

  test('an agent that knows Basic alone, where it is not taken, loses its samples', async () => {
    const send = await serve({ auth: ['digest'] });
    const answer = await send({ headers: { authorization: basic('fleet', 'secret-1') } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Digest (?!.*Basic)/);
    expect(await counter('lost_samples', 'reason', 'missing_credentials')).toBe(1);
  });

  test('tokens alone: no challenge for a user', async () => {
    const send = await serve({ auth: ['token'], credentials: [] });
    const answer = await send({ headers: { authorization: '' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="cpemon"');
    expect(await answer.json()).toMatchObject({ code: 'missing_token' });
  });

  test('none, written out: anyone; from the networks of ALLOW_NETWORKS', async () => {
    const send = await serve({ auth: 'none' });
    expect((await send({ headers: { authorization: '' } })).status).toBe(200);
    await probe.close();
    const far = new BlockList();
    far.addSubnet('192.0.2.0', 24);
    const sendFromHere = await serve({ auth: 'none' }, far);
    expect(await (await sendFromHere()).json()).toMatchObject({ status: 403, code: 'sender_not_allowed' });
  });
});
