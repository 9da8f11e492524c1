import { FAULT_KINDS } from '../chaos/faults/catalogue.js';
import { planFaults } from '../chaos/faults/schedule.js';

const plan = (seed: number, minutes = 5) =>
  planFaults({ seed, durationMs: minutes * 60_000, everyMs: 3000, kinds: FAULT_KINDS });

test('a seed gives the same faults at the same times to the same targets', () => {
  expect(plan(7)).toEqual(plan(7));
  expect(plan(7)).not.toEqual(plan(8));
});

test('a longer run begins as a shorter one of the same seed', () => {
  const short = plan(3, 1);
  expect(plan(3, 5).slice(0, short.length)).toEqual(short);
});

test('five minutes of any seed hold more than 60 faults, and every kind once before any comes again', () => {
  for (const seed of [1, 2, 3]) {
    const kinds = plan(seed).map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThan(80);
    expect(new Set(kinds.slice(0, FAULT_KINDS.length)).size).toBe(FAULT_KINDS.length);
  }
});
