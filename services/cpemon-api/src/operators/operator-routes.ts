import type { Router } from 'express';
import { addAlertRoutes } from '../alerts/alert-routes.js';
import { addCoverageRoutes } from '../coverage/coverage-routes.js';
import { addDeadLetterRoutes } from './dead-letter-routes.js';
import { addIdentityRoutes } from './identity-routes.js';
import { addLogRoutes } from './log-routes.js';
import { createOperatorRouter, type OperatorRouteOptions } from './operator-router.js';
import { addParkedRoutes } from './parked-routes.js';
import { addRebuildRoutes } from './rebuild-routes.js';
import { addReplayRoutes } from './replay-routes.js';

/** What operators see and do: dead letters, parked devices, replay, rebuild, skips, generations, the audit; doubtful identities. */
export function createOperatorRoutes(options: OperatorRouteOptions): Router {
  return createOperatorRouter(options, (routes) => {
    addDeadLetterRoutes(routes);
    addParkedRoutes(routes);
    addReplayRoutes(routes);
    addRebuildRoutes(routes);
    addLogRoutes(routes);
    addIdentityRoutes(routes);
    addCoverageRoutes(routes);
    addAlertRoutes(routes);
  });
}
