import { readCredentials } from '@cpemon/cwmp';
import { LogUnavailableError } from '@cpemon/event-log';
import { RefusedAppendError } from '@cpemon/intake';
import {
  cpeFaultXml,
  informXml,
  plainXml,
  transferCompleteXml,
  valuesXml,
} from '../../../../tests/support/cwmp-bodies.js';
import {
  createCwmpClient,
  type CwmpClient,
  type CwmpClientOptions,
} from '../../../../tests/support/cwmp-client.js';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createConnectionSessions, type ConnectionSessions } from './connection-sessions.js';
import type { CwmpConfig } from './cwmp-config.js';
import { createCwmpMetrics } from './cwmp-metrics.js';
import { createCwmpRoute, type CwmpRouteOptions } from './cwmp-route.js';
import { createCwmpSettings } from './cwmp-settings.js';

const CONFIG: CwmpConfig = {
  auth: 'none',
  realm: 'cpemon',
  credentials: ['fleet:secret', '*:of-every-device'],
  credentialsFile: undefined,
  algorithms: ['MD5'],
  strictNonceCount: false,
  sessionSecrets: ['shared by the replicas'],
  port: 0,
  maxSessions: 100,
  sessionIdleMs: 60_000,
  ask: 'nothing',
};

let probe: IntakeProbe;
let clients: CwmpClient[];
let connections: ConnectionSessions;
let appender: CwmpRouteOptions['appender'];
beforeEach(() => {
  probe = createIntakeProbe('acs-ingest', ['cwmp']);
  connections = createConnectionSessions();
  appender = probe.appender;
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await probe.close();
});

let cwmpMetrics: ReturnType<typeof createCwmpMetrics>;
beforeEach(() => {
  cwmpMetrics = createCwmpMetrics(probe.registry, () => connections.open());
});
const serve = (config: Partial<CwmpConfig> = {}): Promise<string> =>
  probe.serve(
    createCwmpRoute({
      ...{
        settings: createCwmpSettings({ ...CONFIG, ...config }, readCredentials(CONFIG.credentials, 'cpemon')),
        connections,
        cwmpMetrics,
      },
      appender,
      ...{ metrics: probe.metrics, logger: probe.logger },
    }),
  );
const client = (url: CwmpClientOptions['url'], options: Partial<CwmpClientOptions> = {}): CwmpClient => {
  const made = createCwmpClient({ url, ...options });
  clients.push(made);
  return made;
};
const kept = () => probe.appender.events.map(({ type, subject }) => `${type} ${subject}`);
const requests = (code: string) => probe.counter(`cpemon_ingest_requests_total{path="cwmp",code="${code}"}`);
const refusals = (reason: string) =>
  probe.counter(`cpemon_ingest_refused_total{path="cwmp",reason="${reason}"}`);
const sessions = (state: string) => probe.counter(`cpemon_cwmp_sessions_total{state="${state}"}`);
const INFORM_RESPONSE = '<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>';

test('a session: Inform, TransferComplete, the empty POST, and both are in the log', async () => {
  const cpe = client(await serve());
  const inform = await cpe.post(informXml({ id: 'abc&lt;', namespace: 'urn:dslforum-org:cwmp-1-2' }));
  expect(inform.status).toBe(200);
  expect(inform.headers).toMatchObject({
    'content-type': 'text/xml; charset="utf-8"',
    'content-length': String(Buffer.byteLength(inform.body)),
    'set-cookie': [expect.stringMatching(/^session=[\w-]+; Path=\/; HttpOnly$/)],
  });
  expect(inform.headers['transfer-encoding']).toBeUndefined();
  expect(inform.body).toMatch(/^<soap-env:Envelope /);
  expect(inform.body).toContain('xmlns:cwmp="urn:dslforum-org:cwmp-1-2"');
  expect(inform.body).toContain('>abc&lt;</cwmp:ID>');
  expect(inform.body).toContain(INFORM_RESPONSE);
  expect(await probe.counter('cpemon_cwmp_sessions_open')).toBe(1);

  const transfer = await cpe.post(transferCompleteXml('upgrade-7', { id: '2' }));
  expect(transfer.status).toBe(200);
  expect(transfer.body).toContain('<cwmp:TransferCompleteResponse></cwmp:TransferCompleteResponse>');
  const end = await cpe.post('');
  expect(end).toMatchObject({ status: 204, body: '' });
  expect(end.headers['content-type']).toBeUndefined();

  expect(kept()).toEqual(['cpemon.inform.v1 CPE-1', 'cpemon.rpc.v1 CPE-1']);
  expect(probe.appender.events[1]).toMatchObject({
    source: '/cwmp',
    oui: '00259E',
    productclass: 'EG8145V5',
  });
  expect([await requests('queued'), await requests('empty')]).toEqual([2, 1]);
  expect([await sessions('started'), await sessions('finished')]).toEqual([1, 1]);
  expect(await probe.counter('cpemon_cwmp_sessions_open')).toBe(0);
});

