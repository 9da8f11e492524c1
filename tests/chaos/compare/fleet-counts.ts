import { describeDrift, fleetCountDrift } from '@cpemon/local-stack';
import type { Comparison } from './comparison.js';

/** The kept counts of the fleet against a count of its devices, as `npm run cpemon -- verify` compares them. */
export const fleetCounts: Comparison = {
  table: 'fleet_counts',
  compare: async ({ connection }) =>
    (await fleetCountDrift(connection)).map((drift) => ({
      kind: drift.kept < drift.counted ? 'lost' : 'doubled',
      table: 'fleet_counts',
      detail: describeDrift(drift),
    })),
};
