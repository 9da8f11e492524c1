import type { BlockList } from 'node:net';
import { gzipSync } from 'node:zlib';
import { LogUnavailableError } from '@cpemon/event-log';
import { RefusedAppendError, parseNetworks } from '@cpemon/intake';
import {
  cpeFaultXml,
  informXml,
  plainXml,
  transferCompleteXml,
  valuesXml,
} from '../../../../tests/support/cwmp-bodies.js';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createAcsIngest } from '../app.js';
import { createMirrorSender } from './mirror-sender.js';

const ANYWHERE = parseNetworks('0.0.0.0/0, ::/0');
const LOOPBACK = parseNetworks('127.0.0.1');
const NOWHERE = parseNetworks('192.0.2.0/24');
const UPTIME = 'InternetGatewayDevice.DeviceInfo.UpTime';

let probe: IntakeProbe;
beforeEach(() => {
  probe = createIntakeProbe('acs-ingest', ['webhook', 'mirror']);
});
afterEach(() => probe.close());

interface Mirror {
  tokens?: readonly string[] | 'none';
  networks?: BlockList;
  trustedProxies?: BlockList;
}
const serve = ({ tokens = 'none', networks = ANYWHERE, trustedProxies = LOOPBACK }: Mirror = {}) =>
  probe.serve(
    createAcsIngest({
      ...probe,
      webhookSecrets: 'none',
      mirror: { sender: createMirrorSender(tokens, networks), trustedProxies },
    }),
  );
const copy = (
  url: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  path = '/acs/mirror',
) => fetch(url + path, { method: 'POST', body, headers: { 'content-type': 'text/xml', ...headers } });
const from = (address: string, port: number, cookie?: string): Record<string, string> => ({
  'x-real-ip': address,
  'x-real-port': String(port),
  ...(cookie === undefined ? {} : { cookie }),
});
const ended = (code: string) => probe.counter(`cpemon_ingest_requests_total{path="mirror",code="${code}"}`);
const refused = (reason: string) =>
  probe.counter(`cpemon_ingest_refused_total{path="mirror",reason="${reason}"}`);
const subjects = () => probe.appender.events.map(({ type, subject }) => `${type} ${subject}`);

test('a copied session becomes an Inform and values of the same device', async () => {
  const url = await serve();
  const client = (cookie?: string) => from('198.51.100.7', 40_000, cookie);
  const answers = [
    await copy(url, informXml({ serialNumber: 'A1' }), client()),
    await copy(url, '', client('session=1')),
    await copy(url, '\r\n', client('session=1')),
    await copy(url, valuesXml({ [UPTIME]: '60' }), from('198.51.100.7', 40_001, 'session=1')),
    await copy(url, plainXml('SetParameterValuesResponse'), client('session=1')),
    await copy(url, transferCompleteXml('fw-1'), client('session=1')),
  ];
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204, 204]);
  for (const answer of answers) {
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await answer.text()).toBe('');
  }
  expect(subjects()).toEqual(['cpemon.inform.v1 A1', 'cpemon.parameters.v1 A1', 'cpemon.rpc.v1 A1']);
  for (const event of probe.appender.events) {
    expect(event).toMatchObject({ source: '/mirror', oui: '00259E', productclass: 'EG8145V5' });
  }
  expect(await ended('queued')).toBe(3);
  expect(await ended('empty')).toBe(2);
  expect(await ended('no_event')).toBe(1);
  expect(await probe.counter('cpemon_ingest_events_total{path="mirror"}')).toBe(3);
});

test('values without a session that was seen are ignored, and counted', async () => {
  const url = await serve();
  await copy(url, informXml({ serialNumber: 'A1' }), from('198.51.100.7', 40_000));
  for (const headers of [from('198.51.100.7', 40_001), from('198.51.100.8', 40_000, 'session=9'), {}]) {
    expect((await copy(url, valuesXml({ [UPTIME]: '60' }), headers)).status).toBe(204);
  }
  expect(subjects()).toEqual(['cpemon.inform.v1 A1']);
  expect(await ended('unexpected_message')).toBe(3);
  expect(await refused('unexpected_message')).toBe(3);
});

