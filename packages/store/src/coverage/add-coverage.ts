import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  COVERAGE_KEPT_DAYS,
  MOST_COVERAGE_ROWS,
  OTHERS,
  type CoverageMetric,
  type CoverageModel,
  type CoveragePath,
  type CoverageRows,
} from './coverage-rows.js';

const ROWS_A_STATEMENT = 500;

/** How one table takes its rows. */
interface CoverageTable<Row> {
  name: 'coverage_models' | 'coverage_metrics' | 'coverage_paths';
  key: readonly string[];
  insert: string;
  valuesOf: (row: Row) => unknown[];
  keyOf: (row: Row) => string[];
  /** The row that counts those for which there is no room. */
  asOther: (row: Row) => Row;
}

const LAST = 'last_at = GREATEST(last_at, VALUES(last_at))';
const time = (epochMs: number): Date => new Date(epochMs);

const MODELS: CoverageTable<CoverageModel> = {
  ...{ name: 'coverage_models', key: ['model', 'firmware'] },
  insert: `
INSERT INTO coverage_models (model, firmware, manufacturer, reports, looked_at, surveyed, first_at, last_at) VALUES ?
ON DUPLICATE KEY UPDATE manufacturer = IF(VALUES(manufacturer) = '', manufacturer, VALUES(manufacturer)),
  reports = reports + VALUES(reports), looked_at = looked_at + VALUES(looked_at), surveyed = surveyed + VALUES(surveyed), ${LAST}`,
  valuesOf: (row) => [
    ...[row.model, row.firmware, row.manufacturer, row.reports, row.lookedAt, row.surveyed],
    ...[time(row.firstAt), time(row.lastAt)],
  ],
  keyOf: ({ model, firmware }) => [model, firmware],
  asOther: (row) => ({ ...row, model: OTHERS, firmware: '', manufacturer: '' }),
};

const METRICS: CoverageTable<CoverageMetric> = {
  ...{ name: 'coverage_metrics', key: ['model', 'firmware', 'metric'] },
  insert: `
INSERT INTO coverage_metrics (model, firmware, metric, seen, no_reading, first_at, last_at) VALUES ?
ON DUPLICATE KEY UPDATE seen = seen + VALUES(seen), no_reading = no_reading + VALUES(no_reading), ${LAST}`,
  valuesOf: (row) => [
    ...[row.model, row.firmware, row.metric, row.seen, row.noReading, time(row.firstAt), time(row.lastAt)],
  ],
  keyOf: ({ model, firmware, metric }) => [model, firmware, metric],
  asOther: (row) => ({ ...row, model: OTHERS, firmware: '', metric: OTHERS }),
};

const PATHS: CoverageTable<CoveragePath> = {
  ...{ name: 'coverage_paths', key: ['model', 'path'] },
  insert: `
INSERT INTO coverage_paths (model, path, type, form, firmware, seen, first_at, last_at) VALUES ?
ON DUPLICATE KEY UPDATE firmware = VALUES(firmware), type = VALUES(type),
  form = IF(VALUES(form) = '', form, VALUES(form)), seen = seen + VALUES(seen), ${LAST}`,
  valuesOf: (row) => [
    ...[row.model, row.path, row.type, row.form, row.firmware, row.seen, time(row.firstAt), time(row.lastAt)],
  ],
  keyOf: ({ model, path }) => [model, path],
  asOther: (row) => ({ ...row, model: OTHERS, path: OTHERS, type: '', form: '', firmware: '' }),
};

/**
 * Adds what was counted since the last time, in one transaction of its own. Rows that a table has no room for are
 * counted in its row of others.
 * @returns how many those were
 */
export async function addCoverage(
  transaction: Connection,
  rows: CoverageRows,
  most: Readonly<Record<keyof CoverageRows, number>> = MOST_COVERAGE_ROWS,
): Promise<number> {
  const models = await addRows(transaction, MODELS, rows.models, most.models);
  const metrics = await addRows(transaction, METRICS, rows.metrics, most.metrics);
  return models + metrics + (await addRows(transaction, PATHS, rows.paths, most.paths));
}

async function addRows<Row>(
  transaction: Connection,
  table: CoverageTable<Row>,
  rows: readonly Row[],
  mostRows: number,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { fitting, others } = await withinRoom(transaction, table, rows, mostRows);
  // In one order for all writers: none waits for another that waits for it.
  const keyed = fitting.map((row) => ({ row, key: table.keyOf(row).join('\n') }));
  keyed.sort((one, other) => (one.key < other.key ? -1 : 1));
  const values = [...keyed.map(({ row }) => row), ...others.map(table.asOther)].map(table.valuesOf);
  for (let first = 0; first < values.length; first += ROWS_A_STATEMENT)
    await transaction.query(table.insert, [values.slice(first, first + ROWS_A_STATEMENT)]);
  return others.length;
}

/** Known rows, and new ones as far as there is room. */
async function withinRoom<Row>(
  transaction: Connection,
  { name, key, keyOf }: CoverageTable<Row>,
  rows: readonly Row[],
  mostRows: number,
): Promise<{ fitting: Row[]; others: Row[] }> {
  const [[counted]] = await transaction.query<RowDataPacket[]>(`SELECT COUNT(*) AS kept FROM ${name}`);
  let room = mostRows - Number(counted?.['kept'] ?? 0);
  if (rows.length <= room) return { fitting: [...rows], others: [] };
  const known = new Set<string>();
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    const [found] = await transaction.query<RowDataPacket[][]>({
      sql: `SELECT ${key.join(', ')} FROM ${name} WHERE (${key.join(', ')}) IN (?)`,
      values: [rows.slice(first, first + ROWS_A_STATEMENT).map(keyOf)],
      rowsAsArray: true,
    });
    for (const row of found as unknown as string[][]) known.add(row.join('\n'));
  }
  const fitting: Row[] = [];
  const others: Row[] = [];
  for (const row of rows) {
    if (known.has(keyOf(row).join('\n'))) fitting.push(row);
    else if ((room -= 1) >= 0) fitting.push(row);
    else others.push(row);
  }
  return { fitting, others };
}

const ROWS_A_REMOVAL = 1000;

/** Removes what nothing was added to for COVERAGE_KEPT_DAYS, some rows at a time. @returns how many */
export async function removeOldCoverage(connection: Connection): Promise<number> {
  let removed = 0;
  for (const { name } of [MODELS, METRICS, PATHS]) {
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(
      `DELETE FROM ${name} WHERE last_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY ORDER BY last_at LIMIT ?`,
      [COVERAGE_KEPT_DAYS, ROWS_A_REMOVAL],
    );
    removed += affectedRows;
  }
  return removed;
}
