import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureContextOptions } from 'node:tls';
import {
  parseCertificates,
  parseNetworks,
  requireSender,
  requireSignature,
  watchAppends,
} from '@cpemon/intake';
import { createConfigReader } from '@cpemon/service-kit';
import { createAcsIngest } from '../../services/acs-ingest/src/app.js';
import { createCwmp } from '../../services/acs-ingest/src/cwmp/create-cwmp.js';
import { readCwmpConfig, type CwmpConfig } from '../../services/acs-ingest/src/cwmp/cwmp-config.js';
import { startCwmpListener } from '../../services/acs-ingest/src/cwmp/cwmp-listener.js';
import { informXml } from '../support/cwmp-bodies.js';
import { createIntakeProbe, type IntakeProbe } from '../support/intake-probe.js';
import { adapt, describeWith, findProgram, freePorts, run, startProxy } from '../support/proxy-process.js';

const DOCS = join(__dirname, '../../docs/integrations/tls');
const SECRET = 'a-webhook-secret';
const OLD_CIPHER = 'AES128-SHA:@SECLEVEL=0';

interface Ports {
  acs: number;
  cwmp: number;
  old: number;
}

let folder: string;
let probe: IntakeProbe;
let ports: Ports;
let backends: { webhook: string; cwmp: string };
let closers: (() => Promise<unknown> | void)[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-tls-'));
  if (findProgram('openssl') !== undefined) await makeCertificates();
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  probe = createIntakeProbe('acs-ingest', ['webhook', 'cwmp']);
  closers = [() => probe.close()];
  const [acs, cwmp, old] = (await freePorts(3)) as [number, number, number];
  ports = { acs, cwmp, old };
  backends = await startBackends();
});
afterEach(async () => {
  for (const close of closers) await close();
});

describeWith(['nginx', 'openssl'])('nginx with the configuration of the docs', () => behaves(startNginx));
describeWith(['haproxy', 'openssl'])('HAProxy with the configuration of the docs', () =>
  behaves(startHaproxy),
);

function behaves(start: () => Promise<void>): void {
  beforeEach(start);

  test.each(['tls1', 'tls1_1', 'tls1_2'])(
    'an old CPE with TLS_RSA_WITH_AES_128_CBC_SHA and %s has its session on the port for old ones',
    async (version) => {
      const { protocol, cipher, answers } = await oldClient(ports.old, version, [
        post('/', informXml({ serialNumber: 'OLD1' })),
        post('/', '', 'Connection: close\r\n'),
      ]);
      expect(cipher).toBe('AES128-SHA');
      expect(protocol).toBe({ tls1: 'TLSv1', tls1_1: 'TLSv1.1', tls1_2: 'TLSv1.2' }[version]);
      expect(answers).toMatch(/HTTP\/1\.1 200[\s\S]*InformResponse[\s\S]*HTTP\/1\.1 20[04]/);
      expect(answers).toMatch(/content-length: \d+/i);
      expect(answers).not.toMatch(/chunked/i);
      expect(probe.appender.events.map(({ subject }) => subject)).toEqual(['OLD1']);
    },
  );

  test('the other ports want TLS 1.2 and a modern cipher', async () => {
    for (const port of [ports.acs, ports.cwmp]) {
      for (const version of ['tls1', 'tls1_1', 'tls1_2']) {
        expect((await oldClient(port, version, [])).cipher).toBeUndefined();
      }
      const { protocol } = await ask(port, post('/cwmp', informXml()));
      expect(protocol).toBe('TLSv1.3');
    }
    expect((await ask(ports.cwmp, post('/', informXml({ serialNumber: 'NEW1' })))).status).toBe(200);
    expect(probe.appender.events.at(-1)?.subject).toBe('NEW1');
  });

  test('no port takes ciphers without encryption, with RC4 or with DES', async () => {
    for (const port of Object.values(ports)) {
      for (const cipher of ['NULL:@SECLEVEL=0', 'RC4:@SECLEVEL=0', '3DES:@SECLEVEL=0', 'aNULL:@SECLEVEL=0']) {
        expect((await oldClient(port, 'tls1_2', [], cipher)).cipher).toBeUndefined();
      }
    }
  });

  test('the port for old CPEs does nothing for an ACS', async () => {
    for (const path of ['/acs/webhook', '/acs/mirror']) {
      const { status } = await ask(ports.old, post(path, '{"sn":"A1"}'), old);
      expect(status).toBe(404);
    }
    expect(probe.appender.events).toEqual([]);
  });

  test('a sender with a certificate of the authority is known by it, and no header of its own says so', async () => {
    const signed = signedPost('{"sn":"A1"}');
    const own = (name: string) => ({
      cert: readFileSync(join(folder, `${name}.pem`)),
      key: readFileSync(join(folder, `${name}.key`)),
    });
    expect((await ask(ports.acs, signed, own('sender'))).status).toBe(202);
    expect((await ask(ports.acs, signed, own('other'))).status).toBe(403);
    expect((await ask(ports.acs, signed)).status).toBe(403);
    const forged = signedPost('{"sn":"A2"}', 'X-Client-Cert: CN=acs.example.net,O=Example\r\n');
    expect((await ask(ports.acs, forged)).status).toBe(403);
    expect(probe.appender.events.map(({ subject }) => subject)).toEqual(['A1']);
    const stranger = await ask(ports.acs, signed, own('stranger')).then(
      ({ status }) => status,
      () => 'broken off',
    );
    expect(['broken off', 400, 403]).toContain(stranger);
  });

  test('where a request came from is said by the proxy alone', async () => {
    const forged = signedPost('{"sn":"A1"}', 'X-Forwarded-For: 203.0.113.1\r\nX-Real-IP: 203.0.113.1\r\n');
    const sender = {
      cert: readFileSync(join(folder, 'sender.pem')),
      key: readFileSync(join(folder, 'sender.key')),
    };
    // Only loopback may send: the forged address would be refused.
    expect((await ask(ports.acs, forged, sender)).status).toBe(202);
  });
}

