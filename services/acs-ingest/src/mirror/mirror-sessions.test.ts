import type { SessionDevice } from '@cpemon/cwmp';
import { createMirrorSessions } from './mirror-sessions.js';

const device = (serialNumber: string): SessionDevice => ({
  ...{ serialNumber, oui: '00259E', productClass: 'HG8245' },
});
const [A, B, C] = ['A', 'B', 'C'].map(device) as [SessionDevice, SessionDevice, SessionDevice];

function setUp(limits = { sessions: 10, idleMs: 1000 }) {
  const state = { now: 0 };
  return { state, sessions: createMirrorSessions(() => state.now, limits) };
}

test('a session is found by its connection first, then by the cookie that came with the answer, on any connection', () => {
  const { sessions } = setUp();
  sessions.begin({ client: '192.0.2.1 1000' }, A);
  expect(sessions.find({ client: '192.0.2.1 1000', cookie: 's1' })).toBe(A);
  expect(sessions.find({ client: '192.0.2.1 2000', cookie: 's1' })).toBe(A);
  expect(sessions.find({ client: '192.0.2.1 2000' })).toBe(A);
  expect(sessions.find({ cookie: 's1' })).toBe(A);
  expect(sessions.find({ client: '192.0.2.1 3000', cookie: 's2' })).toBeUndefined();
  expect(sessions.find({})).toBeUndefined();
});

test('devices behind one address are told apart by port', () => {
  const { sessions } = setUp();
  sessions.begin({ client: '192.0.2.1 1000' }, A);
  sessions.begin({ client: '192.0.2.1 2000' }, B);
  expect(sessions.find({ client: '192.0.2.1 1000' })).toBe(A);
  expect(sessions.find({ client: '192.0.2.1 2000' })).toBe(B);
});

test('the newest Inform on a connection says whose it is', () => {
  const { sessions } = setUp();
  sessions.begin({ client: '192.0.2.1 1000' }, A);
  sessions.begin({ client: '192.0.2.1 1000' }, B);
  expect(sessions.find({ client: '192.0.2.1 1000' })).toBe(B);
});

test('a device that comes back with an old cookie goes on with its session', () => {
  const { sessions } = setUp();
  sessions.begin({ client: '192.0.2.1 1000', cookie: 's1' }, A);
  const later = { ...A, time: '2026-11-21T10:00:00.000Z' };
  sessions.begin({ client: '192.0.2.1 2000', cookie: 's1' }, later);
  expect(sessions.find({ cookie: 's1' })).toBe(later);
  expect(sessions.find({ client: '192.0.2.1 1000' })).toBe(later);
  expect(sessions.size()).toBe(1);
});

test("a load balancer's cookie, which many devices show, joins nothing; their connections do", () => {
  const { sessions } = setUp();
  sessions.begin({ client: '192.0.2.1 1', cookie: 'node=1' }, A);
  sessions.begin({ client: '192.0.2.2 1', cookie: 'node=1' }, B);
  expect(sessions.find({ cookie: 'node=1' })).toBeUndefined();
  expect(sessions.find({ client: '192.0.2.1 1', cookie: 'node=1' })).toBe(A);
  expect(sessions.find({ client: '192.0.2.2 1', cookie: 'node=1' })).toBe(B);
});

test('where cookie and connection contradict each other, nothing is joined, and later devices are', () => {
  const { sessions } = setUp();
  sessions.begin({ client: '192.0.2.1 1' }, A);
  expect(sessions.find({ client: '192.0.2.1 1', cookie: 'node=1' })).toBe(A);
  sessions.begin({ client: '192.0.2.2 1' }, B);
  expect(sessions.find({ client: '192.0.2.2 1', cookie: 'node=1' })).toBeUndefined();
  expect(sessions.find({ cookie: 'node=1' })).toBeUndefined();
  sessions.begin({ client: '192.0.2.3 1' }, C);
  expect(sessions.find({ client: '192.0.2.3 1', cookie: 'node=1' })).toBe(C);
  expect(sessions.find({ client: '192.0.2.1 1' })).toBe(A);
});

test('a session is forgotten when nothing was heard of it for long enough', () => {
  const { state, sessions } = setUp();
  sessions.begin({ client: '192.0.2.1 1', cookie: 's1' }, A);
  state.now = 900;
  expect(sessions.find({ cookie: 's1' })).toBe(A);
  state.now = 1800;
  expect(sessions.find({ client: '192.0.2.1 1' })).toBe(A);
  state.now = 2801;
  expect(sessions.find({ cookie: 's1' })).toBeUndefined();
  expect(sessions.find({ client: '192.0.2.1 1' })).toBeUndefined();
  expect(sessions.size()).toBe(0);
});

test('beyond the limit the session that was used the longest ago goes', () => {
  const { sessions } = setUp({ sessions: 2, idleMs: 1000 });
  sessions.begin({ client: 'a 1' }, A);
  sessions.begin({ client: 'b 1' }, B);
  expect(sessions.find({ client: 'a 1' })).toBe(A);
  sessions.begin({ client: 'c 1' }, C);
  expect(sessions.find({ client: 'b 1' })).toBeUndefined();
  expect(sessions.find({ client: 'a 1' })).toBe(A);
  for (let n = 0; n < 1000; n += 1) {
    sessions.begin({ client: `a ${n}`, cookie: `k ${n}` }, A);
    sessions.find({ client: `a ${n}`, cookie: `other ${n}` });
  }
  expect(sessions.size()).toBe(2);
});

test('one session holds a few keys, however often its cookie changes', () => {
  const { sessions } = setUp();
  sessions.begin({ client: 'a 1' }, A);
  for (let n = 0; n < 100; n += 1) expect(sessions.find({ client: 'a 1', cookie: `k ${n}` })).toBe(A);
  expect(sessions.find({ cookie: 'k 0' })).toBeUndefined();
  expect(sessions.find({ cookie: 'k 99' })).toBe(A);
});
