import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { USUAL_PLAN } from '../fleet-plan.js';
import { createFleet } from '../fleet.js';
import { createHttpTarget } from '../http-target.js';
import { INFORM_EVENTS } from '../inform-events.js';
import { BUILT_IN_MODELS } from '../models/built-in-models.js';
import type { Outcome } from '../outcome.js';
import { createShipment } from '../shipment.js';
import type { DeviceNotes } from './orders.js';
import { createCwmpSessions, type CwmpSessionSettings, type MessageFate } from './session.js';

interface Request {
  body: string;
  headers: IncomingHttpHeaders;
}
type Answer = { status?: number; body?: string; headers?: Record<string, string> };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const fleet = createFleet({
  devices: 50,
  intervalSeconds: 60,
  intervalSpread: 0,
  mix: [{ way: 'cwmp', weight: 1 }],
  plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
  seed: 1,
  serialPrefix: 'SIM-',
});
const NOW = Date.parse('2026-11-21T12:00:00Z');

const soap = (content: string, id = '7'): string =>
  '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">' +
  `<soap:Header><cwmp:ID soap:mustUnderstand="1">${id}</cwmp:ID></soap:Header><soap:Body>${content}</soap:Body></soap:Envelope>`;
const INFORM_RESPONSE = soap('<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>');

