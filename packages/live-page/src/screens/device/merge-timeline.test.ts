import { mergeTimeline } from './merge-timeline.js';

const row = (type: string, second: number) => ({
  ...{ type, data: { from: 'a' } },
  at: new Date(second * 1000).toISOString(),
});

test('pages that overlap are one list, the newest first', () => {
  const merged = mergeTimeline(
    [row('boot', 5), row('boot', 3)],
    [row('boot', 9), row('boot', 5), row('fault', 5)],
  );
  expect(merged.map(({ type, at }) => [type, Date.parse(at) / 1000])).toEqual([
    ['boot', 9],
    ['boot', 5],
    ['fault', 5],
    ['boot', 3],
  ]);
});
