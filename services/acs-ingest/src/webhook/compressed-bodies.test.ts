import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { WEBHOOK_BODY_BYTES } from '@cpemon/contracts';
import { fixedSecrets, requireSignature } from '@cpemon/intake';
import { informXml } from '../../../../tests/support/cwmp-bodies.js';
import { eventually } from '../../../../tests/support/eventually.js';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createAcsIngest } from '../app.js';

const SECRET = 'a-webhook-secret';
const PLAIN = Buffer.from(
  JSON.stringify({
    sn: 'A1',
    event_ts: new Date().toISOString(),
    event: '2 PERIODIC',
    note: 'x'.repeat(300),
  }),
);
const GZIP = gzipSync(PLAIN);

let probe: IntakeProbe;
let url: string;
beforeEach(async () => {
  probe = createIntakeProbe('acs-ingest', ['webhook']);
  const authenticity = requireSignature(fixedSecrets([SECRET]));
  url = await probe.serve(createAcsIngest({ ...probe, authenticity }));
});
afterEach(() => probe.close());

const sign = (body: Buffer): string => createHmac('sha256', SECRET).update(body).digest('hex');

/** Posts a signed body and tells what it is answered with. */
async function post(body: Buffer, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${url}/acs/webhook`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json', 'x-signature': sign(body), ...headers },
  });
  const { code = 'queued' } = (await answer.json()) as { code?: string };
  expect(await probe.counter(`cpemon_ingest_requests_total{path="webhook",code="${code}"}`)).toBe(1);
  const refused = code === 'queued' ? 0 : 1;
  const reason = `cpemon_ingest_refused_total{path="webhook",reason="${code}"}`;
  if (refused === 1) expect(await probe.counter(reason)).toBe(1);
  expect(probe.appender.events).toHaveLength(1 - refused);
  return `${answer.status} ${code}`;
}

const QUEUED = '202 queued';
const INVALID = '400 invalid_encoding';
const says = (encoding: string) => ({ 'content-encoding': encoding });
const bomb = gzipSync(Buffer.alloc(WEBHOOK_BODY_BYTES + 1, 0x20));

test.each<[string, Buffer, Record<string, string>, string]>([
  ['gzip', GZIP, says('gzip'), QUEUED],
  ['gzip by its older name, in capitals', GZIP, says('X-GZIP'), QUEUED],
  ['deflate', deflateSync(PLAIN), says('deflate'), QUEUED],
  ['deflate without its wrapper', deflateRawSync(PLAIN), says('deflate'), QUEUED],
  ['two encodings', deflateSync(GZIP), says('gzip, deflate'), QUEUED],
  ['no encoding, in so many words', PLAIN, says('identity'), QUEUED],
  ['gzip announced over plain bytes', PLAIN, says('gzip'), QUEUED],
  ['gzip over which nothing is said', GZIP, {}, QUEUED],
  ['deflate announced over gzip', GZIP, says('deflate'), QUEUED],
  ['an encoding that is not known', GZIP, says('br'), '415 unsupported_encoding'],
  ['four encodings', GZIP, says('gzip,gzip,gzip,gzip'), '415 unsupported_encoding'],
  ['gzip that is cut short', GZIP.subarray(0, -9), says('gzip'), INVALID],
  ['the first bytes of gzip', GZIP.subarray(0, 2), says('gzip'), INVALID],
  ['gzip with a wrong checksum', corrupted(GZIP), says('gzip'), INVALID],
  ['gzip over bytes that are neither', Buffer.alloc(200, 0x02), says('gzip'), INVALID],
  ['deflate that is cut short', deflateSync(PLAIN).subarray(0, -6), says('deflate'), INVALID],
  ['a bomb', bomb, says('gzip'), '413 body_too_large'],
  ['a bomb over which nothing is said', bomb, {}, '413 body_too_large'],
  ['a bomb in a bomb', gzipSync(bomb), says('gzip, gzip'), '413 body_too_large'],
  ['gzip of what is no JSON', gzipSync(PLAIN.subarray(0, 40)), says('gzip'), '400 invalid_json'],
])('%s', async (_name, body, headers, answer) => {
  expect(await post(body, headers)).toBe(answer);
});

function corrupted(gzip: Buffer): Buffer {
  const copy = Buffer.from(gzip);
  copy.writeUInt32LE((copy.readUInt32LE(copy.length - 8) ^ 1) >>> 0, copy.length - 8);
  return copy;
}

test('the signature is of the bytes as they came', async () => {
  expect(await post(GZIP, { ...says('gzip'), 'x-signature': sign(PLAIN) })).toBe('401 invalid_signature');
});

test('nothing is inflated for who has not signed', async () => {
  expect(await post(bomb, { ...says('gzip'), 'x-signature': sign(PLAIN) })).toBe('401 invalid_signature');
});

test('an envelope may be compressed too', async () => {
  expect(await post(gzipSync(informXml()), { ...says('gzip'), 'content-type': 'text/xml' })).toBe(QUEUED);
  expect(probe.appender.events).toMatchObject([{ type: 'cpemon.inform.v1', subject: 'CPE-1' }]);
});

test('the same body is the same event, compressed or not', async () => {
  for (const body of [PLAIN, GZIP]) {
    await fetch(`${url}/acs/webhook`, { method: 'POST', body, headers: { 'x-signature': sign(body) } });
  }
  const [one, other] = probe.appender.events;
  expect(other?.id).toBe(one?.id);
});

test('a length that lies: longer is an abort, shorter is cut short', async () => {
  const send = (length: number) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const head =
      `POST /acs/webhook HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: ${length}\r\n` +
      `X-Signature: ${sign(GZIP.subarray(0, length))}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), GZIP]));
    return socket;
  };
  const counted = (code: string) =>
    eventually(
      `${code} is counted`,
      async () => (await probe.counter(`cpemon_ingest_requests_total{path="webhook",code="${code}"}`)) === 1,
    );
  const shorter = send(GZIP.length - 10);
  await counted('invalid_encoding');
  shorter.destroy();
  const longer = send(GZIP.length + 10);
  await new Promise((resolve) => setTimeout(resolve, 50));
  longer.destroy();
  await counted('aborted');
  expect(probe.appender.events).toEqual([]);
});
