import type { Dashboard, MySqlTarget, PrometheusTarget, Target } from '../model/dashboard.js';

/** A query with the words that name it: dashboard, panel, letter. */
export interface NamedQuery {
  name: string;
  /** Type of the panel, or what else asks. */
  from: string;
  target: Target;
}

export const isPrometheus = (target: Target): target is PrometheusTarget =>
  target.datasource.type === 'prometheus';
export const isMySql = (target: Target): target is MySqlTarget => target.datasource.type === 'mysql';

/** Every query of a dashboard: of panels, variables and annotations. */
export function queriesOfDashboard(dashboard: Dashboard): NamedQuery[] {
  const panels = dashboard.panels.flatMap(({ title, type, targets = [] }) =>
    targets.map((target) => ({ name: `${dashboard.uid} / ${title} / ${target.refId}`, from: type, target })),
  );
  const variables = dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => ({
      ...{ name: `${dashboard.uid} / variable ${name}`, from: 'variable' },
      target: mysqlTarget(query),
    }));
  const annotations = dashboard.annotations.list.map(({ name, expr, target }) => ({
    ...{ name: `${dashboard.uid} / annotation ${name}`, from: 'annotation' },
    target: target ?? prometheusTarget(expr ?? ''),
  }));
  return [...panels, ...variables, ...annotations];
}

const mysqlTarget = (rawSql: string): MySqlTarget => ({
  ...{ datasource: { type: 'mysql', uid: 'cpemon-mysql' }, refId: 'A', rawQuery: true, editorMode: 'code' },
  ...{ format: 'table', rawSql },
});

const prometheusTarget = (expr: string): PrometheusTarget => ({
  ...{ datasource: { type: 'prometheus', uid: 'cpemon-prometheus' }, refId: 'A', expr, legendFormat: '' },
  ...{ format: 'time_series', instant: false, range: true },
});
