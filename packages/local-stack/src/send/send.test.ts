import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { runVerb } from '../cli.js';

interface Request {
  headers: IncomingMessage['headers'];
  body: Buffer;
}
interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

let folder: string;
let server: Server;
let requests: Request[];
let reply: (request: Request, index: number) => Reply;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-send-'));
  requests = [];
  reply = () => ({ status: 204 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = { headers: request.headers, body: Buffer.concat(chunks) };
      requests.push(received);
      const { status, headers = {}, body = '' } = reply(received, requests.length - 1);
      response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

async function send(args: string[], environment: NodeJS.ProcessEnv = {}) {
  let out = '';
  let err = '';
  const code = await runVerb(['send', '--url', url, ...args], {
    ...{ repository: folder, environment },
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { code, out, err };
}

const envelope = (body: string, id = 'captured'): string =>
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">' +
  `<s:Header><cwmp:ID s:mustUnderstand="1">${id}</cwmp:ID></s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const parameter = (name: string, value: string): string =>
  `<ParameterValueStruct><Name>${name}</Name><Value>${value}</Value></ParameterValueStruct>`;
const INFORM = envelope(
  '<cwmp:Inform><DeviceId><Manufacturer>M</Manufacturer><OUI>00259E</OUI><ProductClass>P</ProductClass>' +
    '<SerialNumber>S1</SerialNumber></DeviceId><Event><EventStruct><EventCode>2 PERIODIC</EventCode><CommandKey/></EventStruct></Event>' +
    '<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>2026-11-21T12:00:00Z</CurrentTime><RetryCount>0</RetryCount>' +
    `<ParameterList>${parameter('Device.A', '1')}</ParameterList></cwmp:Inform>`,
);
const VALUES = envelope(
  `<cwmp:GetParameterValuesResponse><ParameterList>${parameter('Device.B', '2')}</ParameterList></cwmp:GetParameterValuesResponse>`,
);
const question = (id: string, name: string): Reply => ({
  status: 200,
  body: envelope(
    `<cwmp:GetParameterValues><ParameterNames><string>${name}</string></ParameterNames></cwmp:GetParameterValues>`,
    id,
  ),
});
const INFORM_RESPONSE: Reply = {
  status: 200,
  headers: { 'Set-Cookie': 'session=abc; Path=/' },
  body: envelope('<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>'),
};

test('as a CPE: the challenge is answered, the cookie kept, and the session ends with the empty POST', async () => {
  reply = ({ headers, body }) => {
    if (headers.authorization === undefined) {
      return { status: 401, headers: { 'WWW-Authenticate': 'Digest realm="r", qop="auth", nonce="n"' } };
    }
    return body.length > 0 ? INFORM_RESPONSE : { status: 204 };
  };
  const { code, out } = await send([file('inform.xml', INFORM)], {
    CPEMON_SEND_USER: 'cpe',
    CPEMON_SEND_PASSWORD: 'pw',
  });
  expect(out).toMatch(
    /\(challenge\) +401 +Digest asked for\ninform\.xml +200 +InformResponse\n\(empty\) +204\n$/,
  );
  expect(code).toBe(0);
  expect(requests.map(({ body }) => body.length)).toEqual([INFORM.length, INFORM.length, 0]);
  expect(requests[1]?.headers.authorization).toMatch(/^Digest username="cpe".* nc=00000001/);
  expect(requests[2]?.headers).toMatchObject({ cookie: 'session=abc' });
  expect(requests[2]?.headers.authorization).toContain('nc=00000002');
});

test('as a CPE: a question is answered with what was captured, then with its values, then with a Fault', async () => {
  const replies = [
    INFORM_RESPONSE,
    question('q1', 'Device.B'),
    question('q2', 'Device.A'),
    question('q3', 'Device.Unknown'),
    { status: 204 },
  ];
  reply = (_request, index) => replies[index]!;
  const { code } = await send([file('inform.xml', INFORM), file('values.xml', VALUES)]);
  expect(code).toBe(0);
  const sent = requests.map(({ body }) => body.toString());
  expect(sent[2]).toBe(VALUES.replace('captured', 'q1'));
  expect(sent[3]).toContain('q2</cwmp:ID>');
  expect(sent[3]).toContain('<Name>Device.A</Name><Value xsi:type="xsd:string">1</Value>');
  expect(sent[4]).toMatch(/q3<\/cwmp:ID>.*<FaultCode>9005</);
});

test('a refusal ends the session, is shown with its code, and so is the exit code', async () => {
  reply = () => ({ status: 400, body: JSON.stringify({ code: 'invalid_xml', detail: 'It is torn.' }) });
  const { code, out, err } = await send([file('torn.xml', '<a>')]);
  expect(out).toMatch(/torn\.xml +400 +invalid_xml +It is torn\.\n$/);
  expect(err).toContain('1 of the answers is a refusal');
  expect(code).toBe(1);
  expect(requests).toHaveLength(1);
});

test('a SOAP Fault in a 200 is a refusal', async () => {
  const fault =
    '<cwmp:Fault><FaultCode>8003</FaultCode><FaultString>Invalid arguments</FaultString></cwmp:Fault>';
  reply = () => ({ status: 200, body: envelope(`<s:Fault><detail>${fault}</detail></s:Fault>`) });
  const { code, out } = await send([file('inform.xml', INFORM)]);
  expect(out).toContain('fault_8003  Fault 8003: Invalid arguments');
  expect(code).toBe(1);
});

test('bytes go out as they are, gzip and charset included, in order and as often as asked', async () => {
  const latin = Buffer.from(INFORM.replace('>M<', '>Café<'), 'latin1');
  const { code } = await send([
    ...[file('a.xml.gz', gzipSync(latin)), file('b.xml', latin)],
    ...['--as', 'mirror', '--times', '2'],
  ]);
  expect(code).toBe(0);
  expect(requests).toHaveLength(4);
  const [zipped, plain] = requests;
  expect(zipped?.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped!.body)).toEqual(latin);
  expect(plain?.body).toEqual(latin);
  expect(plain?.headers['content-encoding']).toBeUndefined();
  expect(plain?.headers.cookie).toBe(zipped?.headers.cookie);
  expect(requests[2]?.headers.cookie).not.toBe(zipped?.headers.cookie);
});

test('JSON goes out as a signed webhook, and a batch with rejected events is a refusal', async () => {
  reply = () => ({
    status: 202,
    body: '{"status":"queued","accepted":1,"rejected":[{"index":1,"reason":"missing_sn"}]}',
  });
  const { code } = await send([file('events.json', '[{"sn":"A"},{}]')], { CPEMON_SEND_SECRET: 'secret' });
  expect(code).toBe(1);
  expect(requests[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
  });
});

test('--json prints every answer whole', async () => {
  let out = '';
  await runVerb(['--json', 'send', '--url', url, file('inform.xml', INFORM)], {
    ...{ repository: folder, environment: {} },
    out: (text) => (out += text),
    err: () => undefined,
  });
  expect(JSON.parse(out)).toMatchObject([
    { sent: 'inform.xml', status: 204 },
    { sent: '(empty)', status: 204 },
  ]);
});
