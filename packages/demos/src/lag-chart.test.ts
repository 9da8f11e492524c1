import { compact, lagChart } from './lag-chart.js';
import { lagPicture } from './lag-picture.js';
import type { Reading } from './reading.js';

const reading = (atSeconds: number, lagEvents: number): Reading => ({
  ...{ atSeconds, lagEvents, oldestSeconds: 0, etaSeconds: 0, acceptRate: 0, drainRate: 0 },
  ...{ online: 1, degraded: 0, stale: 0, offline: 0, unknown: 0, parkedDevices: 0, answered: true },
});
const hill = [0, 0, 500, 1000, 500, 0].map((lag, index) => reading(index * 10, lag));

test('the chart is as high as its largest value and as long as its time', () => {
  const lines = lagChart(hill, { width: 6, height: 2 });
  expect(lines).toEqual(['   1000 │   █  ', '      0 │  ███ ', '        └────── 50 s']);
});

test('a chart of nothing is empty, not an error', () => {
  expect(lagChart([])).toHaveLength(7);
  expect(lagChart([reading(0, 0)]).join('')).not.toMatch(/[▁-█]/);
});

test('the picture names its phases and escapes what it is given', () => {
  const picture = lagPicture('a < b & c', hill, [{ name: 'calm', fromSeconds: 0, toSeconds: 20 }]);
  expect(picture).toContain('a &#60; b &#38; c');
  expect(picture).toContain('>calm</text>');
  expect(picture).toMatch(/^<svg [^>]+>[\s\S]+<\/svg>\n$/);
});

test('counts are short', () => {
  expect([999, 9999, 12_345, 12_345_678].map(compact)).toEqual(['999', '9999', '12k', '12M']);
});