/** An ACS that answers what `answers` says, request by request, and what a CPE made of that. */
async function session(
  answers: Answer[],
  more: {
    events?: number;
    retryCount?: number;
    device?: number;
    notes?: DeviceNotes;
  } & Partial<CwmpSessionSettings> = {},
): Promise<{ requests: Request[]; outcome: Outcome; fates: MessageFate[]; orders: string[] }> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { status, body: text, headers } = answers[requests.length] ?? { status: 204 };
      requests.push({ body, headers: request.headers });
      response.writeHead(status ?? (text === undefined ? 204 : 200), headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = createHttpTarget({
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/cwmp`),
    maxConnections: 2,
    requestTimeoutMs: 2000,
    allowPublicTarget: false,
  });
  closing.push(
    () => target.close(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  const fates: MessageFate[] = [];
  const orders: string[] = [];
  const order =
    (name: string) =>
    (...args: unknown[]) =>
      void orders.push([name, ...args].join(' '));
  const hold = createCwmpSessions({
    ...{ fleet, target, now: () => NOW, connectionPerSession: false },
    credentialsOf: () => ({ username: 'user', password: 'secret' }),
    endsEarly: () => false,
    notesOf: () => more.notes,
    noted: () => undefined,
    orders: {
      download: order('download'),
      reboot: order('reboot'),
      factoryReset: order('factoryReset'),
      scheduleInform: order('scheduleInform'),
      setInterval: order('setInterval'),
    },
    messageSent: () => (fate) => fates.push(fate),
    ...more,
  });
  const shipment = createShipment('cwmp');
  shipment.retryCount = more.retryCount ?? 0;
  shipment.reports.push({ device: more.device ?? 0, dueMs: NOW, events: more.events ?? 0, inDoubt: false });
  return { requests, outcome: await hold(shipment), fates, orders };
}

describe('a CWMP session of the simulator', () => {
  it('is an Inform and an empty POST, with the cookies it was given', async () => {
    const { requests, outcome, fates } = await session([
      { body: INFORM_RESPONSE, headers: { 'set-cookie': 'session=abc; Path=/; HttpOnly' } },
    ]);
    expect(outcome).toEqual({ kind: 'accepted', rejected: [] });
    expect(requests).toHaveLength(2);
    expect(requests[0]!.body).toContain('<EventCode>2 PERIODIC</EventCode>');
    expect(requests[0]!.body).toContain('<RetryCount>0</RetryCount>');
    expect(requests[0]!.body).toContain(`<SerialNumber>${fleet.serialNumberOf(0)}</SerialNumber>`);
    expect(requests[0]!.headers).toMatchObject({ 'content-type': 'text/xml; charset=utf-8', soapaction: '' });
    expect(requests[1]).toMatchObject({ body: '', headers: { cookie: 'session=abc' } });
    expect(fates).toEqual(['acknowledged']);
  });

  it('answers a Digest challenge as RFC 7616 computes it, and a Basic one', async () => {
    const digest = 'Digest realm="cpemon", qop="auth", nonce="n1", opaque="o1", algorithm=MD5';
    const { requests } = await session([
      { status: 401, headers: { 'www-authenticate': digest } },
      { body: INFORM_RESPONSE },
    ]);
    const [, second, third] = requests;
    expect(second!.headers.authorization).toMatch(
      /^Digest username="user", realm="cpemon", nonce="n1", uri="\/cwmp".*nc=00000001.*opaque="o1"$/,
    );
    expect(third!.headers.authorization).toContain('nc=00000002');
    const basic = await session([
      { status: 401, headers: { 'www-authenticate': 'Basic realm="cpemon"' } },
      { body: INFORM_RESPONSE },
    ]);
    expect(basic.requests[1]!.headers.authorization).toBe(
      `Basic ${Buffer.from('user:secret').toString('base64')}`,
    );
    expect(basic.fates).toEqual(['acknowledged']);
  });

  it('gives up when its credentials are refused', async () => {
    const refusal = {
      status: 401,
      headers: { 'www-authenticate': 'Digest realm="r", qop="auth", nonce="same"' },
    };
    const { outcome, requests, fates } = await session([refusal, refusal]);
    expect(outcome).toMatchObject({ kind: 'refused', status: 401 });
    expect(requests).toHaveLength(2);
    expect(fates).toEqual(['not_taken']);
  });

  it('answers GetParameterValues with what its model has, and Fault 9005 to what it has not', async () => {
    const ask = (name: string): string =>
      soap(
        `<cwmp:GetParameterValues><ParameterNames><string>${name}</string></ParameterNames></cwmp:GetParameterValues>`,
      );
    const device = [...fleet.silence.keys()].find((index) => fleet.modelOf(index).envelope.header)!;
    const [parameter] = fleet.modelOf(device).parameters;
    const answers = [
      { body: INFORM_RESPONSE },
      { body: ask(parameter!.path) },
      { body: ask('Device.NoSuchThing') },
    ];
    const { requests, fates } = await session(answers, { device });
    expect(requests[2]!.body).toContain(`<Name>${parameter!.path}</Name>`);
    expect(requests[2]!.body).toMatch(/<cwmp:ID [^>]*>7</);
    expect(requests[3]!.body).toContain('<FaultCode>9005</FaultCode>');
    expect(fates).toEqual(['acknowledged', 'acknowledged']);
  });

  it('gives the ID of a request back, also where the model gives its own messages none', async () => {
    const device = Array.from({ length: fleet.size }, (_, index) => index).find(
      (index) => !fleet.modelOf(index).envelope.header,
    )!;
    const { requests } = await session(
      [
        { body: INFORM_RESPONSE },
        { body: soap('<cwmp:GetRPCMethods/>', '42') },
        { body: soap('<cwmp:Upload/>', '43') },
      ],
      { device },
    );
    expect(requests[0]!.body).not.toMatch(/<cwmp:ID/);
    expect(requests[2]!.body).toMatch(/<cwmp:ID [^>]*>42<\/cwmp:ID>/);
    expect(requests[3]!.body).toMatch(/<cwmp:ID [^>]*>43<\/cwmp:ID>.*Fault/s);
  });

  it('does as it is told and faults what it cannot', async () => {
    const { requests, orders } = await session([
      { body: INFORM_RESPONSE },
      { body: soap('<cwmp:Download><CommandKey>k&amp;1</CommandKey><URL>http://x</URL></cwmp:Download>') },
      { body: soap('<cwmp:Reboot><CommandKey>k2</CommandKey></cwmp:Reboot>') },
      {
        body: soap(
          '<cwmp:SetParameterValues><ParameterList><ParameterValueStruct>' +
            '<Name>Device.ManagementServer.PeriodicInformInterval</Name><Value>900</Value>' +
            '</ParameterValueStruct></ParameterList></cwmp:SetParameterValues>',
        ),
      },
      { body: soap('<cwmp:AddObject><ObjectName>Device.X.</ObjectName></cwmp:AddObject>') },
    ]);
    expect(orders).toEqual(['download 0 k&1', 'reboot 0 k2', 'setInterval 0 900']);
    expect(requests[2]!.body).toContain('DownloadResponse');
    expect(requests[5]!.body).toContain('<FaultCode>9000</FaultCode>');
  });

  it('tells of a finished download before it has nothing more to say', async () => {
    const times = { startTime: '2026-11-21T11:00:00Z', completeTime: '2026-11-21T11:01:00Z' };
    const { requests, fates } = await session(
      [{ body: INFORM_RESPONSE }, { body: soap('<cwmp:TransferCompleteResponse/>') }],
      {
        events: INFORM_EVENTS.transferComplete.bit | INFORM_EVENTS.download.bit,
        retryCount: 3,
        notes: {
          commandKeys: { 'M Download': 'k1' },
          transfers: [{ commandKey: 'k1', faultCode: 0, ...times }],
        },
      },
    );
    expect(requests[0]!.body).toContain('<EventCode>M Download</EventCode><CommandKey>k1</CommandKey>');
    expect(requests[0]!.body).toContain('<RetryCount>3</RetryCount>');
    expect(requests[1]!.body).toContain('<cwmp:TransferComplete><CommandKey>k1</CommandKey>');
    expect(requests[2]!.body).toBe('');
    expect(fates).toEqual(['acknowledged', 'acknowledged']);
  });

  it.each<[string, Answer, Partial<Outcome>, MessageFate]>([
    ['503', { status: 503, headers: { 'retry-after': '2' } }, { kind: 'refused', status: 503 }, 'not_taken'],
    ['500', { status: 500 }, { kind: 'refused', status: 500 }, 'in_doubt'],
    ['a redirect', { status: 302 }, { kind: 'refused', status: 302 }, 'not_taken'],
    ['HTML', { body: '<html>hello</html>' }, { kind: 'unanswered', reason: 'not_our_answer' }, 'in_doubt'],
    [
      'a Fault',
      {
        body: soap(
          '<soap:Fault><detail><cwmp:Fault><FaultCode>8005</FaultCode></cwmp:Fault></detail></soap:Fault>',
        ),
      },
      { kind: 'refused', status: 8005 },
      'not_taken',
    ],
  ])(
    'counts an Inform answered with %s by what may have become of it',
    async (_what, answer, outcome, fate) => {
      const ended = await session([answer]);
      expect(ended.outcome).toMatchObject(outcome);
      expect(ended.fates).toEqual([fate]);
    },
  );

  it('writes Informs of every model that have all that is needed', async () => {
    for (const model of BUILT_IN_MODELS) {
      const device = [...fleet.silence.keys()].find((index) => fleet.modelOf(index) === model);
      if (device === undefined) continue;
      const { requests } = await session([{ body: INFORM_RESPONSE }], { device });
      const { body } = requests[0]!;
      expect(body).toContain(`<OUI>${model.oui}</OUI>`);
      expect(body.match(/<ParameterValueStruct>/g)).toHaveLength(model.inform.length);
    }
  });
});
