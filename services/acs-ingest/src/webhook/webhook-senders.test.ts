import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { fixedSecrets, readSenderRules } from '@cpemon/intake';
import { createConfigReader } from '@cpemon/service-kit';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createAcsIngest } from '../app.js';
import { readWebhookAccess, webhookAuthenticity } from './webhook-access.js';

const SECRET = 'a-webhook-secret';
const CERTIFICATE = 'CN=acs.example.net,O=Example';
const BODY = JSON.stringify({ sn: 'A1', event_ts: '2026-03-01T10:00:00Z' });
const SIGNED = { 'x-signature': createHmac('sha256', SECRET).update(BODY).digest('hex') };

let probe: IntakeProbe;
beforeEach(() => {
  probe = createIntakeProbe('acs-ingest', ['webhook']);
});
afterEach(() => probe.close());

/** Posts to a service with these settings and tells what it answers. */
async function post(
  env: Record<string, string>,
  headers: Record<string, string>,
  body = BODY,
): Promise<string> {
  const reader = createConfigReader({ WEBHOOK_SECRETS: SECRET, ...env });
  const access = readWebhookAccess(reader);
  const rules = readSenderRules(reader);
  reader.finish();
  const authenticity = webhookAuthenticity(access, fixedSecrets(access.secrets), rules);
  const url = await probe.serve(createAcsIngest({ ...probe, authenticity }));
  const answer = await fetch(`${url}/acs/webhook`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json', ...headers },
  });
  const { code, status } = (await answer.json()) as { code?: string; status: unknown };
  expect(await probe.counter(`cpemon_ingest_requests_total{path="webhook",code="${code ?? 'queued'}"}`)).toBe(
    1,
  );
  return code ?? String(status);
}

const NEAR = '127.0.0.0/8,::1';

test.each([
  ['within the networks', { ALLOW_NETWORKS: NEAR }, {}, 'queued'],
  ['outside of the networks', { ALLOW_NETWORKS: '10.0.0.0/8,fd00::/8' }, {}, 'sender_not_allowed'],
  [
    'that says it is elsewhere and is no trusted proxy',
    { ALLOW_NETWORKS: '10.0.0.0/8' },
    { 'x-forwarded-for': '10.1.2.3' },
    'sender_not_allowed',
  ],
  [
    'behind a trusted proxy',
    { ALLOW_NETWORKS: '10.0.0.0/8', TRUST_PROXY: NEAR },
    { 'x-forwarded-for': '10.1.2.3' },
    'queued',
  ],
  [
    'behind a trusted proxy, in front of which somebody wrote an address',
    { ALLOW_NETWORKS: '10.0.0.0/8', TRUST_PROXY: NEAR },
    { 'x-forwarded-for': '10.1.2.3, 192.0.2.7' },
    'sender_not_allowed',
  ],
  [
    'behind a trusted proxy with an address of IPv6',
    { ALLOW_NETWORKS: 'fd00::/8', TRUST_PROXY: NEAR },
    { 'x-forwarded-for': 'fd12::1' },
    'queued',
  ],
])('a sender %s', async (_name, env, headers, answer) => {
  expect(await post(env, { ...SIGNED, ...headers })).toBe(answer);
});

test.each([
  ['shown to a trusted proxy', { TRUST_PROXY: NEAR }, { 'x-client-cert': CERTIFICATE }, 'queued'],
  ['that is not allowed', { TRUST_PROXY: NEAR }, { 'x-client-cert': 'CN=other' }, 'sender_not_allowed'],
  ['that is none', { TRUST_PROXY: NEAR }, {}, 'sender_not_allowed'],
  [
    'in the header of somebody else than the proxy',
    {},
    { 'x-client-cert': CERTIFICATE },
    'sender_not_allowed',
  ],
  [
    'in a header of another name',
    { TRUST_PROXY: NEAR, CLIENT_CERT_HEADER: 'X-SSL-Subject' },
    { 'x-ssl-subject': CERTIFICATE },
    'queued',
  ],
])('a client certificate %s', async (_name, env, headers, answer) => {
  expect(await post({ CLIENT_CERT_ALLOWED: CERTIFICATE, ...env }, { ...SIGNED, ...headers })).toBe(answer);
});

test('a certificate does not take the place of the signature', async () => {
  const env = { CLIENT_CERT_ALLOWED: CERTIFICATE, TRUST_PROXY: NEAR };
  expect(await post(env, { 'x-client-cert': CERTIFICATE })).toBe('invalid_signature');
  expect(await post({ ...env, WEBHOOK_AUTH: 'none' }, { 'x-client-cert': CERTIFICATE })).toBe('queued');
});

test('who may not send is told before the body is read', async () => {
  const rules = readSenderRules(createConfigReader({ ALLOW_NETWORKS: '10.0.0.0/8' }));
  const access = { auth: 'none', secrets: [], secretsFile: undefined, toleranceSeconds: 300 } as const;
  const authenticity = webhookAuthenticity(access, fixedSecrets([]), rules);
  const url = await probe.serve(createAcsIngest({ ...probe, authenticity }));
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(`${url}/acs/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 1000 },
    });
    request.on('response', (response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    request.on('error', reject);
    request.flushHeaders();
  });
  expect(status).toBe(403);
});

describe('Standard Webhooks', () => {
  const sign = (id: string, atSeconds: number, secret = SECRET, body = BODY): Record<string, string> => ({
    'webhook-id': id,
    'webhook-timestamp': String(atSeconds),
    'webhook-signature': `v1,${createHmac('sha256', secret).update(`${id}.${atSeconds}.`).update(body).digest('base64')}`,
  });
  const now = (): number => Math.floor(Date.now() / 1000);

  test('a signed body is taken under its id', async () => {
    expect(await post({}, sign('msg_1', now()))).toBe('queued');
    expect(probe.appender.events.map(({ id }) => id)).toEqual(['msg_1:0']);
  });

  test('a body that is sent again is the same event', async () => {
    const headers = sign('msg_1', now());
    await post({}, headers);
    await probe.close();
    const before = probe.appender.events;
    probe = createIntakeProbe('acs-ingest', ['webhook']);
    await post({}, headers);
    expect(probe.appender.events.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  test('a body that is sent again too late is refused', async () => {
    expect(await post({}, sign('msg_1', now() - 301))).toBe('invalid_timestamp');
    expect(await post({ WEBHOOK_TOLERANCE_SECONDS: '600' }, sign('msg_1', now() - 301))).toBe('queued');
  });

  test('another secret, or another body', async () => {
    expect(await post({}, sign('msg_1', now(), 'guessed'))).toBe('invalid_signature');
    expect(probe.appender.events).toEqual([]);
  });

  test('where nothing else is taken, the older signature is refused', async () => {
    expect(await post({ WEBHOOK_AUTH: 'standard' }, SIGNED)).toBe('invalid_signature');
    expect(await post({ WEBHOOK_AUTH: 'standard' }, sign('msg_1', now()))).toBe('queued');
  });

  test('an envelope is signed as any body is', async () => {
    const body = '<a/>';
    const headers = { ...sign('msg_1', now(), SECRET, body), 'content-type': 'text/xml' };
    expect(await post({}, headers, body)).toBe('not_soap');
    expect(await post({}, { ...headers, 'webhook-id': 'msg_2' }, body)).toBe('invalid_signature');
  });
});

test('where anyone may post, a signature that is there must be right all the same, if there are secrets', async () => {
  const open = { WEBHOOK_AUTH: 'none' };
  expect(await post(open, {})).toBe('queued');
  expect(await post(open, { 'x-signature': 'deadbeef' })).toBe('invalid_signature');
});
