import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { readCredentials } from '@cpemon/cwmp';
import {
  cpeFaultXml,
  envelopeXml,
  informXml,
  plainXml,
  transferCompleteXml,
  valuesXml,
} from '../../../../tests/support/cwmp-bodies.js';
import { createCwmpClient, type CwmpClient } from '../../../../tests/support/cwmp-client.js';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createConnectionSessions } from './connection-sessions.js';
import { createCwmpMetrics } from './cwmp-metrics.js';
import { createCwmpRoute } from './cwmp-route.js';
import { createCwmpSettings } from './cwmp-settings.js';

let probe: IntakeProbe;
let url: string;
let cpe: CwmpClient;
beforeEach(async () => {
  probe = createIntakeProbe('acs-ingest', ['cwmp']);
  const connections = createConnectionSessions();
  const settings = createCwmpSettings(
    {
      ...{
        auth: 'none',
        realm: 'cpemon',
        credentials: [],
        credentialsFile: undefined,
        algorithms: ['MD5'],
        strictNonceCount: false,
      },
      ...{
        sessionSecrets: ['a secret of sixteen'],
        port: 0,
        maxSessions: 100,
        sessionIdleMs: 60_000,
        ask: 'nothing',
      },
    },
    readCredentials([], 'cpemon'),
  );
  const cwmpMetrics = createCwmpMetrics(probe.registry, () => connections.open());
  url = await probe.serve(
    createCwmpRoute({ ...probe, settings, connections, cwmpMetrics, appender: probe.appender }),
  );
  cpe = createCwmpClient({ url });
});
afterEach(async () => {
  cpe.close();
  await probe.close();
});

const refusals = (reason: string) =>
  probe.counter(`cpemon_ingest_refused_total{path="cwmp",reason="${reason}"}`);
const requests = (code: string) => probe.counter(`cpemon_ingest_requests_total{path="cwmp",code="${code}"}`);

interface BadRow {
  name: string;
  body: string | Buffer;
  headers?: Record<string, string>;
  /** Inform first, so that there is a session. */
  inSession?: true;
  /** A SOAP Fault with HTTP 200, or an HTTP status. */
  fault?: number;
  status?: number;
  code: string;
}

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`Device.X.${n}`, '1']));
const ROWS: BadRow[] = [
  { name: 'no XML', body: 'hello', status: 400, code: 'invalid_xml' },
  { name: 'JSON', body: '{"sn":"A1"}', status: 400, code: 'invalid_xml' },
  {
    name: 'billion laughs',
    body: `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${informXml().slice(38)}`,
    ...{ status: 400, code: 'forbidden_xml' },
  },
  {
    name: 'an external entity',
    body: `<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>${informXml().slice(38)}`,
    ...{ status: 400, code: 'forbidden_xml' },
  },
  { name: '50,000 nested tags', body: '<a>'.repeat(50_000), status: 400, code: 'too_deep' },
  { name: 'an unclosed tag', body: informXml().slice(0, -20), status: 400, code: 'invalid_xml' },
  { name: 'two roots', body: `${informXml()}<b/>`, status: 400, code: 'invalid_xml' },
  { name: 'a page', body: '<html><body/></html>', status: 400, code: 'not_soap' },
  {
    name: 'another vocabulary',
    body: informXml({ namespace: 'urn:example:other' }),
    ...{ status: 400, code: 'not_cwmp' },
  },
  { name: 'an empty Body', body: envelopeXml(''), status: 400, code: 'not_cwmp' },
  {
    name: 'a method of an ACS',
    body: plainXml('Reboot', { id: '7' }),
    fault: 8000,
    code: 'unexpected_message',
  },
  {
    name: 'a zero-length serial number',
    body: informXml({ serialNumber: '', id: '7' }),
    fault: 8003,
    code: 'missing_sn',
  },
  {
    name: 'a serial number of 65 characters',
    body: informXml({ serialNumber: 'x'.repeat(65), id: '7' }),
    ...{ fault: 8003, code: 'invalid_sn' },
  },
  {
    name: '65 events',
    body: informXml({ events: Array.from({ length: 65 }, () => ['2 PERIODIC'] as const), id: '7' }),
    ...{ fault: 8003, code: 'too_many_events' },
  },
  {
    name: '6,000 parameters',
    body: gzipSync(informXml({ parameters: many(6000), id: '7' })),
    headers: { 'content-encoding': 'gzip' },
    ...{ fault: 8003, code: 'too_many_parameters' },
  },
  {
    name: '10,000 parameters, more than the limit when decoded',
    body: gzipSync(informXml({ parameters: many(10_000), id: '7' })),
    headers: { 'content-encoding': 'gzip' },
    ...{ status: 413, code: 'body_too_large' },
  },
  {
    name: 'a body beyond the limit',
    body: Buffer.alloc(1024 * 1024 + 1, 0x20),
    status: 413,
    code: 'body_too_large',
  },
  {
    name: 'a gzip bomb',
    body: bomb,
    headers: { 'content-encoding': 'gzip' },
    ...{ status: 413, code: 'body_too_large' },
  },
  {
    name: 'gzip that is cut short',
    body: gzipSync(informXml()).subarray(0, 200),
    headers: { 'content-encoding': 'gzip' },
    ...{ status: 400, code: 'invalid_encoding' },
  },
  {
    name: 'an encoding nobody asked for',
    body: informXml(),
    headers: { 'content-encoding': 'br' },
    ...{ status: 415, code: 'unsupported_encoding' },
  },
  {
    name: 'a Fault instead of an Inform',
    body: cpeFaultXml('9002'),
    status: 400,
    code: 'unexpected_message',
  },
  {
    name: 'a response without a session',
    body: valuesXml({ 'Device.DeviceInfo.UpTime': '1' }),
    ...{ status: 400, code: 'unexpected_message' },
  },
  {
    name: 'a response to what nobody asked',
    body: valuesXml({ 'Device.DeviceInfo.UpTime': '1' }),
    inSession: true,
    ...{ status: 400, code: 'unexpected_message' },
  },
  {
    name: 'a request without a session',
    body: transferCompleteXml('k'),
    status: 400,
    code: 'invalid_session',
  },
  {
    name: 'a request with a forged cookie',
    body: transferCompleteXml('k'),
    headers: { cookie: 'session=Zm9yZ2Vk' },
    ...{ status: 400, code: 'invalid_session' },
  },
];

