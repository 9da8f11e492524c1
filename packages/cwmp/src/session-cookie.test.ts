import { createSessionCookies, type CwmpSession } from './session-cookie.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const SESSION: CwmpSession = {
  id: 'a1b2',
  ...{ serialNumber: '00259E-1', oui: '00259E', productClass: 'EG8145V5', manufacturer: 'Huawei' },
  namespace: 'urn:dslforum-org:cwmp-1-0',
  time: '2026-01-01T11:59:30.250Z',
};
const cookies = createSessionCookies(['a-shared-secret'], 60_000);
const sent = (setCookie: string): string => setCookie.split(';')[0]!;

test('any replica with the secret reads the session back', () => {
  const header = cookies.write(SESSION, NOON);
  expect(header).toMatch(/^session=[\w-]+; Path=\/; HttpOnly$/);
  const replica = createSessionCookies(['a-shared-secret'], 60_000);
  expect(replica.read(sent(header), NOON + 59_000)).toEqual({ session: SESSION });
});

test('the step of a session is kept', () => {
  const later = { ...SESSION, step: 'abc' };
  expect(cookies.read(sent(cookies.write(later, NOON)), NOON)).toEqual({ session: later });
});

test('a session that rests too long is over', () => {
  const cookie = sent(cookies.write(SESSION, NOON));
  expect(cookies.read(cookie, NOON + 60_001)).toEqual({ refused: 'expired' });
});

test('a cookie of another secret, and one that was changed, are forged', () => {
  const cookie = sent(cookies.write(SESSION, NOON));
  expect(createSessionCookies(['another'], 60_000).read(cookie, NOON)).toEqual({ refused: 'forged' });
  for (let at = 'session='.length; at < cookie.length - 1; at += 7) {
    const changed = `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`;
    expect(cookies.read(changed, NOON)).toEqual({ refused: 'forged' });
  }
  expect(cookies.read('session=', NOON)).toEqual({ refused: 'forged' });
  expect(cookies.read(`session=${'é'.repeat(40)}`, NOON)).toEqual({ refused: 'forged' });
});

test('a secret is changed without the end of a session: the first signs, both are believed', () => {
  const before = createSessionCookies(['the-old-one'], 60_000);
  const between = createSessionCookies(['the-new-one', 'the-old-one'], 60_000);
  const after = createSessionCookies(['the-new-one'], 60_000);
  expect(between.read(sent(before.write(SESSION, NOON)), NOON)).toEqual({ session: SESSION });
  expect(after.read(sent(between.write(SESSION, NOON)), NOON)).toEqual({ session: SESSION });
  expect(after.read(sent(before.write(SESSION, NOON)), NOON)).toEqual({ refused: 'forged' });
});

test('other cookies, quotes and the old $Version do no harm', () => {
  const value = sent(cookies.write(SESSION, NOON)).slice('session='.length);
  for (const header of [
    `lb=3; session=${value}; x`,
    `$Version="1"; session="${value}"; $Path="/"`,
    `session=old; session=${value}`,
  ])
    expect([header, cookies.read(header, NOON)]).toEqual([header, { session: SESSION }]);
  expect(cookies.read('lb=3; sessions=1', NOON)).toBe('none');
  expect(cookies.read(undefined, NOON)).toBe('none');
});

test('a cookie has at most 512 bytes, whatever the device is called', () => {
  const wide = {
    ...SESSION,
    serialNumber: '9'.repeat(64),
    productClass: '界'.repeat(64),
    manufacturer: '界'.repeat(64),
    step: 'a'.repeat(16),
  };
  const cookie = sent(cookies.write(wide, NOON));
  expect(cookie.length).toBeLessThanOrEqual(512);
  const read = cookies.read(cookie, NOON);
  expect(read).toMatchObject({ session: { productClass: wide.productClass, step: wide.step } });
});

test('a line end in a name cannot shift the fields', () => {
  const odd = { ...SESSION, productClass: 'a\nb', manufacturer: 'x\ny' };
  expect(cookies.read(sent(cookies.write(odd, NOON)), NOON)).toEqual({
    session: { ...odd, productClass: 'a b', manufacturer: 'x y' },
  });
});
