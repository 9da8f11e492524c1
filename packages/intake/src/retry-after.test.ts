import { createRetryAfter } from './retry-after.js';

/** Seconds given to the last of `refusals` refused for each taken call. */
function spreadAt(refusals: number, random: number): number {
  let now = 0;
  const retryAfter = createRetryAfter(
    () => now,
    () => random,
  );
  let seconds = 0;
  for (let call = 0; call < 100; call += 1) {
    now += 50;
    retryAfter.taken();
    for (let n = 0; n < refusals; n += 1) seconds = retryAfter.refused();
  }
  return seconds;
}

test('the spread of the retries grows with how many are refused for each that is taken, within bounds', () => {
  expect([0.2, 1, 3, 6, 50].map((refusals) => spreadAt(Math.ceil(refusals), 0.999))).toEqual([
    10, 10, 30, 60, 120,
  ]);
  expect(spreadAt(50, 0)).toBe(1);
});

test('those who are refused together are told different times', () => {
  const retryAfter = createRetryAfter();
  const told = new Set(Array.from({ length: 200 }, () => retryAfter.refused()));
  expect(told.size).toBeGreaterThan(20);
  expect(Math.min(...told)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...told)).toBeLessThanOrEqual(120);
});

test('an overload that is over is forgotten', () => {
  let now = 0;
  const retryAfter = createRetryAfter(
    () => now,
    () => 0.999,
  );
  for (let n = 0; n < 100; n += 1) retryAfter.refused();
  now = 30_000;
  for (let n = 0; n < 10; n += 1) retryAfter.taken();
  expect(retryAfter.refused()).toBe(5);
});
