import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  MOST_COVERAGE_ROWS,
  type CoverageMetric,
  type CoverageModel,
  type CoveragePath,
  type CoverageRows,
} from './coverage-rows.js';

const epochMs = (value: unknown): number => (value as Date).getTime();

/**
 * What was counted, those with the most reports first; of one model, or of all.
 * @param model '' are the devices that tell none
 */
export async function readCoverage(connection: Connection, model?: string): Promise<CoverageRows> {
  const only = model === undefined ? '' : 'WHERE model = ?';
  const given = model === undefined ? [] : [model];
  const read = async (sql: string, mostRows: number): Promise<RowDataPacket[]> => {
    const [rows] = await connection.query<RowDataPacket[]>(`${sql} LIMIT ?`, [...given, 2 * mostRows]);
    return rows;
  };
  const models = await read(
    `SELECT model, firmware, manufacturer, reports, looked_at, surveyed, first_at, last_at
       FROM coverage_models ${only} ORDER BY reports DESC, model, firmware`,
    MOST_COVERAGE_ROWS.models,
  );
  const metrics = await read(
    `SELECT model, firmware, metric, seen, no_reading, first_at, last_at
       FROM coverage_metrics ${only} ORDER BY seen DESC, model, firmware, metric`,
    MOST_COVERAGE_ROWS.metrics,
  );
  const paths = await read(
    `SELECT model, path, type, form, firmware, seen, first_at, last_at
       FROM coverage_paths ${only} ORDER BY seen DESC, model, path`,
    MOST_COVERAGE_ROWS.paths,
  );
  return { models: models.map(modelOf), metrics: metrics.map(metricOf), paths: paths.map(pathOf) };
}

function modelOf(row: RowDataPacket): CoverageModel {
  return {
    model: row['model'] as string,
    firmware: row['firmware'] as string,
    manufacturer: row['manufacturer'] as string,
    reports: Number(row['reports']),
    lookedAt: Number(row['looked_at']),
    surveyed: Number(row['surveyed']),
    firstAt: epochMs(row['first_at']),
    lastAt: epochMs(row['last_at']),
  };
}

function metricOf(row: RowDataPacket): CoverageMetric {
  return {
    model: row['model'] as string,
    firmware: row['firmware'] as string,
    metric: row['metric'] as string,
    seen: Number(row['seen']),
    noReading: Number(row['no_reading']),
    firstAt: epochMs(row['first_at']),
    lastAt: epochMs(row['last_at']),
  };
}

function pathOf(row: RowDataPacket): CoveragePath {
  return {
    model: row['model'] as string,
    path: row['path'] as string,
    type: row['type'] as string,
    form: row['form'] as string,
    firmware: row['firmware'] as string,
    seen: Number(row['seen']),
    firstAt: epochMs(row['first_at']),
    lastAt: epochMs(row['last_at']),
  };
}