const old: Partial<SecureContextOptions> = { minVersion: 'TLSv1', ciphers: OLD_CIPHER };

function post(path: string, body: string, more = ''): string {
  const type = body === '' ? '' : 'Content-Type: text/xml\r\n';
  return `POST ${path} HTTP/1.1\r\nHost: acs\r\n${type}Content-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;
}

function signedPost(body: string, more = ''): string {
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  return post('/acs/webhook', body, `X-Signature: ${signature}\r\n${more}Connection: close\r\n`).replace(
    'text/xml',
    'application/json',
  );
}

/** A client of long ago: says its requests without waiting, as their answers are looked at together. */
async function oldClient(port: number, version: string, requests: readonly string[], cipher = OLD_CIPHER) {
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, `-${version}`, '-cipher', cipher];
  if (requests.length > 0) args.push('-ign_eof');
  const { said } = await run('openssl', args, requests.join(''));
  const protocol = /^\s*Protocol\s*:\s*(\S+)/m.exec(said)?.[1];
  const used = /^\s*Cipher\s*:\s*(\S+)/m.exec(said)?.[1];
  return {
    protocol,
    cipher: used === '0000' ? undefined : used,
    answers: said.slice(said.indexOf('HTTP/1.1')),
  };
}

/** One request by a client of today. */
function ask(
  port: number,
  request: string,
  options: Partial<SecureContextOptions> = {},
): Promise<{ status: number; protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
    let said = '';
    socket.once('secureConnect', () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const status = /^HTTP\/1\.1 (\d{3})/.exec(said)?.[1];
      if (status === undefined) return;
      resolve({ status: Number(status), protocol: socket.getProtocol() });
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
  });
}

async function makeCertificates(): Promise<void> {
  const at = (name: string): string => join(folder, name);
  const openssl = async (...args: string[]): Promise<void> => {
    const { said, code } = await run('openssl', args);
    if (code !== 0) throw new Error(said);
  };
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  const own = (name: string, subject: string) =>
    openssl(
      ...['req', '-x509', ...key, '-days', '2', '-subj', subject],
      ...['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
    );
  const signed = async (name: string, subject: string) => {
    await openssl('req', ...key, '-subj', subject, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`));
    await openssl(
      ...['x509', '-req', '-days', '2', '-in', at(`${name}.csr`), '-out', at(`${name}.pem`)],
      ...['-CA', at('senders-ca.pem'), '-CAkey', at('senders-ca.key'), '-CAcreateserial'],
    );
  };
  await own('cpemon', '/CN=acs.example.net');
  writeFileSync(
    at('both.pem'),
    readFileSync(at('cpemon.pem'), 'utf8') + readFileSync(at('cpemon.key'), 'utf8'),
  );
  await own('senders-ca', '/CN=Senders');
  await signed('sender', '/O=Example/CN=acs.example.net');
  await signed('other', '/O=Example/CN=other.example.net');
  await own('stranger', '/O=Example/CN=acs.example.net');
}

