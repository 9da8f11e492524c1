import { recountLabels } from '@cpemon/store';
import type { SingleConnection } from '@cpemon/database';
import { REGIONS } from './inventory-file.js';

/** What is wrong with the kept counts when each device of a fleet is in one of the regions: nothing, one hopes. */
export async function wrongLabels(connection: SingleConnection, devices: number): Promise<string[]> {
  const [rows] = await connection.query(
    `SELECT COUNT(DISTINCT value) AS regions, COALESCE(SUM(devices), 0) AS devices
       FROM fleet_label_counts WHERE label = 'region' AND devices <> 0`,
  );
  const [row] = rows as { regions: number | string; devices: number | string }[];
  const wrong: string[] = [];
  if (Number(row!.devices) !== devices)
    wrong.push(`${row!.devices} of ${devices} devices are counted by region`);
  if (Number(row!.regions) !== REGIONS)
    wrong.push(`there are ${row!.regions} regions, and should be ${REGIONS}`);
  const [lanes] = await connection.query('SELECT DISTINCT lane FROM devices ORDER BY lane');
  for (const { lane } of lanes as { lane: number }[]) {
    const drift = await recountLabels(connection, lane);
    if (drift.length > 0) wrong.push(`lane ${lane}: ${drift.length} counts by label are off`);
  }
  return wrong;
}
