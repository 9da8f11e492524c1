import { sendProblem } from '@cpemon/service-kit';
import { Router, type Request } from 'express';
import { FileError } from '../json-file.js';
import { BUILT_IN_SCENARIOS, builtInScenario } from '../scenarios/built-in-scenarios.js';
import { ScenarioError } from '../scenarios/scenario-error.js';
import { readScenario } from '../scenarios/scenario-file.js';
import type { ScenarioPlayer } from '../scenarios/scenario-player.js';
import { readFaster } from '../scenarios/time-factor.js';
import { refuseBody } from './request-values.js';

/** Scenarios on and off. */
export function createScenarioRoutes({ player }: { player: ScenarioPlayer }): Router {
  const routes = Router();
  routes.get('/scenarios', (_request, response) => {
    const known = BUILT_IN_SCENARIOS.map(({ name, summary, expect, truth }) => ({
      ...{ name, summary, expect, truth },
    }));
    response.json({ running: player.running(), known });
  });
  routes.post('/scenarios', (request, response) => {
    try {
      response.status(201).json(player.start(readScenario(request.body), fasterOf(request)));
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      refuseBody(response, 'invalid_scenario', error.message);
    }
  });
  routes.post('/scenarios/:name', (request, response) => {
    try {
      // A file of this machine is for the command line; here a scenario is named or posted.
      const scenario = builtInScenario(String(request.params.name));
      response.status(201).json(player.start(scenario, fasterOf(request)));
    } catch (error) {
      if (error instanceof ScenarioError) return refuseBody(response, 'invalid_scenario', error.message);
      if (!(error instanceof FileError)) throw error;
      sendProblem(response, { status: 404, code: 'unknown_scenario', detail: error.message });
    }
  });
  routes.delete('/scenarios/:name', (request, response) => {
    if (player.stop(String(request.params.name))) return void response.json({ stopped: request.params.name });
    sendProblem(response, { status: 404, code: 'not_running' });
  });
  return routes;
}

/** `?faster=60`: undefined where it is not said. */
const fasterOf = (request: Request): number | undefined =>
  request.query['faster'] === undefined ? undefined : readFaster(request.query['faster']);
