import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredMetrics } from '../../grafana/src/contract/declared-metrics.js';
import { catalogueOf, MOST_SERIES, type Catalogue } from '../../grafana/src/contract/metric-catalogue.js';
import { madeFiles } from '../../grafana/src/made-files.js';
import { loadSource, REPOSITORY } from './source-modules.js';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await catalogueOf(await declaredMetrics(loadSource));
});

test('dashboards, rules, their tests and the list of metrics are what their sources make (npm run write:observability)', () => {
  const stale = Object.entries(madeFiles(catalogue)).filter(([path, content]) => {
    const file = join(REPOSITORY, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
  expect(stale.map(([path]) => path)).toEqual([]);
});

test('a replica has a number of series that does not grow with the fleet', () => {
  for (const count of Object.values(catalogue.series)) {
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(MOST_SERIES);
  }
});

test('every label has its values from the start, but for the build', () => {
  const open = catalogue.metrics
    .filter(({ runtime }) => !runtime)
    .filter(({ labels }) => Object.values(labels).some((values) => values.length === 0));
  expect(open.map(({ name }) => name)).toEqual(['cpemon_build_info']);
});
