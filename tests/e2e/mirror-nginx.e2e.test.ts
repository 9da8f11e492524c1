import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseNetworks } from '@cpemon/intake';
import { createAcsIngest } from '../../services/acs-ingest/src/app.js';
import { createMirrorSender } from '../../services/acs-ingest/src/mirror/mirror-sender.js';
import { informXml, plainXml, valuesXml } from '../support/cwmp-bodies.js';
import { eventually } from '../support/eventually.js';
import { createIntakeProbe, type IntakeProbe } from '../support/intake-probe.js';
import { adapt, describeWith, freePorts, startProxy } from '../support/proxy-process.js';

// The configuration file of the docs, as it stands but for addresses, ports and paths.
const SITE = join(__dirname, '../../docs/integrations/mirror/nginx.conf');
const UPTIME = 'InternetGatewayDevice.DeviceInfo.UpTime';

/** An ACS that answers everything at once and keeps what it got. */
interface Acs {
  server: Server;
  port: number;
  got: { headers: IncomingHttpHeaders; body: Buffer }[];
}

let folder: string;
let probe: IntakeProbe;
let acs: Acs;
let closers: (() => Promise<void> | void)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-mirror-'));
  probe = createIntakeProbe('acs-ingest', ['webhook', 'mirror']);
  closers = [() => probe.close(), () => rmSync(folder, { recursive: true })];
  acs = await startAcs();
  closers.unshift(() => closeServer(acs.server));
});
afterEach(async () => {
  for (const close of closers) await close();
});

describeWith(['nginx'])('nginx in front of an ACS, with the configuration of the docs', () => {
  test('the ACS gets what the CPE sent, and CPEmon gets the session', async () => {
    const { send } = await startNginx(await startCpemon());
    const inform = informXml({ serialNumber: 'A1' });
    await send(inform, { authorization: 'Basic Y3BlOnNlY3JldA==', 'x-real-ip': '6.6.6.6', soapaction: '' });
    const cookie = 'session=1';
    await send('', { cookie });
    await send(valuesXml({ [UPTIME]: '60' }), { cookie });
    await send(gzipSync(plainXml('SetParameterValuesResponse')), { cookie, 'content-encoding': 'gzip' });
    expect(acs.got.map(({ body }) => body.length)).toEqual([
      inform.length,
      0,
      valuesXml({ [UPTIME]: '60' }).length,
      gzipSync(plainXml('SetParameterValuesResponse')).length,
    ]);
    expect(acs.got[0]?.headers.authorization).toBe('Basic Y3BlOnNlY3JldA==');
    await eventually('two events', () => probe.appender.events.length === 2);
    expect(probe.appender.events.map(({ type, subject }) => [type, subject])).toEqual([
      ['cpemon.inform.v1', 'A1'],
      ['cpemon.parameters.v1', 'A1'],
    ]);
    await eventually('the response without values', async () => (await ended('no_event')) === 1);
    expect(await ended('empty')).toBe(1);
  });

  test('CPEs at the same time keep their own values', async () => {
    const { send } = await startNginx(await startCpemon());
    const names = Array.from({ length: 20 }, (_, n) => `CPE-${n}`);
    await Promise.all(
      names.map(async (name, n) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        await send(informXml({ serialNumber: name }), {}, agent);
        await send('', { cookie: `session=${n}` }, agent);
        await send(valuesXml({ [UPTIME]: String(n) }), { cookie: `session=${n}` }, agent);
        agent.destroy();
      }),
    );
    await eventually('two events of each', () => probe.appender.events.length === 40);
    const values = probe.appender.events.filter(({ type }) => type === 'cpemon.parameters.v1');
    expect(values.map(({ subject, data }) => [subject, data.parameters?.[UPTIME]?.value]).sort()).toEqual(
      names.map((name, n) => [name, String(n)]).sort(),
    );
  });

  test.each(['is down', 'never answers', 'refuses the token'])(
    'a CPE and its ACS notice nothing while CPEmon %s',
    async (state) => {
      const port = state === 'is down' ? (await freePorts(1))[0]! : await startBad(state);
      const { send } = await startNginx(port);
      await send(informXml({ serialNumber: 'warm-up' }));
      const startedAt = performance.now();
      for (let n = 0; n < 20; n += 1) {
        expect(await send(n % 2 === 0 ? informXml({ serialNumber: `CPE-${n}` }) : '')).toBe(200);
      }
      // If each request waited for the copy before it, this would take 2 to 10 s.
      expect(performance.now() - startedAt).toBeLessThan(1500);
      expect(acs.got).toHaveLength(21);
    },
  );
});

const ended = (code: string) => probe.counter(`cpemon_ingest_requests_total{path="mirror",code="${code}"}`);

async function startAcs(): Promise<Acs> {
  const got: Acs['got'] = [];
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      got.push({ headers: incoming.headers, body: Buffer.concat(chunks) });
      answer.writeHead(200, { 'content-length': 2 }).end('ok');
    });
  });
  return { server, port: await listen(server), got };
}

async function startCpemon(): Promise<number> {
  const url = await probe.serve(
    createAcsIngest({
      ...probe,
      webhookSecrets: 'none',
      mirror: {
        sender: createMirrorSender(['change-me'], parseNetworks('127.0.0.1')),
        trustedProxies: parseNetworks('127.0.0.1'),
      },
    }),
  );
  return Number(new URL(url).port);
}

async function startBad(state: string): Promise<number> {
  const server = createServer((incoming, answer) => {
    incoming.resume();
    if (state !== 'never answers') answer.writeHead(403).end();
  });
  closers.unshift(() => closeServer(server));
  return listen(server);
}

/** @returns sends as a CPE with one connection, unless told; resolves to the status of the ACS's answer */
async function startNginx(cpemonPort: number) {
  const [port] = (await freePorts(1)) as [number];
  const site = adapt(readFileSync(SITE, 'utf8'), {
    'listen 7547': `listen 127.0.0.1:${port}`,
    '127.0.0.1:17547': `127.0.0.1:${acs.port}`,
    '127.0.0.1:8081': `127.0.0.1:${cpemonPort}`,
    '/run/cpemon-mirror.sock': join(folder, 'mirror.sock'),
    '/var/log/nginx': folder,
  });
  writeFileSync(join(folder, 'site.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr error;
     events { worker_connections 512; }
     http { access_log off; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
       include ${folder}/site.conf; }`,
  );
  const nginx = await startProxy('nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')], port);
  const one = new Agent({ keepAlive: true, maxSockets: 1 });
  closers.unshift(
    () => one.destroy(),
    () => nginx.stop(),
  );
  const send = (body: string | Buffer, headers: Record<string, string> = {}, agent = one): Promise<number> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...{ host: '127.0.0.1', port, agent, method: 'POST' },
          headers: { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body), ...headers },
        },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer.statusCode ?? 0));
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  return { send };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
