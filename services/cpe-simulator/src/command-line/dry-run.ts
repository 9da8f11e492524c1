import { hash } from 'node:crypto';
import type { SimulatorConfig } from '../config.js';
import { readFleetPlan } from '../fleet-plan.js';
import { createFleet } from '../fleet.js';
import { createHttpTarget } from '../http-target.js';
import { loadModels } from '../models/load-models.js';
import { informOf } from '../reports/inform.js';
import { createRandom } from '../seeded-random.js';
import { onlyReport } from '../shipment.js';
import { createSimulation } from '../simulation.js';
import { createTransport } from '../transport.js';
import { createTruth } from '../truth.js';

const STEP_MS = 10;

/**
 * The first attempts of a time, one a line: when, path, serial number or size of the batch, bytes and hash of the body.
 * Nothing is sent, and the clock is the run's own: the same seed and start give the same lines.
 */
export async function* dryRun(
  config: SimulatorConfig,
  startTimeMs: number,
  durationSeconds: number,
): AsyncGenerator<string> {
  let nowMs = startTimeMs;
  const now = (): number => nowMs;
  const fleet = createFleet({
    ...config,
    plan: readFleetPlan(config.fleetFile, loadModels(config.modelFiles)),
  });
  const target = createHttpTarget({ ...config, url: config.apiUrl });
  const transport = createTransport({
    ...{ fleet, api: target, acs: target, ingestToken: undefined, webhookSecret: undefined },
    holdSession: () => Promise.reject(new Error('a dry run has no sessions')),
  });
  let lines: string[] = [];
  const simulation = createSimulation({
    ...{
      fleet,
      now,
      truth: createTruth(fleet.size, now, fleet.identityOf),
      requestOf: (shipment) => transport.requestOf(shipment),
    },
    batchSize: Math.max(1, config.batchSize),
    batchLingerMs: config.batchLingerMs,
    maxConnections: Number.MAX_SAFE_INTEGER,
    retry: { minimumWaitMs: 5000, multiplier: 2000 },
    random: createRandom(config.seed),
    send(shipment) {
      const body = transport.requestOf(shipment)?.body ?? informOf(fleet, onlyReport(shipment), nowMs);
      const [first] = shipment.reports;
      const who =
        shipment.reports.length > 1
          ? `${shipment.reports.length} devices`
          : fleet.serialNumberOf(first!.device);
      const digest = hash('sha256', body, 'hex').slice(0, 16);
      const time = new Date(nowMs).toISOString();
      lines.push(`${time} ${shipment.way} ${who} ${Buffer.byteLength(body)} ${digest}\n`);
      return Promise.resolve({ kind: 'accepted', rejected: [] });
    },
  });
  for (const endMs = startTimeMs + durationSeconds * 1000; nowMs < endMs;) {
    nowMs += STEP_MS;
    simulation.tick();
    if (lines.length === 0) continue;
    // Lets what was accepted settle, so that the device is free when its next report is due.
    await new Promise(setImmediate);
    yield* lines;
    lines = [];
  }
  await target.close();
}
