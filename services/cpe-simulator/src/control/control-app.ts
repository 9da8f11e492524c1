import { sendProblem } from '@cpemon/service-kit';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { ScenarioPlayer } from '../scenarios/scenario-player.js';
import { createFleetRoutes } from './fleet-routes.js';
import { createScenarioRoutes } from './scenario-routes.js';
import { createTruthRoutes, type TruthRoutesSettings } from './truth-routes.js';

export interface ControlSettings extends TruthRoutesSettings {
  player: ScenarioPlayer;
}

/** The control port: what the fleet is doing, what it sent, and hands to steer it. */
export function createControlApp(settings: ControlSettings): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(refuseBrowsers);
  app.use(express.json({ limit: '100kb', type: () => true }));

  app.get('/', (_request, response) => {
    const { run_id, started_at, paused, devices, devices_cut, totals } = settings.report();
    const scenarios = settings.player.running().map(({ name }) => name);
    response.json({
      ...{ service: 'cpe-simulator', run_id, started_at, paused, devices, devices_cut, scenarios, totals },
    });
  });
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.use(createTruthRoutes(settings));
  app.use(createFleetRoutes(settings));
  app.use(createScenarioRoutes(settings));

  app.use((_request, response) =>
    sendProblem(response, {
      status: 404,
      code: 'not_found',
      detail: 'GET / or see --help for what is here.',
    }),
  );
  app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    const status = error.status ?? 500;
    sendProblem(response, { status, code: status < 500 ? 'invalid_body' : 'internal_error' });
  });
  return app;
}

/** A page of some other site must not steer the fleet of whoever looks at it; programs send no Origin. */
function refuseBrowsers(request: Request, response: Response, next: NextFunction): void {
  if (request.method !== 'GET' && request.headers.origin !== undefined) {
    return sendProblem(response, { status: 403, code: 'cross_origin', detail: 'Not from a web page.' });
  }
  next();
}
