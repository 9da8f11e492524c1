import { medianInterval } from './median-interval.js';

test('of ten values the second from each end hold the median with 98 % confidence', () => {
  const { median, from, to, confidence } = medianInterval([10, 1, 9, 2, 8, 3, 7, 4, 6, 5]);
  expect([median, from, to]).toEqual([5.5, 2, 9]);
  expect(confidence).toBeCloseTo(1 - (2 * 11) / 1024, 10);
});

test('of few values the ends are told, and how sure they are', () => {
  expect(medianInterval([3])).toEqual({ median: 3, from: 3, to: 3, confidence: 0 });
  expect(medianInterval([1, 2, 3, 4])).toMatchObject({ from: 1, to: 4, confidence: 0.875 });
});
