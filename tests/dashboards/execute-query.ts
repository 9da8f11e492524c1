import type { DatabasePool } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { Panel } from '../../grafana/src/model/dashboard.js';
import {
  expandPromQl,
  expandSql,
  type ShownTime,
  type VariableValues,
} from '../../grafana/src/query/grafana-macros.js';
import { isMySql, isPrometheus, type NamedQuery } from '../../grafana/src/query/queries-of-dashboard.js';
import type { RunningPrometheus } from './prometheus-process.js';

export interface QuerySources {
  prometheus: Pick<RunningPrometheus, 'query' | 'range'>;
  /** As the user that dashboards have. */
  database: Pick<DatabasePool, 'query'>;
  shown: ShownTime;
}

export interface QueryResult {
  /** Null when it is right; else a sentence that names the query. */
  problem: string | null;
  empty: boolean;
  milliseconds: number;
}

/** Runs a query as Grafana would, and looks whether there is data of the right form. */
export async function executeQuery(
  query: NamedQuery,
  values: VariableValues,
  columns: readonly string[],
  sources: QuerySources,
): Promise<QueryResult> {
  const began = performance.now();
  try {
    const { problem, empty } = isPrometheus(query.target)
      ? await executePromQl(query, values, sources)
      : await executeSql(query, values, columns, sources);
    const milliseconds = performance.now() - began;
    return { problem: problem === null ? null : `${query.name}: ${problem}`, empty, milliseconds };
  } catch (error) {
    const milliseconds = performance.now() - began;
    return { problem: `${query.name}: ${(error as Error).message}`, empty: false, milliseconds };
  }
}

/** Columns that the settings of a panel speak of. */
export const columnsNamed = ({ fieldConfig, type }: Panel): string[] =>
  type === 'table' ? (fieldConfig?.overrides ?? []).map(({ matcher }) => matcher.options) : [];

async function executePromQl(
  { target }: NamedQuery,
  values: VariableValues,
  { prometheus, shown }: QuerySources,
): Promise<{ problem: string | null; empty: boolean }> {
  if (!isPrometheus(target)) throw new Error('is no PromQL');
  const expr = expandPromQl(target.expr, shown, values);
  const series = target.instant
    ? await prometheus.query(expr)
    : await prometheus.range(expr, shown.from, shown.to, shown.step);
  const figures = series.flatMap((each) => each.values.map(([, value]) => value));
  if (figures.length === 0) return { problem: null, empty: true };
  const finite = figures.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return { problem: 'no figure is a number', empty: false };
  const labels = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  const missing = labels.filter((label) => series.every(({ metric }) => metric[label] === undefined));
  if (missing.length > 0) return { problem: `no series has the label ${missing.join(', ')}`, empty: false };
  return { problem: null, empty: false };
}

async function executeSql(
  { target, from }: NamedQuery,
  values: VariableValues,
  columns: readonly string[],
  { database, shown }: QuerySources,
): Promise<{ problem: string | null; empty: boolean }> {
  if (!isMySql(target)) throw new Error('is no SQL');
  const [rows, fields] = await database.query<RowDataPacket[]>(expandSql(target.rawSql, shown, values));
  const names = fields.map(({ name }) => name);
  const wanted = [...columns, ...(from === 'annotation' ? ['time', 'text'] : [])];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) return { problem: `has no column ${missing.join(', ')}`, empty: false };
  if (
    from === 'stat' &&
    rows.every((row) => Object.values(row).every((value) => Number.isNaN(Number(value))))
  )
    return { problem: 'no figure is a number', empty: rows.length === 0 };
  return { problem: null, empty: rows.length === 0 };
}
