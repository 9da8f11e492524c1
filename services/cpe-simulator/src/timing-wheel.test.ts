import { createRandom } from './seeded-random.js';
import { createTimingWheel } from './timing-wheel.js';

describe('the timing wheel', () => {
  it('fires every item once, not before its time and no later than the advance that reaches it', () => {
    const random = createRandom(7);
    const startMs = 1_800_000_000_000;
    const times = Array.from({ length: 500 }, () => startMs + Math.floor(random() * 300_000));
    const wheel = createTimingWheel(times.length, startMs);
    times.forEach((atMs, item) => wheel.schedule(item, atMs));
    const firedAt = new Map<number, number>();
    for (let nowMs = startMs; nowMs <= startMs + 300_000; nowMs += 1 + Math.floor(random() * 40)) {
      wheel.advance(nowMs, (item, atMs) => {
        expect(firedAt.has(item)).toBe(false);
        expect(atMs).toBe(times[item]);
        expect(atMs).toBeLessThanOrEqual(nowMs);
        expect(nowMs - atMs).toBeLessThan(41);
        firedAt.set(item, nowMs);
      });
    }
    wheel.advance(startMs + 300_000, (item) => firedAt.set(item, 0));
    expect(firedAt.size).toBe(times.length);
  });

  it('lets an item schedule itself again while it fires', () => {
    const wheel = createTimingWheel(1, 0);
    wheel.schedule(0, 100);
    const fired: number[] = [];
    for (let nowMs = 0; nowMs <= 1000; nowMs += 10) {
      wheel.advance(nowMs, (item, atMs) => {
        fired.push(atMs);
        wheel.schedule(item, atMs + 250);
      });
    }
    expect(fired).toEqual([100, 350, 600, 850]);
  });

  it('moves an item that waits already, and makes room for more', () => {
    const wheel = createTimingWheel(3, 0);
    for (const item of [0, 1, 2]) wheel.schedule(item, 100);
    wheel.schedule(1, 300);
    wheel.schedule(0, 50);
    wheel.resize(5);
    wheel.schedule(4, 100);
    const fired: [number, number][] = [];
    for (let nowMs = 0; nowMs <= 1000; nowMs += 10)
      wheel.advance(nowMs, (item, atMs) => fired.push([item, atMs]));
    expect(fired.sort()).toEqual([
      [0, 50],
      [1, 300],
      [2, 100],
      [4, 100],
    ]);
  });

  it('reaches everything that fell due during a long halt', () => {
    const wheel = createTimingWheel(1000, 0);
    for (let item = 0; item < 1000; item++) wheel.schedule(item, item * 100);
    const fired = new Set<number>();
    wheel.advance(10 * 3_600_000, (item) => fired.add(item));
    expect(fired.size).toBe(1000);
  });
});
