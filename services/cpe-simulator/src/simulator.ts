import { randomUUID } from 'node:crypto';
import { createRegistry, startHttpServer, startOperationsServer, type Logger } from '@cpemon/service-kit';
import { createBehaviour } from './behaviour.js';
import type { SimulatorConfig } from './config.js';
import { createControlApp } from './control/control-app.js';
import { credentialsOf } from './cwmp/device-credentials.js';
import { createCwmpSessions } from './cwmp/session.js';
import { readFleetPlan } from './fleet-plan.js';
import { createFleet } from './fleet.js';
import { createHttpTarget } from './http-target.js';
import { createRequestMetrics, registerMetrics, registerScenarioMetrics } from './metrics.js';
import { loadModels } from './models/load-models.js';
import { createObservers } from './observers.js';
import { createRateLine, RATE_LINE_EVERY_MS } from './rate-line.js';
import { BUILT_IN_SCENARIOS, findScenario } from './scenarios/built-in-scenarios.js';
import type { RetryRow } from './retry-statistics.js';
import { createIncidentLog, type Incident } from './scenarios/incident-log.js';
import { createScenarioPlayer } from './scenarios/scenario-player.js';
import { createRandom } from './seeded-random.js';
import { createSimulation, type Simulation } from './simulation.js';
import { createStrays } from './strays.js';
import { assertPrivateTarget } from './target-address.js';
import { createTransport, type SendShipment } from './transport.js';
import { reportTruth, type TruthReport } from './truth-report.js';
import { createTruth } from './truth.js';
import { createWorld } from './world.js';

export interface RunningSimulator {
  controlUrl: string;
  opsUrl: string;
  truth(): TruthReport;
  /** What really happened. */
  incidents(): Incident[];
  /** Waits of the retries beside TR-069's table. */
  retries(): RetryRow[];
  /** Stops the schedule, waits up to 3 s for answers on their way, then hangs up. */
  stop(): Promise<void>;
}

const TICK_MS = 10;
const ANSWERS_WAIT_MS = 3000;
const VERSION = '0.1.0';
/** What happens by chance in scenarios must not depend on how many retries there were. */
const SCENARIO_SEED = 0x5ce9a610;

/**
 * @throws PublicAddressError when a target is neither loopback nor private and that was not allowed
 * @throws FileError when a model, fleet or scenario cannot be used
 */