test.each([
  'AutonomousTransferComplete',
  'RequestDownload',
  'Kicked',
  'DUStateChangeComplete',
  'AutonomousDUStateChangeComplete',
  'GetRPCMethods',
])('%s has its response', async (method) => {
  const cpe = client(await serve());
  await cpe.post(informXml());
  const answer = await cpe.post(plainXml(method, { id: '9' }));
  expect(answer.status).toBe(200);
  expect(answer.body).toContain(`<cwmp:${method}Response>`);
  expect(answer.body).toContain('>9</cwmp:ID>');
});

describe('clients that do not do as they should', () => {
  test('one that loses its cookie on one connection', async () => {
    const cpe = client(await serve(), { keepsCookies: false });
    await cpe.post(informXml());
    expect((await cpe.post(transferCompleteXml('k'))).body).toContain('TransferCompleteResponse');
    expect((await cpe.post('')).status).toBe(204);
    expect(kept()).toEqual(['cpemon.inform.v1 CPE-1', 'cpemon.rpc.v1 CPE-1']);
  });

  test('one that opens a connection for each request', async () => {
    const cpe = client(await serve());
    for (const [body, status] of [
      [informXml(), 200],
      [transferCompleteXml('k'), 200],
      ['', 204],
    ] as const) {
      expect((await cpe.post(body)).status).toBe(status);
      cpe.reconnect();
    }
    expect(kept()).toHaveLength(2);
  });

  test('one that loses its cookie and its connection ends its session all the same', async () => {
    const cpe = client(await serve(), { keepsCookies: false });
    await cpe.post(informXml());
    cpe.reconnect();
    expect((await cpe.post('')).status).toBe(204);
  });

  test('several devices on one connection, as a proxy has it: each by its cookie, none by the connection', async () => {
    const proxy = client(await serve(), { keepsCookies: false });
    const cookies: string[] = [];
    for (const serialNumber of ['A', 'B', 'C']) {
      const answer = await proxy.post(informXml({ serialNumber }));
      cookies.push(answer.headers['set-cookie']![0]!.split(';')[0]!);
    }
    for (const cookie of cookies) await proxy.post(transferCompleteXml('k'), { cookie });
    expect(kept().slice(3)).toEqual(['A', 'B', 'C'].map((serial) => `cpemon.rpc.v1 ${serial}`));
    expect((await proxy.post(transferCompleteXml('k'))).status).toBe(400);
    expect(await refusals('invalid_session')).toBe(1);
  });

  test('behind a proxy that says so a connection means nothing', async () => {
    const cpe = client(await serve(), { keepsCookies: false });
    await cpe.post(informXml(), { 'x-forwarded-for': '10.0.0.1' });
    expect((await cpe.post(transferCompleteXml('k'), { 'x-forwarded-for': '10.0.0.2' })).status).toBe(400);
  });

  test('one that informs several times on one connection', async () => {
    const cpe = client(await serve());
    for (let n = 0; n < 3; n += 1) expect((await cpe.post(informXml())).body).toContain(INFORM_RESPONSE);
    expect((await cpe.post('')).status).toBe(204);
    expect(await sessions('started')).toBe(3);
    expect(await probe.counter('cpemon_cwmp_sessions_open')).toBe(0);
  });

  test('one that sends its body in chunks, and a line end for an empty one', async () => {
    const cpe = client(await serve());
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await cpe.post(informXml(), chunked)).status).toBe(200);
    expect((await cpe.post('\r\n')).status).toBe(204);
    expect((await cpe.post('', chunked)).status).toBe(204);
  });
});

