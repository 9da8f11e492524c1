import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { requireSignature, checkSignatureIfGiven } from '@cpemon/intake';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createAcsIngest } from '../app.js';

/**
 * The clients of the Go prototype (huangruidtu/cpemon-mvp) by what they put on the wire: its extension of GenieACS and its
 * demo script. Clients of our own, with the same headers in the same order.
 */
const SECRET = 'cpemon-demo-secret';

let probe: IntakeProbe;
let port: number;
let openPort: number;
beforeEach(async () => {
  probe = createIntakeProbe('acs-ingest', ['webhook']);
  const signed = requireSignature([SECRET]);
  port = Number(new URL(await probe.serve(createAcsIngest({ ...probe, authenticity: signed }))).port);
  const authenticity = checkSignatureIfGiven(signed);
  openPort = Number(new URL(await probe.serve(createAcsIngest({ ...probe, authenticity }))).port);
});
afterEach(() => probe.close());

interface Answer {
  status: number;
  headers: string;
  body: Record<string, unknown>;
}

/** Writes a request as it is and reads the answer up to the end of its body. */
function send(toPort: number, head: string[], body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(toPort, '127.0.0.1', () => {
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    });
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const [headers = '', rest] = text.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(headers)?.[1]);
      if (rest === undefined || !(rest.length >= length)) return;
      socket.destroy();
      const status = Number(headers.split(' ')[1]);
      resolve({ status, headers, body: JSON.parse(rest) as Record<string, unknown> });
    });
  });
}

/** Node's http client, as the extension uses it. */
function extension(payload: object, signature = ''): Promise<Answer> {
  const body = JSON.stringify(payload);
  const right = createHmac('sha256', SECRET).update(body).digest('hex');
  const head = [
    'POST /acs/webhook HTTP/1.1',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Cpemon-Signature: ${signature === '' ? right : signature}`,
    `Host: 127.0.0.1:${port}`,
    'Connection: keep-alive',
  ];
  return send(port, head, body);
}

/** curl, as the demo script uses it. */
function demoScript(body: string, more: string[] = []): Promise<Answer> {
  const head = [
    'POST /acs/webhook HTTP/1.1',
    `Host: 127.0.0.1:${openPort}`,
    'User-Agent: curl/7.81.0',
    'Accept: */*',
    'Content-Type: application/json',
    ...more,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return send(openPort, head, body);
}

test('the extension signs what it sends and gets 202 queued', async () => {
  const event = {
    sn: 'CPE-DEMO-001',
    event_ts: '2026-03-01T10:00:00.123Z',
    event: '2 PERIODIC',
    wan_ip: '10.0.0.13',
  };
  const { status, body } = await extension(event);
  expect([status, body['status']]).toEqual([202, 'queued']);
  expect(probe.appender.events).toMatchObject([
    {
      ...{ subject: 'CPE-DEMO-001', time: '2026-03-01T10:00:00.123Z' },
      data: { event_codes: ['2 PERIODIC'], attributes: { wan_ip: '10.0.0.13' } },
    },
  ]);
});

test('the extension with another secret gets 401', async () => {
  const { status, body } = await extension({ sn: 'A1' }, '0'.repeat(64));
  expect([status, body['code']]).toEqual([401, 'invalid_signature']);
  expect(probe.appender.events).toEqual([]);
});

test('the demo script, which does not sign, gets the answers that it prints where anyone may post', async () => {
  const event = '{"sn":"CPE-DEMO-OK","event_ts":"2026-03-01T10:00:00Z"}';
  expect(await demoScript(event)).toMatchObject({ status: 202, body: { status: 'queued' } });
  expect(await demoScript('this-is-not-json')).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
  expect(await demoScript('{"event_ts":"2026-03-01T10:00:00Z"}')).toMatchObject({
    ...{ status: 400, body: { code: 'missing_sn' } },
  });
  expect(await demoScript(event, ['X-Signature: deadbeef'])).toMatchObject({
    ...{ status: 401, body: { code: 'invalid_signature' } },
  });
});

test('a time that cannot be read is no reason to refuse', async () => {
  const { status } = await demoScript('{"sn":"CPE-DEMO-OK","event_ts":"yesterday"}');
  expect(status).toBe(202);
  expect(probe.appender.events[0]).toMatchObject({ data: { raw_time: 'yesterday' } });
});
