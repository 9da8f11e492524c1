import { digestIsDue, isWithinBudget } from './notification-budget.js';

const MINUTE = 60_000;

test('of a storm of 500 alerts in 10 minutes only as many are told one by one as an hour allows', () => {
  const sentAt: number[] = [];
  let held = 0;
  for (let n = 0; n < 500; n += 1) {
    const at = n * 1200;
    if (isWithinBudget(sentAt, at, { perHour: 30 })) sentAt.push(at);
    else held += 1;
  }
  expect([sentAt.length, held]).toEqual([30, 470]);
  expect(isWithinBudget(sentAt, 59 * MINUTE, { perHour: 30 })).toBe(false);
  expect(isWithinBudget(sentAt, 61 * MINUTE, { perHour: 30 })).toBe(true);
});

test('what was held back is told together an hour after the first of it', () => {
  const heldAt = [10 * MINUTE, 40 * MINUTE];
  expect(digestIsDue(heldAt, 69 * MINUTE)).toBe(false);
  expect(digestIsDue(heldAt, 70 * MINUTE)).toBe(true);
  expect(digestIsDue([], 1e12)).toBe(false);
});