test('what follows an Inform has its time, by the cookie, at another replica and whatever came between', async () => {
  const replicas = [await serve(), await serve()];
  let turn = 0;
  const cpe = client(() => replicas[(turn += 1) % 2]!);
  await cpe.post(informXml({ currentTime: '2026-01-01T12:05:00Z', events: [['7 TRANSFER COMPLETE']] }));
  const cookie = cpe.cookie();
  const other = client(replicas[0]!);
  await other.post(informXml({ serialNumber: 'CPE-2', currentTime: '2026-01-02T00:00:00Z' }));
  for (const key of ['one', 'two']) {
    cpe.reconnect();
    expect((await cpe.post(transferCompleteXml(key))).status).toBe(200);
  }
  // The cookie as the Inform got it is as good as one that was renewed.
  cpe.setCookie(cookie);
  await cpe.post(transferCompleteXml('three'));
  const told = probe.appender.events.filter(({ type }) => type === 'cpemon.rpc.v1');
  expect(told.map(({ subject, time }) => `${subject} ${time}`)).toEqual(
    Array(3).fill('CPE-1 2026-01-01T12:05:00.000Z'),
  );
});

test('what follows an Inform whose time cannot be believed has none, and not that of the transfer', async () => {
  const cpe = client(await serve());
  await cpe.post(informXml({ currentTime: '0001-01-01T00:10:00' }));
  await cpe.post(transferCompleteXml('k'));
  expect(probe.appender.events.map(({ type }) => type)).toEqual(['cpemon.inform.v1', 'cpemon.rpc.v1']);
  for (const event of probe.appender.events) expect(event).not.toHaveProperty('time');
});

test('two replicas behind a round robin share every session', async () => {
  const replicas = [await serve(), await serve()];
  let turn = 0;
  const cpe = client(() => replicas[(turn += 1) % 2]!, { user: 'fleet', password: 'secret' });
  for (let n = 0; n < 3; n += 1) {
    expect((await cpe.post(informXml())).status).toBe(200);
    cpe.reconnect();
    expect((await cpe.post(transferCompleteXml(`k${n}`))).status).toBe(200);
    cpe.reconnect();
    expect((await cpe.post('')).status).toBe(204);
    cpe.reconnect();
  }
  expect(kept()).toHaveLength(6);
});

