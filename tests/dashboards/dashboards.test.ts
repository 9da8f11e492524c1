import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { allDashboards } from '../../grafana/src/dashboards/all-dashboards.js';
import { UIDS } from '../../grafana/src/model/dashboard-urls.js';
import { DATA_SOURCES, type Dashboard, type Panel } from '../../grafana/src/model/dashboard.js';
import { dashboardProblems } from './dashboard-problems.js';
import { REPOSITORY } from './source-modules.js';

const dashboards = Object.entries(allDashboards());
const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

const all = dashboards.map(([, dashboard]) => dashboard);

test.each(dashboards)(
  'dashboard %s asks, says what it shows, and leads where it should',
  (_file, dashboard) => {
    expect(dashboardProblems(dashboard, all)).toEqual([]);
  },
);

const broken = (change: (pipeline: Dashboard) => void): string[] => {
  const dashboard = allDashboards()['pipeline'] as Dashboard;
  change(dashboard);
  return dashboardProblems(dashboard, all);
};
const named = (dashboard: Dashboard, title: string): Panel =>
  dashboard.panels.find((panel) => panel.title === title) as Panel;

test.each<[string, (pipeline: Dashboard) => void, string]>([
  [
    'a unit',
    (pipeline) => (named(pipeline, 'Accepted and applied').fieldConfig!.defaults.unit = 'events'),
    'cpemon-pipeline / Accepted and applied: Grafana knows no unit events',
  ],
  [
    'the id of a data source',
    (pipeline) =>
      Object.assign(named(pipeline, 'Lanes').targets![0]!, { datasource: { type: 'mysql', uid: 'mysql' } }),
    'cpemon-pipeline / Lanes / A: there is no data source mysql',
  ],
  [
    'a link',
    (pipeline) =>
      (named(pipeline, 'Applied by kind').fieldConfig!.defaults.links = [{ title: 'x', url: '/d/gone?' }]),
    'cpemon-pipeline / Applied by kind: leads to the dashboard gone, which is not there',
  ],
  [
    'a variable that a link hands over',
    (pipeline) =>
      (named(pipeline, 'Backlog').fieldConfig!.defaults.links = [
        { title: 'x', url: '/d/cpemon-device?var-sn=1' },
      ]),
    'cpemon-pipeline / Backlog: hands over sn, which cpemon-device does not know',
  ],
  [
    'the place of a panel',
    (pipeline) => (named(pipeline, 'Writers').gridPos.x = 0),
    'cpemon-pipeline / Writers: lies over Oldest event that waits',
  ],
  [
    'the time of a rate',
    (pipeline) =>
      Object.assign(named(pipeline, 'Accepted and applied').targets![1]!, {
        expr: 'rate(cpemon_x_total[5m])',
      }),
    'cpemon-pipeline / Accepted and applied / B: takes a rate over a fixed time',
  ],
])('breaking %s is found, and the panel is named', (_what, change, problem) => {
  expect(broken(change)).toEqual([problem]);
});

test('dashboards have the ids that links know, once each', () => {
  expect(dashboards.map(([, { uid }]) => uid).sort()).toEqual(Object.values(UIDS).sort());
});

test('data sources are provisioned under the ids that panels ask for', () => {
  for (const file of ['grafana/provisioning/datasources/cpemon.yml', 'grafana/kubernetes-datasources.yml']) {
    const { datasources } = load(read(file)) as { datasources: { uid: string; type: string }[] };
    expect(datasources.map(({ uid, type }) => ({ uid, type }))).toEqual(Object.values(DATA_SOURCES));
  }
});

test('Kubernetes gets every dashboard, under the label that the sidecar looks for', () => {
  const { configMapGenerator } = load(read('grafana/kustomization.yaml')) as {
    configMapGenerator: { files: string[]; options: { labels: Record<string, string> } }[];
  };
  const labelled = configMapGenerator.filter(({ options }) => options.labels['grafana_dashboard'] === '1');
  expect(labelled.flatMap(({ files }) => files).sort()).toEqual(
    dashboards.map(([file]) => `dashboards/${file}.json`).sort(),
  );
});
