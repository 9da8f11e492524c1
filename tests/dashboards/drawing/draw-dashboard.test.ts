import { allDashboards } from '../../../grafana/src/dashboards/all-dashboards.js';
import { drawDashboard } from './draw-dashboard.js';
import type { PanelData } from './panel-data.js';
import { unitText } from './unit-text.js';

test('every panel of every dashboard is in its picture, with what was found and without', () => {
  for (const dashboard of Object.values(allDashboards())) {
    const found: PanelData = {
      kind: 'series',
      series: [
        {
          name: '0.1',
          points: [
            [1_700_000_000, 3],
            [1_700_000_015, Number.NaN],
            [1_700_000_030, 5],
          ],
        },
      ],
    };
    for (const data of [
      new Map<number, PanelData>(),
      new Map(dashboard.panels.map(({ id }) => [id, found])),
    ]) {
      const picture = drawDashboard(dashboard, data);
      expect(picture).toContain('</svg>');
      expect(picture).not.toMatch(/NaN|undefined|Infinity/);
      for (const { title } of dashboard.panels.filter(({ title }) => title.length < 12))
        expect(picture).toContain(title.replaceAll('&', '&amp;'));
    }
  }
});

test.each([
  [0.0123, 's', '12.3 ms'],
  [90, 's', '1.5 min'],
  [12_345, 'short', '12.3 k'],
  [0.5, 'percentunit', '50 %'],
  [3 * 1024 ** 3, 'bytes', '3 GiB'],
  [98.7, 'ops', '98.7/s'],
  [Number.NaN, 's', '–'],
  [-27.4, 'dBm', '-27.4 dBm'],
])('%p %s is written %s', (value, unit, words) => {
  expect(unitText(value, unit)).toBe(words);
});
