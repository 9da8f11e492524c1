import { randomUUID } from 'node:crypto';
import { createRegistry, startHttpServer, startOperationsServer, type Logger } from '@cpemon/service-kit';
import type { SimulatorConfig } from './config.js';
import { createControlApp } from './control-app.js';
import { createFleet } from './fleet.js';
import { createHttpTarget } from './http-target.js';
import { createRequestMetrics, registerMetrics } from './metrics.js';
import { createRateLine, RATE_LINE_EVERY_MS } from './rate-line.js';
import { createRandom } from './seeded-random.js';
import { createSimulation, type Simulation } from './simulation.js';
import { assertPrivateTarget } from './target-address.js';
import { createTransport, type SendShipment } from './transport.js';
import { reportTruth } from './truth-report.js';
import { createTruth } from './truth.js';

export interface RunningSimulator {
  controlUrl: string;
  opsUrl: string;
  /** Stops the schedule, waits up to 3 s for answers on their way, then hangs up. */
  stop(): Promise<void>;
}

const TICK_MS = 10;
const ANSWERS_WAIT_MS = 3000;
const VERSION = '0.1.0';

/** @throws PublicAddressError when a target is neither loopback nor private and that was not allowed */
export async function startSimulator(config: SimulatorConfig, logger: Logger): Promise<RunningSimulator> {
  if (!config.allowPublicTarget) {
    for (const target of [config.apiUrl, config.acsUrl]) await assertPrivateTarget(target);
  }
  const now = Date.now;
  const run = { runId: randomUUID(), startedAtMs: now() };
  const registry = createRegistry({ service: 'cpe-simulator', version: VERSION });
  const fleet = createFleet(config);
  const truth = createTruth(fleet.size);
  const api = createHttpTarget({ ...config, url: config.apiUrl });
  const acs = createHttpTarget({ ...config, url: config.acsUrl });
  const simulation = createSimulation({
    fleet,
    truth,
    send: timed(createTransport({ ...config, fleet, api, acs }), createRequestMetrics(registry)),
    batchSize: config.batchSize,
    batchLingerMs: config.batchLingerMs,
    maxConnections: config.maxConnections,
    retry: {
      minimumWaitMs: config.retryMinimumWaitSeconds * 1000,
      multiplier: config.retryIntervalMultiplier,
    },
    now,
    random: createRandom(config.seed),
  });
  registerMetrics(registry, fleet, simulation, truth);

  const control = await startHttpServer({
    host: config.listenHost,
    port: config.port,
    handler: createControlApp({ fleet, simulation, truth, run, now }),
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
  const ticking = setInterval(() => simulation.tick(), TICK_MS);
  const printing = setInterval(createRateLine(truth, simulation, logger, now), RATE_LINE_EVERY_MS);
  logger.info(
    {
      devices: config.devices,
      interval_seconds: config.intervalSeconds,
      batch_size: config.batchSize,
      webhook_share: config.webhookShare,
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
    stop: async () => {
      clearInterval(ticking);
      clearInterval(printing);
      simulation.stop();
      await answersOrTimeout(simulation, ANSWERS_WAIT_MS);
      await Promise.all([api.close(), acs.close()]);
      // What was cut off now counts as unanswered; each needs a moment to arrive there.
      await answersOrTimeout(simulation, 500);
      const { totals } = reportTruth(run, fleet.size, simulation, truth, now());
      logger.info({ totals }, 'The fleet is silent');
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
