import { readDeviceTime } from './device-time.js';

const NOW = Date.parse('2026-11-21T11:32:00.000Z');

test.each([
  ['RFC 3339 in UTC with milliseconds', '2026-11-21T11:31:58.250Z', '2026-11-21T11:31:58.250Z'],
  ['without a fraction', '2026-11-21T11:31:58Z', '2026-11-21T11:31:58.000Z'],
  ['with microseconds, which are cut', '2026-11-21T11:31:58.999999Z', '2026-11-21T11:31:58.999Z'],
  ['with an offset', '2026-11-21T12:31:58+01:00', '2026-11-21T11:31:58.000Z'],
  ['with an offset without a colon', '2026-11-21T06:01:58-0530', '2026-11-21T11:31:58.000Z'],
  ['a blank for the T, small z', '2026-11-21 11:31:58z', '2026-11-21T11:31:58.000Z'],
  ['a leap second', '2026-06-30T23:59:60Z', '2026-07-01T00:00:00.000Z'],
  ['29 February of a leap year', '2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ['epoch seconds', 1_795_260_718, '2026-11-21T11:31:58.000Z'],
  ['epoch seconds with a fraction', 1_795_260_718.25, '2026-11-21T11:31:58.250Z'],
  ['epoch milliseconds', 1_795_260_718_250, '2026-11-21T11:31:58.250Z'],
  ['epoch milliseconds as text', ' 1795260718250 ', '2026-11-21T11:31:58.250Z'],
  ['five minutes ahead', NOW + 300_000, '2026-11-21T11:37:00.000Z'],
  ['the first believable moment', '2015-01-01T00:00:00Z', '2015-01-01T00:00:00.000Z'],
])('reads %s', (_name, sent, time) => {
  expect(readDeviceTime(sent, NOW)).toEqual({ time });
});

test.each([
  ['1970-01-01T00:00:17Z', 'time_before_2015'],
  ['0001-01-01T00:00:00Z', 'time_before_2015'],
  ['2014-12-31T23:59:59.999Z', 'time_before_2015'],
  [0, 'time_before_2015'],
  [-5, 'time_before_2015'],
  [86_400, 'time_before_2015'],
  ['2099-01-01T00:00:00.000Z', 'time_ahead'],
  [NOW + 300_001, 'time_ahead'],
  [1e300, 'time_ahead'],
  ['2026-11-21T11:31:58', 'time_without_zone'],
  ['2026-02-30T10:00:00.000Z', 'time_unreadable'],
  ['2026-02-29T10:00:00.000Z', 'time_unreadable'],
  ['2026-04-31T10:00:00Z', 'time_unreadable'],
  ['2026-11-20T24:00:00.000Z', 'time_unreadable'],
  ['2026-13-01T10:00:00Z', 'time_unreadable'],
  ['2026-11-21T11:60:00Z', 'time_unreadable'],
  ['2026-11-21T11:00:00+24:00', 'time_unreadable'],
  ['yesterday', 'time_unreadable'],
  ['Sat, 21 Nov 2026 11:32:00 GMT', 'time_unreadable'],
  ['9'.repeat(30), 'time_unreadable'],
])('does not believe %p: %s, and keeps what was sent', (sent, dropped) => {
  expect(readDeviceTime(sent, NOW)).toEqual({ dropped, raw: String(sent) });
});

test('what is neither text nor number has no time', () => {
  for (const sent of [true, {}, ['2026-11-21T11:31:58Z']]) {
    expect(readDeviceTime(sent, NOW)).toEqual({ dropped: 'time_unreadable', raw: '' });
  }
});

test('a time that was not given is absent, not wrong', () => {
  for (const sent of [undefined, null, '', '  ']) expect(readDeviceTime(sent, NOW)).toBeUndefined();
});

test('the raw text kept is bounded', () => {
  expect(readDeviceTime('x'.repeat(100_000), NOW)).toEqual({
    dropped: 'time_unreadable',
    raw: 'x'.repeat(64),
  });
});
