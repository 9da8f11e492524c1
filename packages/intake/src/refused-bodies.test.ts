import { createRefusedBodies, KEEP_NO_BODIES, type RefusedBody } from './refused-bodies.js';

const SENT: RefusedBody = {
  path: 'cwmp',
  code: 'not_cwmp',
  detail: 'No method of CWMP.',
  contentType: 'text/xml',
  body: Buffer.from('<a/>'),
  address: '192.0.2.1',
};

function ringAt(most: number, characters = 1000) {
  let nowMs = Date.parse('2026-11-21T12:00:00Z');
  const ring = createRefusedBodies({ most, characters }, () => nowMs);
  return { ring, pass: (ms: number) => (nowMs += ms) };
}

test('a refused body is kept with what an operator needs to find its sender', () => {
  const { ring } = ringAt(5);
  ring.keep(SENT);
  expect(ring.list()).toEqual([
    {
      id: 1,
      at: '2026-11-21T12:00:00.000Z',
      path: 'cwmp',
      code: 'not_cwmp',
      detail: 'No method of CWMP.',
      address: '192.0.2.1',
      content_type: 'text/xml',
      content_encoding: '',
      bytes: 4,
      shown_as: 'parsed',
      is_cut: false,
      body: '<a></a>',
    },
  ]);
});

test('nothing is kept unless that was asked for', () => {
  const { ring } = ringAt(0);
  ring.keep(SENT);
  KEEP_NO_BODIES.keep(SENT);
  expect(ring.list()).toEqual([]);
});

test('no more is kept than the bound, and a frequent reason does not push out a rare one', () => {
  const { ring, pass } = ringAt(3);
  for (const code of ['invalid_xml', 'not_cwmp', 'not_cwmp', 'not_cwmp', 'not_cwmp'] as const) {
    ring.keep({ ...SENT, code });
    pass(1000);
  }
  expect(ring.list().map(({ id, code }) => [id, code])).toEqual([
    [1, 'invalid_xml'],
    [4, 'not_cwmp'],
    [5, 'not_cwmp'],
  ]);
});

test('a long body is cut after its secrets are gone', () => {
  const { ring } = ringAt(3, 300);
  ring.keep({ ...SENT, body: Buffer.from(`{"password":"${'s'.repeat(500)}","a":"${'b'.repeat(500)}"}`) });
  const [kept] = ring.list();
  expect(kept).toMatchObject({ is_cut: true, bytes: 1022 });
  expect(kept?.body).toHaveLength(300);
  expect(kept?.body).not.toContain('sss');
});

test('a flood of refusals is not kept, and the next quiet minute is', () => {
  const { ring, pass } = ringAt(100);
  for (let sent = 0; sent < 50; sent += 1) ring.keep(SENT);
  expect(ring.list()).toHaveLength(10);
  expect(ring.passedOver()).toBe(40);
  pass(60_000);
  ring.keep(SENT);
  expect(ring.list()).toHaveLength(11);
});

test('a body is kept for a day at most, and goes earlier when its device is erased', () => {
  const { ring, pass } = ringAt(5);
  ring.keep({ ...SENT, body: Buffer.from('<a>SN-17</a>') });
  pass(60_000);
  ring.keep({ ...SENT, body: Buffer.from('<a>SN-18</a>') });
  expect(ring.forget('SN-18')).toBe(1);
  expect(ring.forget('SN-18')).toBe(0);
  expect(ring.list().map(({ id }) => id)).toEqual([1]);
  pass(24 * 3_600_000 - 60_001);
  expect(ring.list()).toHaveLength(1);
  pass(2);
  expect(ring.list()).toEqual([]);
});
