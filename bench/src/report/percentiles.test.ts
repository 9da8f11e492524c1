import { median, percentile, summarise } from './percentiles.js';

describe('percentile', () => {
  it('is always one of the samples, by nearest rank', () => {
    const samples = [10, 20, 30, 40];
    expect(percentile(samples, 0.5)).toBe(20);
    expect(percentile(samples, 0.51)).toBe(30);
    expect(percentile(samples, 0.95)).toBe(40);
    expect(percentile(samples, 1)).toBe(40);
    expect(percentile(samples, 0)).toBe(10);
  });

  it('finds the 950th of a thousand', () => {
    const samples = Array.from({ length: 1000 }, (_, index) => index + 1);
    expect(percentile(samples, 0.95)).toBe(950);
    expect(percentile(samples, 0.99)).toBe(990);
  });

  it('refuses no samples', () => {
    expect(() => percentile([], 0.5)).toThrow('no samples');
  });
});

describe('summarise', () => {
  it('sorts by value, not by text, and leaves its input alone', () => {
    const samples = [100, 9, 20];
    expect(summarise(samples)).toEqual({ p50: 20, p95: 100, p99: 100, max: 100 });
    expect(samples).toEqual([100, 9, 20]);
  });

  it('says NaN when nothing was measured', () => {
    expect(summarise([]).p95).toBeNaN();
  });
});

describe('median', () => {
  it('is the middle of an odd number and the mean of the middle two of an even one', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow('no values');
  });
});
