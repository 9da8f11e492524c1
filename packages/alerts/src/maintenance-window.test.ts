import { isInWindow, readWindow, type MaintenanceWindow } from './maintenance-window.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const weekly = (fields: object = {}): MaintenanceWindow => {
  const read = readWindow(
    {
      match: { olt: 'olt-3' },
      weekly: { days: ['sun'], from: '02:00', minutes: 240, time_zone: 'Europe/Berlin', ...fields },
    },
    NOW,
  );
  if (!('window' in read)) throw new Error(read.problems.join('; '));
  return { ...read.window, startsAt: 0 };
};
const at = (text: string) => Date.parse(text);

test('a weekly window keeps to the clocks of its time zone, in summer and in winter', () => {
  const window = weekly();
  // 02:00 in Berlin is 00:00 UTC in July and 01:00 UTC in December.
  expect(isInWindow(window, at('2026-07-05T00:00:00Z'))).toBe(true);
  expect(isInWindow(window, at('2026-07-04T23:59:00Z'))).toBe(false);
  expect(isInWindow(window, at('2026-12-06T00:30:00Z'))).toBe(false);
  expect(isInWindow(window, at('2026-12-06T01:00:00Z'))).toBe(true);
  expect(isInWindow(window, at('2026-12-06T05:00:00Z'))).toBe(false);
  expect(isInWindow(window, at('2026-12-07T02:00:00Z'))).toBe(false);
});

test('a window that begins before midnight goes on into the next day', () => {
  const window = weekly({ days: ['sat'], from: '23:00', minutes: 180, time_zone: 'UTC' });
  expect(isInWindow(window, at('2026-11-21T23:30:00Z'))).toBe(true);
  expect(isInWindow(window, at('2026-11-22T01:59:00Z'))).toBe(true);
  expect(isInWindow(window, at('2026-11-22T02:00:00Z'))).toBe(false);
  expect(isInWindow(window, at('2026-11-21T01:00:00Z'))).toBe(false);
});

test('a window that is planned once holds from its start to its end', () => {
  const window = { matchers: {}, startsAt: 100, endsAt: 200, weekly: null };
  expect([99, 100, 199, 200].map((time) => isInWindow(window, time))).toEqual([false, true, true, false]);
});

test.each([
  [{ match: { olt: 'a' } }, 'ends_at is needed'],
  [{ match: { olt: 'a' }, starts_at: '2026-11-22T00:00:00Z', ends_at: '2026-11-21T23:00:00Z' }, 'after'],
  [{ match: { olt: 'a' }, ends_at: '2026-11-20T00:00:00Z' }, 'is over'],
  [{ match: { olt: 'a' }, ends_at: '2027-11-20T00:00:00Z' }, '31 days'],
  [{ ends_at: '2026-11-22T00:00:00Z' }, 'match must name a label'],
  [{ match: { 'O L T': 'a' }, ends_at: '2026-11-22T00:00:00Z' }, 'no name of a label'],
  [{ match: { olt: 'a' }, weekly: { days: ['sunday'] } }, 'weekly.days'],
  [{ match: { olt: 'a' }, weekly: { days: ['sun'], from: '25:00', minutes: 0, time_zone: 'CEST!' } }, 'from'],
])('a window that cannot be is refused: %j', (written, problem) => {
  const read = readWindow(written, NOW);
  expect('problems' in read && read.problems.join('; ')).toContain(problem);
});
