import type { Dashboard } from '../model/dashboard.js';
import { database } from './database.js';
import { device } from './device.js';
import { fleetHealth } from './fleet-health.js';
import { ingest } from './ingest.js';
import { objectives } from './objectives.js';
import { optics } from './optics.js';
import { pipeline } from './pipeline.js';
import { simulator } from './simulator.js';

/** By the name of their files. */
export const allDashboards = (): Record<string, Dashboard> => ({
  'fleet-health': fleetHealth(),
  device: device(),
  optics: optics(),
  pipeline: pipeline(),
  ingest: ingest(),
  database: database(),
  objectives: objectives(),
  simulator: simulator(),
});
