import { createRateSampler } from './rate-sampler.js';

test('rates are those of the last ten seconds', () => {
  const sampler = createRateSampler();
  expect(sampler.rates()).toEqual({ acceptRate: null, drainRate: null });
  for (let second = 0; second <= 30; second += 1) {
    const accepted = second <= 15 ? second * 1000 : 15_000 + (second - 15) * 10;
    sampler.add({ at: second * 1000, accepted, applied: second * 5 });
  }
  expect(sampler.rates()).toEqual({ acceptRate: 10, drainRate: 5 });
});

test('a clock that goes back or a restored log starts afresh', () => {
  const sampler = createRateSampler();
  sampler.add({ at: 1000, accepted: 100, applied: 100 });
  sampler.add({ at: 2000, accepted: 50, applied: 50 });
  expect(sampler.rates().acceptRate).toBeNull();
  sampler.add({ at: 3000, accepted: 60, applied: 50 });
  expect(sampler.rates()).toEqual({ acceptRate: 10, drainRate: 0 });
});