test('CPEs that a proxy mixes on one connection are told apart', async () => {
  const url = await serve();
  // fetch sends these one after the other on one socket.
  await copy(url, informXml({ serialNumber: 'A1' }), from('198.51.100.7', 1));
  await copy(url, informXml({ serialNumber: 'B1' }), from('198.51.100.7', 2));
  await copy(url, valuesXml({ [UPTIME]: '1' }), from('198.51.100.7', 1));
  await copy(url, valuesXml({ [UPTIME]: '2' }), from('198.51.100.7', 2));
  expect(subjects().slice(2)).toEqual(['cpemon.parameters.v1 A1', 'cpemon.parameters.v1 B1']);
});

test('addresses that somebody who is no trusted proxy forwards join nothing; cookies still do', async () => {
  const url = await serve({ trustedProxies: NOWHERE });
  await copy(url, informXml({ serialNumber: 'A1' }), from('198.51.100.7', 1, 'session=1'));
  await copy(url, valuesXml({ [UPTIME]: '1' }), from('198.51.100.7', 1));
  expect(await ended('unexpected_message')).toBe(1);
  await copy(url, valuesXml({ [UPTIME]: '1' }), from('198.51.100.8', 9, 'session=1'));
  expect(subjects()).toEqual(['cpemon.inform.v1 A1', 'cpemon.parameters.v1 A1']);
});

test("the same copy twice, as of a challenged Inform, is one event to the log, whatever ids the CPE's headers have", async () => {
  const url = await serve();
  const body = informXml({ serialNumber: 'A1' });
  await copy(url, body, { 'webhook-id': 'msg-1' });
  await copy(url, body, { 'webhook-id': 'msg-2', authorization: 'Digest username="x"' });
  await copy(url, informXml({ serialNumber: 'A1', currentTime: new Date(Date.now() - 1000).toISOString() }), {
    'webhook-id': 'msg-1',
  });
  const [first, second, third] = probe.appender.events;
  expect(second?.id).toBe(first?.id);
  expect(third?.id).not.toBe(first?.id);
});

test('a compressed copy is read, whether the header says so or not', async () => {
  const url = await serve();
  await copy(url, gzipSync(informXml({ serialNumber: 'A1' })), { 'content-encoding': 'gzip' });
  await copy(url, gzipSync(informXml({ serialNumber: 'A2' })));
  await copy(url, informXml({ serialNumber: 'A3' }), { 'content-encoding': 'gzip' });
  expect(probe.appender.events.map(({ subject }) => subject)).toEqual(['A1', 'A2', 'A3']);
});

test.each<[string, string | Buffer, Record<string, string>]>([
  ['invalid_xml', '<Envelope', {}],
  ['not_soap', '<html></html>', {}],
  ['forbidden_xml', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', {}],
  ['body_too_large', Buffer.alloc(2_000_000, 'x'), {}],
  ['body_too_large', gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }],
  [
    'invalid_encoding',
    gzipSync(informXml({ serialNumber: 'A1' })).subarray(0, 99),
    { 'content-encoding': 'gzip' },
  ],
  ['unsupported_encoding', informXml({ serialNumber: 'A1' }), { 'content-encoding': 'br' }],
  ['missing_sn', informXml({ serialNumber: '' }), {}],
])('%s: the answer is 204 all the same, and the reason is counted', async (code, body, headers) => {
  const url = await serve();
  expect((await copy(url, body, headers)).status).toBe(204);
  expect(probe.appender.events).toEqual([]);
  expect(await ended(code)).toBe(1);
  expect(await refused(code)).toBe(1);
  expect((await copy(url, informXml({ serialNumber: 'A2' }))).status).toBe(204);
  expect(probe.appender.events).toHaveLength(1);
});

