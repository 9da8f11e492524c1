import type { RowDataPacket } from 'mysql2';
import type { Panel } from '../../../grafana/src/model/dashboard.js';
import { expandPromQl, expandSql, type VariableValues } from '../../../grafana/src/query/grafana-macros.js';
import { isMySql, isPrometheus } from '../../../grafana/src/query/queries-of-dashboard.js';
import type { QuerySources } from '../execute-query.js';

export interface DrawnSeries {
  name: string;
  /** Epoch seconds and values, in order. */
  points: [number, number][];
}

/** What the queries of a panel found. */
export type PanelData =
  { kind: 'series'; series: DrawnSeries[] } | { kind: 'table'; columns: string[]; rows: unknown[][] };

/** Runs the queries of a panel as Grafana does. */
export async function readPanel(
  { targets = [] }: Panel,
  values: VariableValues,
  { prometheus, database, shown }: QuerySources,
): Promise<PanelData> {
  const series: DrawnSeries[] = [];
  for (const target of targets) {
    if (isMySql(target)) {
      const [rows, fields] = await database.query<RowDataPacket[]>(expandSql(target.rawSql, shown, values));
      const columns = fields.map(({ name }) => name);
      return { kind: 'table', columns, rows: rows.map((row) => columns.map((name) => row[name] as unknown)) };
    }
    if (!isPrometheus(target)) continue;
    const expr = expandPromQl(target.expr, shown, values);
    const found = target.instant
      ? await prometheus.query(expr)
      : await prometheus.range(expr, shown.from, shown.to, shown.step);
    if (target.format === 'table') {
      const labels = [...new Set(found.flatMap(({ metric }) => Object.keys(metric)))];
      const rows = found.map(({ metric, values: [first] }) => [
        ...labels.map((name) => metric[name]),
        first?.[1],
      ]);
      return { kind: 'table', columns: [...labels, 'Value'], rows };
    }
    for (const { metric, values: points } of found) {
      const name = target.legendFormat.replace(
        /\{\{(\w+)\}\}/g,
        (_all, label: string) => metric[label] ?? '',
      );
      series.push({ name, points: [...points] as [number, number][] });
    }
  }
  return { kind: 'series', series };
}
