import { declaredMetrics } from '../../grafana/src/contract/declared-metrics.js';
import { catalogueOf, seriesNames, type Catalogue } from '../../grafana/src/contract/metric-catalogue.js';
import { allDashboards } from '../../grafana/src/dashboards/all-dashboards.js';
import { matchersOfQuery, metricsOfQuery } from '../../grafana/src/query/metrics-of-query.js';
import { isPrometheus, queriesOfDashboard } from '../../grafana/src/query/queries-of-dashboard.js';
import { RULE_FILES } from '../../grafana/src/rules/all-rules.js';
import { loadSource } from './source-modules.js';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await catalogueOf(await declaredMetrics(loadSource));
});

const rules = Object.values(RULE_FILES)
  .flat()
  .flatMap((group) => group.rules);
const recorded = rules.flatMap((rule) => ('record' in rule ? [rule.record] : []));

/** Every expression with the words that name it. */
const expressions: { name: string; expr: string }[] = [
  ...rules.map((rule) => ({ name: 'record' in rule ? rule.record : rule.alert, expr: rule.expr })),
  ...Object.values(allDashboards())
    .flatMap(queriesOfDashboard)
    .flatMap(({ name, target }) => (isPrometheus(target) ? [{ name, expr: target.expr }] : [])),
];

test('rules and dashboards ask for metrics that are declared or recorded, and for no others', () => {
  const known = new Set([...catalogue.metrics.flatMap(seriesNames), ...recorded, 'ALERTS', 'up']);
  const unknown = expressions.flatMap(({ name, expr }) =>
    metricsOfQuery(expr).flatMap((metric) => (known.has(metric) ? [] : [`${name}: ${metric}`])),
  );
  expect(unknown).toEqual([]);
});

test('what is recorded is asked for', () => {
  const asked = new Set(
    expressions.flatMap(({ name, expr }) => metricsOfQuery(expr).filter((each) => each !== name)),
  );
  expect(recorded.filter((name) => !asked.has(name))).toEqual([]);
});

test('they compare labels that these metrics have, with values that occur', () => {
  const byName = new Map(
    catalogue.metrics.flatMap((metric) => seriesNames(metric).map((name) => [name, metric])),
  );
  const wrong = expressions.flatMap(({ name, expr }) =>
    matchersOfQuery(expr).flatMap(({ metric, label, operator, value }) => {
      const declared = byName.get(metric);
      if (declared === undefined || value.startsWith('$')) return [];
      const values =
        label === 'le'
          ? declared.buckets?.map(String)
          : declared.labels[label === 'exported_job' ? 'job' : label];
      const wanted = operator.endsWith('~') ? value.split('|') : [value];
      return wanted
        .filter((each) => values?.includes(each) !== true)
        .map((each) => `${name}: ${metric} has no ${label}="${each}"`);
    }),
  );
  expect(wrong).toEqual([]);
});
