import { DATA_SOURCES, type MySqlTarget, type PrometheusTarget } from './dashboard.js';

const letter = (index: number): string => String.fromCharCode(65 + index);

/** A query over time. */
export const over = (expr: string, legendFormat = ''): PrometheusTarget => ({
  ...{ datasource: DATA_SOURCES.prometheus, refId: 'A', expr, legendFormat },
  ...{ format: 'time_series', instant: false, range: true },
});

/** A query of the last moment. */
export const now = (expr: string, legendFormat = ''): PrometheusTarget => ({
  ...{ datasource: DATA_SOURCES.prometheus, refId: 'A', expr, legendFormat },
  ...{ format: 'time_series', instant: true, range: false },
});

/** A query of the last moment as a table: a row a series, with its labels. */
export const rows = (expr: string): PrometheusTarget => ({ ...now(expr), format: 'table' });

/** Buckets of a histogram over time. */
export const buckets = (expr: string): PrometheusTarget => ({
  ...over(expr, '{{le}}'),
  format: 'heatmap',
});

/** The statement may take so long, on MySQL by this hint and on MariaDB by the limit of the user. */
const MOST_SECONDS = 10;

/** At the very beginning, or behind the parts of a WITH: the last that begins a line. */
const MAIN_SELECT = /(?<![\s\S])SELECT\b|(?<=^WITH\b[\s\S]*\n)SELECT\b(?![\s\S]*\nSELECT\b)/;

/** @param select begins with SELECT or WITH, or is a SHOW */
export const sql = (select: string, format: MySqlTarget['format'] = 'table'): MySqlTarget => ({
  ...{ datasource: DATA_SOURCES.mysql, refId: 'A', rawQuery: true, editorMode: 'code', format },
  rawSql: select.trim().replace(MAIN_SELECT, `SELECT /*+ MAX_EXECUTION_TIME(${MOST_SECONDS * 1000}) */`),
});

/** The queries of one panel, A, B, C, … */
export const lettered = <T extends { refId: string }>(targets: readonly T[]): T[] =>
  targets.map((target, index) => ({ ...target, refId: letter(index) }));
