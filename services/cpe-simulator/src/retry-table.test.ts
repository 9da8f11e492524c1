import { DEFAULT_RETRY_POLICY, retryWaitMs } from './retry-table.js';

describe('the TR-069 retry table', () => {
  it.each([
    [1, 5, 10],
    [2, 10, 20],
    [3, 20, 40],
    [4, 40, 80],
    [5, 80, 160],
    [6, 160, 320],
    [7, 320, 640],
    [8, 640, 1280],
    [9, 1280, 2560],
    [10, 2560, 5120],
    [11, 2560, 5120],
    [5000, 2560, 5120],
  ])('after failure %d waits from %d to %d seconds', (retryCount, from, to) => {
    expect(retryWaitMs(retryCount, 0, DEFAULT_RETRY_POLICY)).toBe(from * 1000);
    expect(retryWaitMs(retryCount, 0.5, DEFAULT_RETRY_POLICY)).toBe(((from + to) / 2) * 1000);
    expect(retryWaitMs(retryCount, 0.999999, DEFAULT_RETRY_POLICY)).toBeLessThan(to * 1000);
  });

  it('follows m and k', () => {
    expect(retryWaitMs(3, 0, { minimumWaitMs: 1000, multiplier: 3000 })).toBe(9000);
    expect(retryWaitMs(3, 0.9, { minimumWaitMs: 1000, multiplier: 1000 })).toBe(1000);
  });
});
