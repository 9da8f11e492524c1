import { windowTimes, type WrittenWindow } from './window-request.js';

const written: WrittenWindow = {
  ...{ isWeekly: false, startsAt: '2026-11-22T02:00', endsAt: '2026-11-22T04:00' },
  ...{ days: ['sun', 'mon'], from: '02:00', minutes: 240, timeZone: 'Europe/Berlin' },
};

test('a window is asked for in the time of the reader, or weekly in the time of its zone', () => {
  expect(windowTimes(written)).toEqual({
    times: {
      starts_at: new Date('2026-11-22T02:00').toISOString(),
      ends_at: new Date('2026-11-22T04:00').toISOString(),
    },
  });
  expect(windowTimes({ ...written, startsAt: '' })).toEqual({
    times: { ends_at: new Date('2026-11-22T04:00').toISOString() },
  });
  expect(windowTimes({ ...written, isWeekly: true })).toEqual({
    times: { weekly: { days: ['mon', 'sun'], from: '02:00', minutes: 240, time_zone: 'Europe/Berlin' } },
  });
});

test.each([
  [{ endsAt: '' }, /when it ends/],
  [{ endsAt: '2026-11-22T01:00' }, /after it begins/],
  [{ isWeekly: true, days: [] }, /day/],
  [{ isWeekly: true, from: '25:00' }, /02:00/],
  [{ isWeekly: true, minutes: 0 }, /1440/],
  [{ isWeekly: true, minutes: Number.NaN }, /1440/],
])('%j is told what is missing', (change, words) => {
  expect(windowTimes({ ...written, ...change }).problem).toMatch(words);
});