async function startBackends(): Promise<{ webhook: string; cwmp: string }> {
  const { logger, registry } = probe;
  const loopback = parseNetworks('127.0.0.1');
  const authenticity = requireSender(
    {
      allowedNetworks: loopback,
      trustedProxies: loopback,
      clientCertificate: {
        header: 'x-client-cert',
        allowed: parseCertificates('CN=acs.example.net,O=Example'),
      },
    },
    requireSignature([SECRET]),
  );
  const webhook = await probe.serve(createAcsIngest({ ...probe, authenticity }));
  const config = readCwmpConfig(createConfigReader({ CWMP_AUTH: 'none' })) as CwmpConfig;
  const refusedBodies = { keep: () => undefined, list: () => [], passedOver: () => 0, forget: () => 0 };
  const appender = watchAppends({ ...probe.appender, connected: () => true });
  const { metrics } = probe;
  const { route, stop } = await createCwmp(config, { appender, metrics, refusedBodies, registry, logger });
  const limits = {
    ...{ maxConnections: 100, maxConnectionsPerAddress: 100, minBytesPerSecond: 0 },
    ...{ headersTimeoutMs: 10_000, requestTimeoutMs: 10_000 },
  };
  const cwmp = await startCwmpListener({ host: '127.0.0.1', port: 0, route, limits, logger });
  closers.unshift(stop, () => cwmp.close());
  return { webhook: new URL(webhook).host, cwmp: new URL(cwmp.url).host };
}

async function startNginx(): Promise<void> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = adapt(readFileSync(join(DOCS, 'nginx.conf'), 'utf8'), {
    '127.0.0.1:7547': backends.cwmp,
    '127.0.0.1:8081': backends.webhook,
    'listen 443 ssl': `listen 127.0.0.1:${ports.acs} ssl`,
    'listen 7548 ssl': `listen 127.0.0.1:${ports.cwmp} ssl`,
    'listen 7549 ssl': `listen 127.0.0.1:${ports.old} ssl`,
    '/etc/nginx/tls': folder,
    'worker_connections 10000': 'worker_connections 512',
    'worker_processes auto;': `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr error;`,
    'http {': `http { access_log off; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}`,
  });
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config);
  const nginx = await startProxy('nginx', ['-e', 'stderr', '-c', file], ports.old);
  closers.unshift(() => nginx.stop());
}

async function startHaproxy(): Promise<void> {
  const config = adapt(readFileSync(join(DOCS, 'haproxy.cfg'), 'utf8'), {
    '127.0.0.1:7547': backends.cwmp,
    '127.0.0.1:8081': backends.webhook,
    'bind :443': `bind 127.0.0.1:${ports.acs}`,
    'bind :7548': `bind 127.0.0.1:${ports.cwmp}`,
    'bind :7549': `bind 127.0.0.1:${ports.old}`,
    '/etc/haproxy/tls/cpemon.pem': join(folder, 'both.pem'),
    '/etc/haproxy/tls': folder,
    'maxconn 20000': 'maxconn 200',
  });
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, config);
  const haproxy = await startProxy('haproxy', ['-db', '-f', file], ports.old);
  closers.unshift(() => haproxy.stop());
}
