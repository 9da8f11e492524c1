import { createSampler, SAMPLERS } from './sampler.js';
import type { TraceContext } from './trace-context.js';

const parent = (sampled: boolean, traceId = 'a'.repeat(32)): TraceContext => ({
  ...{ traceId, spanId: 'b'.repeat(16), sampled },
});

test.each([
  ['always_on', [true, true, true]],
  ['always_off', [false, false, false]],
  ['parentbased_always_on', [true, true, false]],
  ['parentbased_always_off', [false, true, false]],
] as const)('%s: a trace that begins here, one that is recorded, one that is not', (name, expected) => {
  const sampler = createSampler({ name, ratio: 0.5 });
  expect([sampler(undefined), sampler(parent(true)), sampler(parent(false))]).toEqual(expected);
});

test('a ratio records that part of what begins here', () => {
  for (const name of ['traceidratio', 'parentbased_traceidratio'] as const) {
    let turn = 0;
    const sampler = createSampler({ name, ratio: 0.25 }, () => (turn++ % 100) / 100);
    const recorded = Array.from({ length: 100 }, () => sampler(undefined)).filter(Boolean);
    expect([name, recorded.length]).toEqual([name, 25]);
  }
});

test('traceidratio believes no sender and decides the same of a trace everywhere', () => {
  const sampler = createSampler({ name: 'traceidratio', ratio: 0.5 });
  const low = 'f'.repeat(18) + '3'.repeat(14);
  const high = '0'.repeat(17) + '1' + 'c'.repeat(14);
  expect([sampler(parent(false, low)), sampler(parent(true, high))]).toEqual([true, false]);
});

test('at the ends a ratio records all or nothing', () => {
  for (const name of SAMPLERS.filter((each) => each.endsWith('ratio'))) {
    expect(createSampler({ name, ratio: 0 }, () => 0)(undefined)).toBe(false);
    expect(createSampler({ name, ratio: 1 }, () => 0.999_999)(undefined)).toBe(true);
  }
});