export async function startSimulator(
  config: SimulatorConfig,
  logger: Logger,
  { ratesInLog = true }: { ratesInLog?: boolean } = {},
): Promise<RunningSimulator> {
  if (!config.allowPublicTarget) {
    for (const target of [config.apiUrl, config.acsUrl, config.cwmpUrl]) await assertPrivateTarget(target);
  }
  const scenarios = config.scenarios.map(findScenario);
  const now = Date.now;
  const run = { runId: randomUUID(), startedAtMs: now() };
  const registry = createRegistry({ service: 'cpe-simulator', version: VERSION });
  const fleet = createFleet({
    ...config,
    plan: readFleetPlan(config.fleetFile, loadModels(config.modelFiles)),
  });
  const truth = createTruth(fleet.size, Date.now, fleet.identityOf);
  const world = createWorld();
  const api = createHttpTarget({ ...config, url: config.apiUrl });
  const acs = createHttpTarget({ ...config, url: config.acsUrl });
  const cwmp = createHttpTarget({ ...config, url: config.cwmpUrl });
  const transport = createTransport({
    ...{ fleet, api, acs, ingestToken: config.ingestToken, webhookSecret: config.webhookSecret },
    holdSession: (shipment) => holdSession(shipment),
  });
  const simulation = createSimulation({
    ...{ fleet, truth, world, now },
    send: timed((shipment) => transport.send(shipment), createRequestMetrics(registry)),
    requestOf: (shipment) => transport.requestOf(shipment),
    batchSize: Math.max(1, config.batchSize),
    batchLingerMs: config.batchLingerMs,
    maxConnections: config.maxConnections,
    retainedReports: config.retainedReports,
    retry: {
      minimumWaitMs: config.retryMinimumWaitSeconds * 1000,
      multiplier: config.retryIntervalMultiplier,
    },
    random: createRandom(config.seed),
  });
  const random = createRandom(config.seed ^ SCENARIO_SEED);
  const behaviour = createBehaviour(fleet, simulation, random);
  const holdSession: SendShipment = createCwmpSessions({
    ...{ fleet, target: cwmp, now, orders: behaviour },
    credentialsOf: credentialsOf(fleet, config),
    connectionPerSession: config.cwmpConnectionPerSession,
    endsEarly: (device) => world.endsEarly.has(device),
    notesOf: (device) => behaviour.notesOf(device),
    noted: (device, notes) => behaviour.noted(device, notes),
    messageSent: (device) => truth.messageSent(device),
  });
  const bearer = config.ingestToken === undefined ? {} : { authorization: `Bearer ${config.ingestToken}` };
  const strays = createStrays(
    { ...{ api, acs, seed: config.seed }, apiHeaders: { 'content-type': 'application/json', ...bearer } },
    (afterMs, what) => simulation.later(afterMs, what),
  );
  const observers = createObservers({
    ...{ fleet, truth, simulation, prefix: api.prefix, headers: bearer, runId: run.runId },
    send: (request) => api.send(request),
  });
  const blind = { ...observers, sees: () => undefined };
  const incidents = createIncidentLog(fleet, now);
  const player = createScenarioPlayer(
    {
      ...{ fleet, simulation, behaviour, strays, random, faster: config.scenarioFaster },
      observers: config.observations ? observers : blind,
    },
    incidents,
  );
  registerMetrics(registry, fleet, simulation, truth);
  registerScenarioMetrics(
    registry,
    BUILT_IN_SCENARIOS.map(({ name }) => name),
    () => player.running().map(({ name }) => name),
  );
  const report = (): TruthReport =>
    reportTruth(run, { devices: fleet.size, simulation, truth, incidents, observers }, now());

  const control = await startHttpServer({
    host: config.listenHost,
    port: config.port,
    handler: createControlApp({ fleet, simulation, truth, player, strays, incidents, report }),
    limits: { maxConnections: 200 },
    logger,
  });
  const operations = await startOperationsServer({
    host: config.listenHost,
    port: config.opsPort,
    registry,
    ready: () => ({ ready: true, checks: {} }),
    logger,
  });
  for (const scenario of scenarios) player.start(scenario);
  const ticking = setInterval(() => simulation.tick(), TICK_MS);
  const printing = ratesInLog
    ? setInterval(createRateLine(truth, simulation, logger, now), RATE_LINE_EVERY_MS)
    : undefined;
  logger.info(
    {
      devices: config.devices,
      interval_seconds: config.intervalSeconds,
      mix: Object.fromEntries(config.mix.map(({ way, weight }) => [way, weight])),
      ...(config.scenarios.length === 0 ? {} : { scenarios: config.scenarios }),
      api_url: config.apiUrl.origin,
      acs_url: config.acsUrl.origin,
      control_url: control.url,
      ops_url: operations.url,
    },
    'The fleet reports',
  );

  return {
    controlUrl: control.url,
    opsUrl: operations.url,
    truth: report,
    incidents: () => incidents.list(),
    retries: () => simulation.retries(),
    stop: async () => {
      clearInterval(ticking);
      clearInterval(printing);
      simulation.stop();
      await answersOrTimeout(simulation, ANSWERS_WAIT_MS);
      await Promise.all([api.close(), acs.close(), cwmp.close()]);
      // What was cut off now counts as unanswered; each needs a moment to arrive there.
      await answersOrTimeout(simulation, 500);
      observers.close();
      logger.info({ totals: report().totals }, 'The fleet is silent');
      await Promise.all([control.close(), operations.close()]);
    },
  };
}

function timed(send: SendShipment, metrics: ReturnType<typeof createRequestMetrics>): SendShipment {
  return async (shipment) => {
    const startMs = performance.now();
    const outcome = await send(shipment);
    metrics.observeRequest(shipment.path, (performance.now() - startMs) / 1000);
    return outcome;
  };
}

async function answersOrTimeout(simulation: Simulation, timeoutMs: number): Promise<void> {
  const untilMs = performance.now() + timeoutMs;
  while (simulation.load().inFlight > 0 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
