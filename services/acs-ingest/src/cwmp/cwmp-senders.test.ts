import { request as httpRequest } from 'node:http';
import { readCredentials } from '@cpemon/cwmp';
import { readSenderRules } from '@cpemon/intake';
import { createConfigReader } from '@cpemon/service-kit';
import { informXml } from '../../../../tests/support/cwmp-bodies.js';
import { createCwmpClient, type CwmpClient } from '../../../../tests/support/cwmp-client.js';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createConnectionSessions } from './connection-sessions.js';
import { readCwmpConfig } from './cwmp-config.js';
import { createCwmpMetrics } from './cwmp-metrics.js';
import { createCwmpRoute } from './cwmp-route.js';
import { createCwmpSettings } from './cwmp-settings.js';

const NEAR = '127.0.0.0/8,::1';
const CERTIFICATE = 'CN=CPE-1,O=Example';

let probe: IntakeProbe;
let cpe: CwmpClient | undefined;
beforeEach(() => {
  probe = createIntakeProbe('acs-ingest', ['cwmp']);
});
afterEach(async () => {
  cpe?.close();
  await probe.close();
});

/** Serves CWMP with these settings. @returns its address */
async function serve(env: Record<string, string>): Promise<string> {
  const reader = createConfigReader({ CWMP_AUTH: 'none', ...env });
  const config = readCwmpConfig(reader);
  const senders = readSenderRules(reader);
  reader.finish();
  if (config === 'off') throw new Error('CWMP is off');
  const settings = createCwmpSettings(config, readCredentials(config.credentials, config.realm));
  const connections = createConnectionSessions();
  const cwmpMetrics = createCwmpMetrics(probe.registry, () => connections.open());
  const { appender, metrics, logger } = probe;
  return probe.serve(
    createCwmpRoute({ settings, senders, connections, cwmpMetrics, appender, metrics, logger }),
  );
}

/** Sends an Inform and tells what comes of it. */
async function inform(env: Record<string, string>, headers: Record<string, string>): Promise<string> {
  cpe = createCwmpClient({ url: await serve(env) });
  const { status, body } = await cpe.post(informXml(), headers);
  return status === 200 ? 'taken' : `${status} ${(JSON.parse(body) as { code: string }).code}`;
}

test.each([
  ['within the networks', { ALLOW_NETWORKS: NEAR }, {}, 'taken'],
  ['outside of the networks', { ALLOW_NETWORKS: '10.0.0.0/8' }, {}, '403 sender_not_allowed'],
  [
    'that says it is elsewhere and is no trusted proxy',
    { ALLOW_NETWORKS: '10.0.0.0/8' },
    { 'x-forwarded-for': '10.1.2.3' },
    '403 sender_not_allowed',
  ],
  [
    'behind a trusted proxy',
    { ALLOW_NETWORKS: '10.0.0.0/8', TRUST_PROXY: NEAR },
    { 'x-forwarded-for': '10.1.2.3' },
    'taken',
  ],
  [
    'with a certificate that a trusted proxy has checked',
    { CLIENT_CERT_ALLOWED: CERTIFICATE, TRUST_PROXY: NEAR },
    { 'x-client-cert': CERTIFICATE },
    'taken',
  ],
  ['without one', { CLIENT_CERT_ALLOWED: CERTIFICATE, TRUST_PROXY: NEAR }, {}, '403 sender_not_allowed'],
  [
    'that wrote the name of one itself',
    { CLIENT_CERT_ALLOWED: CERTIFICATE },
    { 'x-client-cert': CERTIFICATE },
    '403 sender_not_allowed',
  ],
])('a CPE %s', async (_name, env, headers, answer) => {
  expect(await inform(env, headers)).toBe(answer);
  const refused = answer === 'taken' ? 0 : 1;
  expect(probe.appender.events).toHaveLength(1 - refused);
  for (const counter of ['requests_total{path="cwmp",code', 'refused_total{path="cwmp",reason']) {
    expect(await probe.counter(`cpemon_ingest_${counter}="sender_not_allowed"}`)).toBe(refused);
  }
});

test('a CPE from elsewhere is not challenged, whatever it begins with', async () => {
  const env = { ALLOW_NETWORKS: '10.0.0.0/8', CWMP_AUTH: 'digest', CWMP_CREDENTIALS: 'fleet:secret' };
  cpe = createCwmpClient({ url: await serve(env) });
  for (const body of ['', informXml()]) {
    const { status, headers } = await cpe.post(body);
    expect([status, headers['www-authenticate']]).toEqual([403, undefined]);
  }
});

test('a certificate does not take the place of the credentials', async () => {
  const env = {
    ...{ CLIENT_CERT_ALLOWED: CERTIFICATE, TRUST_PROXY: NEAR },
    ...{ CWMP_AUTH: 'digest', CWMP_CREDENTIALS: 'fleet:secret' },
  };
  expect(await inform(env, { 'x-client-cert': CERTIFICATE })).toBe('401 missing_credentials');
});

test('it is told before its body is read', async () => {
  const url = await serve({ ALLOW_NETWORKS: '10.0.0.0/8' });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(`${url}/cwmp`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', 'content-length': 1000 },
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
