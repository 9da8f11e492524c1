import { createHash } from 'node:crypto';
import type { AuthOptions } from './auth-options.js';
import { challenges, judgeAuthorization } from './authorization.js';
import { credentialLines, readCredentials } from './credentials.js';
import { createNonces, NONCE_LIVES_MS } from './nonce.js';
import { createNonceUse } from './nonce-use.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const nonces = createNonces(['shared']);
const options: AuthOptions = {
  schemes: ['digest'],
  algorithms: ['MD5'],
  credentials: readCredentials(['fleet:secret', 'fleet:the one before', '*:every-device'], 'cpemon'),
  nonces,
};
const BASIC: AuthOptions = { ...options, schemes: ['basic'] };
const judge = (header: string | undefined, given: AuthOptions = options, nowMs = NOON) =>
  judgeAuthorization(header, 'POST', nowMs, given);
const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

interface Answer {
  user: string;
  password: string;
  realm: string;
  nonce: string;
  algorithm: 'md5' | 'sha256';
  uri: string;
  nc: string;
}
const USUAL: Answer = {
  ...{ user: 'fleet', password: 'secret', realm: 'cpemon', algorithm: 'md5', uri: '/cwmp', nc: '00000001' },
  nonce: nonces.make(NOON, 'abc'),
};

/** A header as RFC 2617 has it. */
function digest(given: Partial<Answer> = {}): string {
  const { user, password, realm, nonce, algorithm, uri, nc } = { ...USUAL, ...given };
  const ha1 = hex(algorithm, `${user}:${realm}:${password}`);
  const ha2 = hex(algorithm, `POST:${uri}`);
  const response = hex(algorithm, `${ha1}:${nonce}:${nc}:c0ffee:auth:${ha2}`);
  return (
    `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, ` +
    `cnonce="c0ffee", response="${response}"`
  );
}

test('the answer of RFC 2617 to its own challenge is right', () => {
  const rfc: AuthOptions = {
    ...options,
    credentials: readCredentials(['Mufasa:Circle Of Life'], 'testrealm@host.com'),
    nonces: { ...nonces, isLive: (nonce) => nonce === 'dcd98b7102dd2f0e8b11d0f600bfb0c093' },
  };
  const header =
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
    'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", ' +
    'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
  expect(judgeAuthorization(header, 'GET', NOON, rfc)).toEqual({ user: 'Mufasa' });
});

test('both answers of RFC 7616 to its challenge are right', () => {
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
  const rfc: AuthOptions = {
    ...options,
    algorithms: ['SHA-256', 'MD5'],
    credentials: readCredentials(['Mufasa:Circle of Life'], 'http-auth@example.org'),
    nonces: { ...nonces, isLive: () => true },
  };
  const header = (algorithm: string, response: string) =>
    `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=${algorithm}, ` +
    `nonce="${nonce}", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, ` +
    `response="${response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)
    expect(judgeAuthorization(header(algorithm, response), 'GET', NOON, rfc)).toEqual({ user: 'Mufasa' });
});

test('any live password of a user is right, and one of every device for any device name', () => {
  expect(judge(digest())).toEqual({ user: 'fleet' });
  expect(judge(digest({ password: 'the one before' }))).toEqual({ user: 'fleet' });
  expect(judge(digest({ user: '00259E-1', password: 'every-device' }))).toEqual({ user: '00259E-1' });
});

test.each<[string, Partial<Answer>]>([
  ['a wrong password', { password: 'guessed' }],
  ['an unknown user', { user: 'nobody' }],
  [
    'a user with the password of every device whose name is no device',
    { user: 'x', password: 'every-device' },
  ],
  ['another realm', { realm: 'elsewhere' }],
  ['an algorithm that is not offered', { algorithm: 'sha256' }],
])('%s is refused', (_name, given) => {
  expect(judge(digest(given))).toBe('invalid_credentials');
});

test('a nonce fits into the 32 characters that some CPEs keep of it', () => {
  expect(nonces.make(NOON, 'abcdefghijkl')).toHaveLength(32);
  expect(nonces.isLive(nonces.make(NOON, 'abcdefghijkl'), NOON)).toBe(true);
});

test('a nonce that is over or of nobody is stale when the answer to it is right', () => {
  expect(judge(digest(), options, NOON + NONCE_LIVES_MS)).toEqual({ user: 'fleet' });
  expect(judge(digest(), options, NOON + NONCE_LIVES_MS + 1)).toBe('stale_nonce');
  expect(judge(digest({ nonce: createNonces(['another']).make(NOON, 'abc') }))).toBe('stale_nonce');
  expect(judge(digest({ nonce: 'made-up' }))).toBe('stale_nonce');
  expect(judge(digest({ nonce: 'made-up', password: 'guessed' }))).toBe('invalid_credentials');
});

test('a nonce is known to every replica with the secret', () => {
  expect(judge(digest(), { ...options, nonces: createNonces(['shared']) })).toEqual({ user: 'fleet' });
});

test('a nonce of the secret before is right while that is the second one', () => {
  const changing = { ...options, nonces: createNonces(['new', 'shared']) };
  expect(judge(digest(), changing)).toEqual({ user: 'fleet' });
  expect(judge(digest({ nonce: changing.nonces.make(NOON, 'abc') }), changing)).toEqual({ user: 'fleet' });
  expect(judge(digest(), { ...options, nonces: createNonces(['new']) })).toBe('stale_nonce');
});

test('an old client that knows no qop is understood (RFC 2069)', () => {
  const { nonce } = USUAL;
  const response = hex('md5', `${hex('md5', 'fleet:cpemon:secret')}:${nonce}:${hex('md5', 'POST:/')}`);
  const header = `Digest username="fleet", realm="cpemon", nonce="${nonce}", uri="/", response="${response}"`;
  expect(judge(header)).toEqual({ user: 'fleet' });
});

test('quotes where there should be none, other orders, blanks and capitals do no harm', () => {
  const quoted = digest()
    .replace('qop=auth', 'qop="auth"')
    .replace('nc=00000001', 'nc = "00000001"')
    .replace('Digest ', 'digest   algorithm="md5" ,')
    .replace(/response="(\w+)"/, (_all, response: string) => `RESPONSE="${response.toUpperCase()}"`);
  expect(judge(quoted)).toEqual({ user: 'fleet' });
});

test.each([
  ['Digest'],
  ['Digest username="fleet"'],
  [digest().replace('qop=auth', 'qop=auth-int')],
  [digest().replace('Digest ', 'Digest algorithm=MD5-sess, ')],
  [`Digest ${'a=b,'.repeat(50_000)}`],
  [`Digest username="${'\\'.repeat(100_000)}`],
])('%.40s is refused', (header) => {
  expect(judge(header)).toBe('invalid_credentials');
});

