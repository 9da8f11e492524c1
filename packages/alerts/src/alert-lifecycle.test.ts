import { advanceAlert, type AlertProgress } from './alert-lifecycle.js';

const MINUTE = 60_000;
const TOLERANCE = { forMs: 10 * MINUTE, recoveryMs: 2 * MINUTE };
const pending = (startedAt = 0): AlertProgress => ({
  ...{ state: 'pending', startedAt, clearSince: null },
  ...{ firedAt: null, endedAt: null, resolvedAt: null },
});

/** @param gone since when the condition holds no longer at each minute; null: it holds */
function follow(gone: (minute: number) => number | null, minutes: number): string[] {
  let alert: AlertProgress | null = pending();
  const seen: string[] = [];
  for (let minute = 0; minute <= minutes && alert !== null; minute += 1) {
    const before: AlertProgress = alert;
    alert = advanceAlert(before, gone(minute), minute * MINUTE, TOLERANCE);
    if (alert?.state !== before.state) seen.push(`${alert?.state ?? 'gone'} at ${minute}`);
  }
  return seen;
}

test('it fires once its condition has held for the tolerance, and not a moment before', () => {
  expect(follow(() => null, 30)).toEqual(['firing at 10']);
});

test('what ends within the tolerance has never been an alert', () => {
  expect(follow((minute) => (minute >= 9 ? 9 * MINUTE : null), 30)).toEqual(['gone at 9']);
});

test('it ends when its condition has been gone for the recovery time, with the true end', () => {
  expect(follow((minute) => (minute >= 20 ? 19.5 * MINUTE : null), 30)).toEqual([
    'firing at 10',
    'resolved at 22',
  ]);
  const fired: AlertProgress = { ...pending(), state: 'firing', firedAt: 10 * MINUTE };
  const waiting = advanceAlert(fired, 19.5 * MINUTE, 20 * MINUTE, TOLERANCE)!;
  expect(advanceAlert(waiting, 19.5 * MINUTE, 22 * MINUTE, TOLERANCE)).toMatchObject({
    endedAt: 19.5 * MINUTE,
    resolvedAt: 22 * MINUTE,
  });
});

test('a device that comes and goes within the recovery time keeps its one alert', () => {
  const gone = (minute: number) => (minute > 12 && minute % 2 === 1 ? minute * MINUTE : null);
  expect(follow(gone, 60)).toEqual(['firing at 10']);
});

test('a condition that was found late fires at once, with its true start', () => {
  const found = advanceAlert(pending(0), null, 45 * MINUTE, TOLERANCE);
  expect(found).toMatchObject({ state: 'firing', startedAt: 0, firedAt: 45 * MINUTE });
});
