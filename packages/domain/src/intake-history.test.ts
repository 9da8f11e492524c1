import { gapsBetween, provenUntil, united, type IntakeGap } from './intake-history.js';

const gap = (startedAt: number, endedAt: number, open?: true): IntakeGap => ({
  ...{ startedAt, endedAt },
  ...(open && { open }),
});

test('gaps of intake and silences of the source are one, where they overlap', () => {
  const intake = {
    acceptedAt: 100_000,
    gaps: [gap(10, 20), gap(50, 60)],
    silences: [gap(15, 30), gap(70, 80)],
  };
  expect(gapsBetween(intake, 0, 100)).toEqual([gap(10, 30), gap(50, 60), gap(70, 80)]);
  expect(gapsBetween(intake, 35, 65)).toEqual([gap(50, 60)]);
});

test('a silence that lasts is an open gap up to the moment that is asked for', () => {
  const intake = { acceptedAt: 100_000, gaps: [gap(10, 20)], silences: [gap(15, Infinity, true)] };
  expect(gapsBetween(intake, 0, 100)).toEqual([gap(10, 100, true)]);
  expect(united([], [gap(15, Infinity, true)], 40)).toEqual([gap(15, 40, true)]);
});

test('what is not decided yet is not proven, though the path accepted', () => {
  expect(provenUntil({ acceptedAt: 100, gaps: [], decidedUntil: 90 })).toBe(90);
  expect(provenUntil({ acceptedAt: 100, gaps: [] })).toBe(100);
  expect(provenUntil({ acceptedAt: null, gaps: [], decidedUntil: 90 })).toBeNull();
});
