import { scheduleOf, shuffledNumbers } from './fleet-plan.js';

describe('a fleet plan', () => {
  it('sends every device once a round, in the same order each round', () => {
    const { deviceOf } = scheduleOf({ devices: 500, order: { seed: 3 }, startMs: 0, eventsPerMs: 1 });
    const round = Array.from({ length: 500 }, (_, n) => deviceOf(n));
    expect(new Set(round).size).toBe(500);
    expect(Math.min(...round)).toBe(1);
    expect(Math.max(...round)).toBe(500);
    expect(Array.from({ length: 500 }, (_, n) => deviceOf(500 + n))).toEqual(round);
  });

  it('gives the same order for the same seed only', () => {
    expect(shuffledNumbers(100, 5)).toEqual(shuffledNumbers(100, 5));
    expect(shuffledNumbers(100, 5)).not.toEqual(shuffledNumbers(100, 7));
  });

  it('never goes back in time', () => {
    const { timeOf } = scheduleOf({ devices: 10, order: 'by-number', startMs: 1000, eventsPerMs: 200 });
    expect(timeOf(0)).toBe(1000);
    expect(timeOf(199)).toBe(1000);
    expect(timeOf(200)).toBe(1001);
  });
});
