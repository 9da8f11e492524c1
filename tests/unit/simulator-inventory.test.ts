import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../services/cpe-simulator/src/config.js';
import { readFleetPlan } from '../../services/cpe-simulator/src/fleet-plan.js';
import { createFleet } from '../../services/cpe-simulator/src/fleet.js';
import { inventoryLines } from '../../services/cpe-simulator/src/inventory-csv.js';
import { BUILT_IN_MODELS } from '../../services/cpe-simulator/src/models/built-in-models.js';
import { readImportRows, type ReadRow } from '../../services/cpemon-api/src/inventory/import-rows.js';

const DEVICES = 1000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpemon-inventory-'));
});
afterEach(() => rm(folder, { recursive: true }));

test("the import takes every row of the simulator's own inventory", async () => {
  const plan = readFleetPlan(undefined, BUILT_IN_MODELS);
  const fleet = createFleet({ ...readConfig({ DEVICES: String(DEVICES) }), plan });
  const file = join(folder, 'inventory.csv');
  await writeFile(file, [...inventoryLines(fleet)].join(''));
  const rows: ReadRow[] = [];
  for await (const batch of readImportRows(file, 'csv')) rows.push(...batch.rows);
  expect(rows.filter(({ problem }) => problem !== undefined)).toEqual([]);
  expect(rows).toHaveLength(DEVICES);
  for (const [index, { row }] of rows.entries()) {
    const { region, olt = '', tier } = fleet.placeOf(index);
    expect(row).toMatchObject({
      serialNumber: fleet.serialNumberOf(index),
      serviceId: fleet.placeOf(index).serviceId,
      labels: { region, olt, tier },
      leftOut: ['model'],
    });
  }
});