test('no header, and a scheme that is not offered, are challenged', () => {
  expect(judge(undefined)).toBe('missing_credentials');
  expect(judge('Bearer abc')).toBe('missing_credentials');
  expect(judge(`Basic ${Buffer.from('fleet:secret').toString('base64')}`)).toBe('missing_credentials');
});

test.each([
  ['fleet:secret', { user: 'fleet' }],
  ['fleet:guessed', 'invalid_credentials'],
  ['nobody:secret', 'invalid_credentials'],
  ['fleet', 'invalid_credentials'],
  ['', 'invalid_credentials'],
])('Basic %s: %p', (text, expected) => {
  expect(judge(`Basic ${Buffer.from(text).toString('base64')}`, BASIC)).toEqual(expected);
});

test('with strict counts an answer is taken once', () => {
  const strict = { ...options, nonceUse: createNonceUse() };
  expect(judge(digest(), strict)).toEqual({ user: 'fleet' });
  expect(judge(digest(), strict)).toBe('stale_nonce');
  expect(judge(digest({ nc: '00000005' }), strict)).toEqual({ user: 'fleet' });
  expect(judge(digest({ nc: '00000004' }), strict)).toBe('stale_nonce');
});

test('a challenge has MD5 alone unless told, and says when only the nonce was wrong', () => {
  expect(challenges(options, false, () => 'n')).toEqual([
    'Digest realm="cpemon", qop="auth", algorithm=MD5, nonce="n"',
  ]);
  const wide: AuthOptions = { ...options, schemes: ['digest', 'basic'], algorithms: ['SHA-256', 'MD5'] };
  expect(challenges(wide, true, () => 'n')).toEqual([
    'Digest realm="cpemon", qop="auth", algorithm=SHA-256, nonce="n", stale=true',
    'Digest realm="cpemon", qop="auth", algorithm=MD5, nonce="n", stale=true',
    'Basic realm="cpemon"',
  ]);
});

test('a file of htdigest is taken, with comments and without its passwords', () => {
  const ha1 = hex('md5', 'fleet:cpemon:secret');
  const lines = credentialLines(`# fleet\r\n\r\nfleet:cpemon:${ha1.toUpperCase()}\n  other:with:colon \n`);
  const credentials = readCredentials(lines, 'cpemon');
  expect(credentials.ha1Of('fleet', 'MD5')).toEqual([ha1]);
  expect(credentials.ha1Of('fleet', 'SHA-256')).toEqual([]);
  expect(judge(digest(), { ...options, credentials })).toEqual({ user: 'fleet' });
  expect(judge(digest({ user: 'other', password: 'with:colon' }), { ...options, credentials })).toEqual({
    user: 'other',
  });
});

test('an entry without a password is refused without being shown', () => {
  for (const entry of ['secret-only', ':secret', 'user:'])
    expect(() => readCredentials(['a:b', entry], 'cpemon')).toThrow(/^entry 2 must be user:password$/);
});
