import { alignLines, gapSeconds, lonelyReadings, type DrawnPoint } from './align-lines.js';

const at = (t: number, mean = t): DrawnPoint => ({ t, min: mean - 1, mean, max: mean + 1 });

test('where nothing was read the line breaks', () => {
  const points = [at(0), at(60), at(120), at(600), at(660)];
  const gap = gapSeconds(points, 10, 60);
  expect(alignLines([{ points, gapSeconds: gap }])).toEqual({
    times: [0, 60, 120, 360, 600, 660],
    lines: [
      {
        mean: [0, 60, 120, null, 600, 660],
        min: [-1, 59, 119, null, 599, 659],
        max: [1, 61, 121, null, 601, 661],
      },
    ],
  });
});

test('one report that is lost is no gap, and the moments of another line break none', () => {
  const every = [at(0), at(60), at(180), at(240)];
  const other = [at(30), at(90)];
  const gap = gapSeconds(every, 10, 60);
  const { times, lines } = alignLines([
    { points: every, gapSeconds: gap },
    { points: other, gapSeconds: gap },
  ]);
  expect(times).toEqual([0, 30, 60, 90, 180, 240]);
  expect(lines.map(({ mean }) => mean)).toEqual([
    [0, undefined, 60, undefined, 180, 240],
    [undefined, 30, undefined, 90, undefined, undefined],
  ]);
});

test('a metric that is reported less often than the device reports has the rhythm of its own', () => {
  const points = [at(0), at(900), at(1800), at(2700), at(9000)];
  expect(gapSeconds(points, 10, 60)).toBe(2250);
  expect(gapSeconds([], 10, null)).toBe(25);
});

test('nothing to draw is an empty chart', () => {
  expect(alignLines([{ points: [], gapSeconds: 1 }])).toEqual({
    times: [],
    lines: [{ mean: [], min: [], max: [] }],
  });
});

test('a reading with gaps around it is marked, since no line shows it', () => {
  expect(lonelyReadings([1, null, 2, undefined, null, 3, undefined, 4, null, 5])).toEqual([0, 2, 9]);
  expect(lonelyReadings([1])).toEqual([0]);
  expect(lonelyReadings([1, undefined, 2])).toEqual([]);
});