test.each(ROWS.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
  if (row.inSession) await cpe.post(informXml());
  const before = probe.appender.events.length;
  const answer = await cpe.post(row.body, row.headers);
  expect(answer.status).toBe(row.status ?? 200);
  if (row.fault === undefined) {
    expect(JSON.parse(answer.body)).toMatchObject({ status: row.status, code: row.code });
  } else {
    expect(answer.body).toContain(`<FaultCode>${row.fault}</FaultCode>`);
    expect(answer.body).toContain('>7</cwmp:ID>');
  }
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(probe.appender.events).toHaveLength(before);
  expect([await requests(row.code), await refusals(row.code)]).toEqual([1, 1]);
  // The next one is served, on this connection or another.
  expect((await cpe.post(informXml())).status).toBe(200);
});

test.each([
  ['gzip', gzipSync(informXml()), { 'content-encoding': 'gzip' }],
  ['deflate', deflateSync(informXml()), { 'content-encoding': 'deflate' }],
  ['a gzip header on plain bytes', Buffer.from(informXml()), { 'content-encoding': 'gzip' }],
  ['a plain header on gzip bytes', gzipSync(informXml()), {}],
])('%s is read all the same', async (_name, body, headers) => {
  expect((await cpe.post(body, headers)).body).toContain('InformResponse');
  expect(probe.appender.events).toHaveLength(1);
});

test.each([
  ['a chunk that is longer than it says', 'Transfer-Encoding: chunked', '5\r\nhello world\r\n0\r\n\r\n'],
  ['a chunk without a size', 'Transfer-Encoding: chunked', 'zz\r\nhello\r\n0\r\n\r\n'],
  ['a length and chunks at once', 'Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
])('%s is 400, and the connection is closed', async (_name, header, body) => {
  const { hostname, port } = new URL(url);
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /cwmp HTTP/1.1\r\nHost: acs\r\n${header}\r\n\r\n${body}`);
    });
    socket.on('data', (part: Buffer) => (text += part.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(probe.appender.events).toEqual([]);
});

test('other methods are told which is right', async () => {
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

test('a forged cookie is counted, and an empty POST with it ends in peace', async () => {
  expect((await cpe.post('', { cookie: 'session=Zm9yZ2Vk' })).status).toBe(204);
  expect(await probe.counter('cpemon_cwmp_cookies_refused_total{reason="forged"}')).toBe(1);
});
