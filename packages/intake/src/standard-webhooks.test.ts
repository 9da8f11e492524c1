import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isRefusal } from '@cpemon/contracts';
import { requireSignature, requireTokenOrSignature, type Authenticity } from './authenticity.js';

/** The example of the specification. */
const EXAMPLE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  body: Buffer.from('{"test": 2432232314}'),
  seconds: 1614265330,
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
};
const { body, headers } = EXAMPLE;

/** Whether a request is let in, or the code that it is refused with. */
function judge(authenticity: Authenticity, given: IncomingHttpHeaders, bytes = body): string {
  const verdict = authenticity(given);
  if (verdict === 'allowed') return 'allowed';
  if (isRefusal(verdict)) return verdict.code;
  return verdict.bodyMustMatch(bytes) ? 'allowed' : verdict.otherwise.code;
}
const checkAt =
  (seconds: number, secrets = [EXAMPLE.secret]) =>
  (given: IncomingHttpHeaders, bytes = body) =>
    judge(requireSignature(secrets, { nowMs: () => seconds * 1000 }), given, bytes);
const check = checkAt(EXAMPLE.seconds);
const signed = (key: Buffer | string, bytes = body): IncomingHttpHeaders => ({
  ...headers,
  'webhook-signature': `v1,${createHmac('sha256', key).update(`${headers['webhook-id']}.${EXAMPLE.seconds}.`).update(bytes).digest('base64')}`,
});

test("the specification's example is right", () => {
  expect(check(headers)).toBe('allowed');
  expect(check(headers, Buffer.from('{"test": 2432232315}'))).toBe('invalid_signature');
});

test('id and timestamp are signed as well', () => {
  expect(check({ ...headers, 'webhook-id': 'msg_other' })).toBe('invalid_signature');
  expect(check({ ...headers, 'webhook-timestamp': '1614265331' })).toBe('invalid_signature');
});

test('one right signature of several is enough, whatever versions stand beside it', () => {
  const right = headers['webhook-signature'];
  const wrong = `v1,${Buffer.alloc(32).toString('base64')}`;
  expect(check({ ...headers, 'webhook-signature': `${wrong} v1a,abc ${right}` })).toBe('allowed');
  expect(check({ ...headers, 'webhook-signature': `${wrong} ${wrong}` })).toBe('invalid_signature');
  const many = `${Array.from({ length: 16 }, () => wrong).join(' ')} ${right}`;
  expect(check({ ...headers, 'webhook-signature': many })).toBe('invalid_signature');
});

test.each([
  ['no id', { 'webhook-id': undefined }],
  ['an empty id', { 'webhook-id': '' }],
  ['an id with a blank', { 'webhook-id': 'a b' }],
  ['an id of 256 characters', { 'webhook-id': 'x'.repeat(256) }],
  ['no timestamp', { 'webhook-timestamp': undefined }],
  ['a timestamp that is a date', { 'webhook-timestamp': '2021-02-25T15:02:10Z' }],
  ['a negative timestamp', { 'webhook-timestamp': '-1' }],
  ['another version alone', { 'webhook-signature': 'v2,abc' }],
  ['a signature that is too short', { 'webhook-signature': 'v1,abcd' }],
  ['a signature in hex', { 'webhook-signature': `v1,${'ab'.repeat(32)}` }],
  ['an empty signature', { 'webhook-signature': '' }],
])('%s is no signature', (_name, more) => {
  expect(check({ ...headers, ...more })).toBe('invalid_signature');
});

test('a timestamp may be five minutes off either way, and no more', () => {
  for (const off of [-300, 300]) expect(checkAt(EXAMPLE.seconds + off)(headers)).toBe('allowed');
  for (const off of [-301, 301]) expect(checkAt(EXAMPLE.seconds + off)(headers)).toBe('invalid_timestamp');
  const strict = requireSignature([EXAMPLE.secret], {
    ...{ toleranceSeconds: 10, nowMs: () => (EXAMPLE.seconds + 11) * 1000 },
  });
  expect(judge(strict, headers)).toBe('invalid_timestamp');
});

test('a plain secret signs by its text, and by its bytes where it is base64', () => {
  const plain = 'a-webhook-secret';
  expect(checkAt(EXAMPLE.seconds, [plain])(signed(plain))).toBe('allowed');
  const base64 = Buffer.from('twenty-four random bytes').toString('base64');
  const checkBase64 = checkAt(EXAMPLE.seconds, [base64]);
  expect(checkBase64(signed(base64))).toBe('allowed');
  expect(checkBase64(signed(Buffer.from(base64, 'base64')))).toBe('allowed');
  expect(checkBase64(signed('another'))).toBe('invalid_signature');
});

test('every live secret signs', () => {
  const both = checkAt(EXAMPLE.seconds, ['new', EXAMPLE.secret]);
  expect(both(headers)).toBe('allowed');
  expect(both(signed('new'))).toBe('allowed');
});

test('a Standard Webhooks signature that is wrong is not made good by an older one', () => {
  const hex = createHmac('sha256', EXAMPLE.secret).update(body).digest('hex');
  expect(check({ 'x-signature': hex })).toBe('allowed');
  expect(check({ ...headers, 'webhook-id': 'msg_other', 'x-signature': hex })).toBe('invalid_signature');
});

test('where the scheme is the standard one alone, the older signature counts for nothing', () => {
  const hex = createHmac('sha256', EXAMPLE.secret).update(body).digest('hex');
  const standard = requireSignature([EXAMPLE.secret], {
    ...{ scheme: 'standard', nowMs: () => EXAMPLE.seconds * 1000 },
  });
  expect(judge(standard, headers)).toBe('allowed');
  expect(judge(standard, { 'x-signature': hex })).toBe('invalid_signature');
});

test('heartbeats may be signed in the same way in place of a token', () => {
  const nowMs = () => EXAMPLE.seconds * 1000;
  const either = requireTokenOrSignature(['t'], requireSignature([EXAMPLE.secret], { nowMs }));
  expect(judge(either, { authorization: 'Bearer t' })).toBe('allowed');
  expect(judge(either, headers)).toBe('allowed');
  expect(judge(either, { ...headers, 'webhook-id': 'other' })).toBe('invalid_signature');
  expect(judge(either, {})).toBe('missing_token');
  expect(judge(requireTokenOrSignature(['t'], []), headers)).toBe('missing_token');
});
