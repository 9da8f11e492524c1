import { createTimingWheel } from './timing-wheel.js';

const popped = (wheel: ReturnType<typeof createTimingWheel>, until: number, limit = Infinity): number[] => {
  const ids: number[] = [];
  wheel.pop(until, limit, (id) => ids.push(id));
  return ids;
};

test('entries come out in the order of their seconds, once, when their second is over', () => {
  const wheel = createTimingWheel();
  wheel.add(1, 5500);
  wheel.add(2, 3000);
  wheel.add(3, 5999);
  expect(popped(wheel, 5999)).toEqual([2]);
  expect(popped(wheel, 6000)).toEqual([1, 3]);
  expect(popped(wheel, 1e12)).toEqual([]);
  expect(wheel.size()).toBe(0);
});

test('an entry for a time that is past comes out with the next look', () => {
  const wheel = createTimingWheel();
  wheel.add(1, 10_000);
  popped(wheel, 20_000);
  const bucket = wheel.add(2, 1000);
  expect(bucket).toBe(11);
  expect(popped(wheel, 20_000)).toEqual([2]);
});

test('an entry added while its bucket is visited waits for the next bucket and is not lost', () => {
  const wheel = createTimingWheel();
  wheel.add(1, 1000);
  const seen: number[] = [];
  wheel.pop(10_000, Infinity, (id, bucket) => {
    seen.push(id);
    if (bucket < 3) wheel.add(id + 1, 0);
  });
  expect(seen).toEqual([1, 2, 3]);
});

test('a limit leaves the rest for later', () => {
  const wheel = createTimingWheel();
  for (let id = 0; id < 10; id += 1) wheel.add(id, id * 1000);
  expect(popped(wheel, 100_000, 4)).toEqual([0, 1, 2, 3]);
  expect(wheel.size()).toBe(6);
  expect(popped(wheel, 100_000)).toEqual([4, 5, 6, 7, 8, 9]);
});

test('a limit stops within a second, and what comes for it later is not lost', () => {
  const wheel = createTimingWheel();
  for (let id = 0; id < 10; id += 1) wheel.add(id, 5000);
  expect(popped(wheel, 100_000, 4)).toEqual([0, 1, 2, 3]);
  wheel.add(10, 5500);
  wheel.add(11, 1000);
  expect(wheel.size()).toBe(8);
  expect(popped(wheel, 100_000, 3)).toEqual([4, 5, 6]);
  expect(popped(wheel, 100_000)).toEqual([7, 8, 9, 10, 11]);
  expect(wheel.size()).toBe(0);
});
