import { createRequestRates } from './request-rates.js';

test('so much at once, and then so much a second, for each by himself', () => {
  let now = 0;
  const rates = createRequestRates(() => now);
  const rate = { burst: 3, perSecond: 2 };
  expect([1, 2, 3].map(() => rates.waitSeconds('eva', rate))).toEqual([0, 0, 0]);
  expect(rates.waitSeconds('eva', rate)).toBeCloseTo(0.5);
  expect(rates.waitSeconds('max', rate)).toBe(0);
  now = 500;
  expect(rates.waitSeconds('eva', rate)).toBe(0);
  expect(rates.waitSeconds('eva', rate)).toBeGreaterThan(0);
  now = 60_000;
  expect([1, 2, 3, 4].map(() => rates.waitSeconds('eva', rate) === 0)).toEqual([true, true, true, false]);
});

test('many who ask are forgotten again', () => {
  const rates = createRequestRates(() => 0);
  const rate = { burst: 1, perSecond: 1 };
  for (let n = 0; n < 20_000; n += 1) rates.waitSeconds(`sender ${n}`, rate);
  expect(rates.waitSeconds('sender 0', rate)).toBe(0);
  expect(rates.waitSeconds('sender 19999', rate)).toBeGreaterThan(0);
});
