import { restartDelayMs } from './restart-delay.js';

test('the first failure waits 1 s, each further one twice as long, and never more than 30 s', () => {
  const delays: number[] = [];
  let delay: number | null = null;
  for (let failure = 0; failure < 7; failure++) {
    delay = restartDelayMs(delay, 100);
    delays.push(delay);
  }
  expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('after a minute of running well the next failure waits 1 s again', () => {
  expect(restartDelayMs(16_000, 59_999)).toBe(30_000);
  expect(restartDelayMs(16_000, 60_000)).toBe(1000);
});