describe('credentials', () => {
  test('a challenged Inform is no event; the answer on a new connection at another replica is', async () => {
    const replicas = [await serve({ auth: ['digest'] }), await serve({ auth: ['digest'] })];
    let turn = 0;
    const cpe = client(() => replicas[(turn += 1) % 2]!, { user: 'fleet', password: 'secret' });
    const answer = await cpe.post(informXml(), { connection: 'close' });
    expect(answer.status).toBe(200);
    expect(kept()).toEqual(['cpemon.inform.v1 CPE-1']);
    expect(await requests('missing_credentials')).toBe(1);
    expect(await refusals('missing_credentials')).toBe(0);
    // The cookie stands for them from now on.
    const bare = client(replicas[0]!);
    bare.setCookie(cpe.cookie());
    expect((await bare.post(transferCompleteXml('k'))).status).toBe(200);
    expect((await bare.post('')).status).toBe(204);
    expect((await bare.post(informXml())).status).toBe(401);
  });

  test('a session goes on while replicas change their secret one by one', async () => {
    const old = 'the secret before';
    const fresh = 'the secret after it';
    const replicas = [
      await serve({ auth: ['digest'], sessionSecrets: [old] }),
      await serve({ auth: ['digest'], sessionSecrets: [old, fresh] }),
      await serve({ auth: ['digest'], sessionSecrets: [fresh, old] }),
    ];
    let turn = 0;
    const cpe = client(() => replicas[Math.min(turn++, 2)]!, { user: 'fleet', password: 'secret' });
    // The challenge is of the first replica, the answer to it goes to the second, the rest to the third.
    expect((await cpe.post(informXml(), { connection: 'close' })).status).toBe(200);
    expect((await cpe.post(transferCompleteXml('k'))).status).toBe(200);
    expect((await cpe.post('')).status).toBe(204);
    const last = client(await serve({ auth: ['digest'], sessionSecrets: [fresh] }));
    last.setCookie(cpe.cookie());
    expect((await last.post('')).status).toBe(204);
  });

  test('a challenge is Digest with MD5 alone, and stale says that only the nonce was wrong', async () => {
    const url = await serve({ auth: ['digest'] });
    const answer = await client(url).post(informXml());
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(
      /^Digest realm="cpemon", qop="auth", algorithm=MD5, nonce="[\w.-]+"$/,
    );
    const other = await serve({ auth: ['digest'], sessionSecrets: ['another secret'] });
    const urls = [url, other, other];
    const cpe = client(() => urls.shift()!, { user: 'fleet', password: 'secret' });
    expect((await cpe.post(informXml())).headers['www-authenticate']).toContain(', stale=true');
    expect(await refusals('stale_nonce')).toBe(1);
    expect(kept()).toEqual([]);
  });

  test('an empty body first, as clients that know Digest alone send it, is challenged and not taken for the end', async () => {
    const url = await serve({ auth: ['digest'] });
    expect((await client(url).post('')).status).toBe(401);
    const cpe = client(url, { user: 'fleet', password: 'secret' });
    expect((await cpe.post('')).status).toBe(204);
  });

  test('Basic, where it is offered', async () => {
    const url = await serve({ auth: ['basic'] });
    const cpe = client(url, { user: 'fleet', password: 'secret', scheme: 'basic' });
    expect((await cpe.post(informXml())).status).toBe(200);
    expect((await cpe.post('')).status).toBe(204);
    const stranger = client(url, { user: 'fleet', password: 'guessed', scheme: 'basic' });
    const answer = await stranger.post(informXml());
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Basic realm="cpemon"');
    expect(await refusals('invalid_credentials')).toBe(1);
  });

  test('the user name of another device is refused and counted; its own is taken', async () => {
    const url = await serve({ auth: ['digest'] });
    const named = (user: string) => client(url, { user, password: 'of-every-device' });
    expect((await named('00259E-EG8145V5-CPE-1').post(informXml())).status).toBe(200);
    const other = await named('00259E-EG8145V5-CPE-2').post(informXml());
    expect(other.status).toBe(403);
    expect(JSON.parse(other.body)).toMatchObject({ code: 'identity_mismatch' });
    expect(await refusals('identity_mismatch')).toBe(1);
    expect(kept()).toEqual(['cpemon.inform.v1 CPE-1']);
  });

  test("another device's cookie is refused to those who show a name", async () => {
    const url = await serve({ auth: ['digest'] });
    const first = client(url, { user: '00259E-CPE-1', password: 'of-every-device' });
    const second = client(url, { user: '00259E-CPE-2', password: 'of-every-device' });
    await first.post(informXml());
    await second.post(informXml({ serialNumber: 'CPE-2' }));
    second.setCookie(first.cookie());
    expect((await second.post(transferCompleteXml('k'))).status).toBe(403);
    expect(kept()).toHaveLength(2);
  });
});

