import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { VALUE_COLUMNS } from './value-columns.js';

const DAY_MS = 86_400_000;

/** What a model's devices on a firmware read on a day (UTC, since 1970). */
export interface HealthReference {
  day: number;
  metric: string;
  model: string;
  firmware: string;
  devices: number;
  mean: number;
}

/** Fewer devices than this say nothing about a firmware. */
const FEWEST_DEVICES = 20;
/** As long as the timeline: a rebuild compares as it was compared then. */
const KEPT_DAYS = 760;

/**
 * The means of today, as far as they are not there yet, of devices that were heard today. Reads every device once for
 * each metric; done once a day.
 * @returns how many were added
 */
export async function makeHealthReferences(
  connection: Connection,
  metrics: readonly string[],
  at: number,
): Promise<number> {
  const day = Math.floor(at / DAY_MS);
  const columns = VALUE_COLUMNS.filter(({ kind, name }) => kind === 'metrics' && metrics.includes(name));
  let added = 0;
  for (const { name } of columns) {
    const [known] = await connection.query<RowDataPacket[]>(
      'SELECT 1 FROM health_references WHERE day = ? AND metric = ? LIMIT 1',
      [day, name],
    );
    if (known.length > 0) continue;
    const [rows] = await connection.query<RowDataPacket[]>(
      `
SELECT d.model, s.sw_version AS firmware, COUNT(*) AS devices, AVG(s.${name}) AS mean
  FROM device_state AS s
  JOIN devices AS d ON d.device_id = s.device_id
 WHERE s.reachability = 'online' AND s.${name} IS NOT NULL AND d.model IS NOT NULL AND s.sw_version IS NOT NULL
 GROUP BY d.model, s.sw_version
HAVING devices >= ?`,
      [FEWEST_DEVICES],
    );
    if (rows.length === 0) continue;
    await connection.query(
      'INSERT IGNORE INTO health_references (day, metric, model, firmware, devices, mean) VALUES ?',
      [rows.map((row): unknown[] => [day, name, row['model'], row['firmware'], row['devices'], row['mean']])],
    );
    added += rows.length;
  }
  await connection.query('DELETE FROM health_references WHERE day < ? LIMIT 10000', [day - KEPT_DAYS]);
  return added;
}

/** All that there are since some day; few, as models have few firmwares. */
export async function readHealthReferences(
  connection: Connection,
  sinceDay: number,
): Promise<HealthReference[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT day, metric, model, firmware, devices, mean FROM health_references WHERE day >= ?',
    [sinceDay],
  );
  return rows as HealthReference[];
}
