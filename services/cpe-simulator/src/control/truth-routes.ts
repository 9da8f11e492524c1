import { Router } from 'express';
import type { Fleet } from '../fleet.js';
import { inventoryLines } from '../inventory-csv.js';
import type { IncidentLog } from '../scenarios/incident-log.js';
import type { Simulation } from '../simulation.js';
import type { Strays } from '../strays.js';
import type { TruthReport } from '../truth-report.js';
import type { Truth } from '../truth.js';
import { deviceLines, deviceTruth } from './device-truth.js';
import { findDevice } from './request-values.js';
import { sendLines } from './send-lines.js';

export interface TruthRoutesSettings {
  fleet: Fleet;
  simulation: Simulation;
  truth: Truth;
  strays: Strays;
  incidents: IncidentLog;
  report: () => TruthReport;
}

/** What the simulator knows and a target should: what was sent, what came of it, and what really happened. */
export function createTruthRoutes(settings: TruthRoutesSettings): Router {
  const { fleet, simulation, truth, strays, incidents, report } = settings;
  const routes = Router();
  routes.get('/truth', (_request, response) => void response.json(report()));
  routes.get('/truth/incidents', (_request, response) => void response.json({ incidents: incidents.list() }));
  routes.get('/truth/devices', (_request, response) =>
    sendLines(response, 'application/x-ndjson', deviceLines(fleet, truth)),
  );
  routes.get('/truth/devices/:sn', (request, response) => {
    const device = findDevice(request, response, fleet);
    if (device !== undefined) response.json(deviceTruth(fleet, truth, device));
  });
  routes.get(
    '/retries',
    (_request, response) => void response.json({ by_retry_count: simulation.retries() }),
  );
  routes.get('/strays', (_request, response) => void response.json(strays.counts));
  routes.get('/inventory.csv', (_request, response) =>
    sendLines(response, 'text/csv; charset=utf-8', inventoryLines(fleet)),
  );
  return routes;
}