describe('when nothing more can be taken', () => {
  test.each([
    [new RefusedAppendError('overloaded', 3), 'overloaded'],
    [new RefusedAppendError('backlog_full', 3), 'backlog_full'],
    [new LogUnavailableError('away'), 'log_unavailable'],
  ])('%p is a 503 that says when to come back, and no InformResponse', async (error, code) => {
    const url = await serve();
    probe.appender.fail = error;
    const answer = await client(url).post(informXml());
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(answer.body).not.toContain('InformResponse');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await requests(code)).toBe(1);
  });

  test('a full log is told before the body is read, and sessions may still end', async () => {
    const log: { turnedAway?: Error } = {};
    appender = { ...probe.appender, turnsAway: () => log.turnedAway };
    const cpe = client(await serve());
    await cpe.post(informXml());
    log.turnedAway = new RefusedAppendError('overloaded', 3);
    expect((await cpe.post('<never read')).status).toBe(503);
    expect((await cpe.post('')).status).toBe(204);
  });

  test('with every session taken a new one is turned away, and an open one goes on', async () => {
    const url = await serve({ maxSessions: 1 });
    const first = client(url);
    const second = client(url);
    await first.post(informXml());
    expect((await second.post(informXml({ serialNumber: 'CPE-2' }))).status).toBe(503);
    expect((await first.post(transferCompleteXml('k'))).status).toBe(200);
    expect((await first.post('')).status).toBe(204);
    expect((await second.post(informXml({ serialNumber: 'CPE-2' }))).status).toBe(200);
  });
});

describe('asking for health', () => {
  const VALUES = { 'Device.DeviceInfo.UpTime': '5', 'Device.DeviceInfo.ProcessStatus.CPUUsage': '12' };
  const namesAsked = (body: string): string[] =>
    [...body.matchAll(/<string>([^<]+)<\/string>/g)].map(([, name]) => name!);

  test('the values of one bounded question become an event, then the session ends', async () => {
    const cpe = client(await serve({ ask: 'health' }));
    await cpe.post(informXml());
    const asked = await cpe.post('');
    expect(asked.status).toBe(200);
    expect(asked.body).toContain('<cwmp:GetParameterValues>');
    const names = namesAsked(asked.body);
    expect(names.length).toBeGreaterThan(3);
    expect(names.length).toBeLessThanOrEqual(24);
    expect(names.every((name) => name.startsWith('Device.'))).toBe(true);
    expect((await cpe.post(valuesXml(VALUES))).status).toBe(204);
    expect(kept()).toEqual(['cpemon.inform.v1 CPE-1', 'cpemon.parameters.v1 CPE-1']);
    for (const outcome of ['asked', 'answered'])
      expect(await probe.counter(`cpemon_cwmp_asks_total{outcome="${outcome}"}`)).toBe(1);
  });

  test('a fault ends the session in peace, and the model is asked for less', async () => {
    const url = await serve({ ask: 'health' });
    const session = async (answer: (names: string[]) => string): Promise<string[]> => {
      const cpe = client(url);
      await cpe.post(informXml());
      const asked = await cpe.post('');
      if (asked.status === 204) return [];
      expect((await cpe.post(answer(namesAsked(asked.body)))).status).toBe(204);
      return namesAsked(asked.body);
    };
    const missing = (await session(() => cpeFaultXml('9005')))[1]!;
    const device = (names: string[]) => (names.includes(missing) ? cpeFaultXml('9005') : valuesXml(VALUES));
    for (let n = 0; n < 12; n += 1) await session(device);
    const settled = await session(device);
    expect(settled).not.toContain(missing);
    expect(settled.length).toBeGreaterThan(3);
    expect(await session(device)).toEqual(settled);
  });

  test('another replica takes the answer', async () => {
    const replicas = [await serve({ ask: 'health' }), await serve({ ask: 'health' })];
    let turn = 0;
    const cpe = client(() => replicas[(turn += 1) % 2]!);
    for (const [body, status] of [
      [informXml(), 200],
      ['', 200],
      [valuesXml(VALUES), 204],
    ] as const) {
      expect((await cpe.post(body)).status).toBe(status);
      cpe.reconnect();
    }
    expect(kept()).toHaveLength(2);
  });
});