test('a Fault of a CPE changes nothing for those around it', async () => {
  const url = await serve();
  await copy(url, informXml({ serialNumber: 'A1' }), from('198.51.100.7', 1));
  expect((await copy(url, cpeFaultXml('9005'), from('198.51.100.7', 1))).status).toBe(204);
  expect((await copy(url, cpeFaultXml('9005'), from('198.51.100.8', 1))).status).toBe(204);
  await copy(url, valuesXml({ [UPTIME]: '1' }), from('198.51.100.7', 1));
  expect(subjects()).toContain('cpemon.parameters.v1 A1');
});

test.each([
  [new RefusedAppendError('overloaded', 3), 'overloaded'],
  [new RefusedAppendError('backlog_full', 30), 'backlog_full'],
  [new LogUnavailableError('away'), 'log_unavailable'],
  [new Error('unforeseen'), 'internal_error'],
])('%p: the copy is lost, which is counted and never answered', async (error, code) => {
  const url = await serve();
  probe.appender.fail = error;
  expect((await copy(url, informXml({ serialNumber: 'A1' }))).status).toBe(204);
  expect(await ended(code)).toBe(1);
  expect(await probe.counter('cpemon_ingest_events_total{path="mirror"}')).toBe(0);
});

test('the proxy waits no longer for a slow log than the bound, and the copy is taken all the same', async () => {
  const url = await serve();
  const { append } = probe.appender;
  let release = (): void => undefined;
  probe.appender.append = async (events, path) => {
    await new Promise<void>((resolve) => (release = resolve));
    return append(events, path);
  };
  const startedAt = performance.now();
  expect((await copy(url, informXml({ serialNumber: 'A1' }))).status).toBe(204);
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(await ended('queued')).toBe(0);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await ended('queued')).toBe(1);
});

describe('who may send', () => {
  test('those with a token, as a bearer or in the path', async () => {
    const url = await serve({ tokens: ['first', 'a/b'] });
    const allowed = [
      await copy(url, informXml({ serialNumber: 'A1' }), { authorization: 'Bearer first' }),
      await copy(url, informXml({ serialNumber: 'A2' }), { authorization: 'Bearer a/b' }),
      await copy(
        url,
        informXml({ serialNumber: 'A3' }),
        { authorization: 'Basic cpe:its-own' },
        '/acs/mirror/first',
      ),
      await copy(url, informXml({ serialNumber: 'A4' }), {}, '/acs/mirror/a%2Fb?original=1'),
    ];
    expect(allowed.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    const others = [
      await copy(url, informXml({ serialNumber: 'B1' })),
      await copy(url, informXml({ serialNumber: 'B2' }), { authorization: 'Bearer guessed' }),
      await copy(
        url,
        informXml({ serialNumber: 'B3' }),
        { authorization: 'Bearer first' },
        '/acs/mirror/guessed',
      ),
      await copy(url, informXml({ serialNumber: 'B4' }), {}, '/acs/mirror/%zz'),
    ];
    for (const answer of others) {
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(await answer.json()).toMatchObject({ code: 'sender_not_allowed' });
    }
    expect(probe.appender.events.map(({ subject }) => subject)).toEqual(['A1', 'A2', 'A3', 'A4']);
    expect(await refused('sender_not_allowed')).toBe(4);
  });

  test('those within the networks: the proxy itself, whatever address it forwards', async () => {
    const near = await serve({ networks: LOOPBACK });
    expect(
      (await copy(near, informXml({ serialNumber: 'A1' }), { 'x-forwarded-for': '203.0.113.5' })).status,
    ).toBe(204);
    const far = await serve({ networks: NOWHERE });
    expect(
      (await copy(far, informXml({ serialNumber: 'A2' }), { 'x-forwarded-for': '192.0.2.1' })).status,
    ).toBe(403);
  });

  test('nobody, where no tokens were set', async () => {
    const url = await probe.serve(createAcsIngest({ ...probe, webhookSecrets: 'none' }));
    expect((await copy(url, informXml({ serialNumber: 'A1' }))).status).toBe(404);
  });

  test('only by POST, and at no other path', async () => {
    const url = await serve();
    const answer = await fetch(`${url}/acs/mirror`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await copy(url, informXml({ serialNumber: 'A1' }), {}, '/acs/mirrors')).status).toBe(404);
  });
});
