import { gunzipSync } from 'node:zlib';
import { createBehaviour, type Behaviour } from '../../services/cpe-simulator/src/behaviour.js';
import { deviceTruth } from '../../services/cpe-simulator/src/control/device-truth.js';
import { USUAL_PLAN, type FleetPlan } from '../../services/cpe-simulator/src/fleet-plan.js';
import { createFleet, type Fleet } from '../../services/cpe-simulator/src/fleet.js';
import { createHttpTarget, type HttpRequest } from '../../services/cpe-simulator/src/http-target.js';
import { eventCodes } from '../../services/cpe-simulator/src/inform-events.js';
import { BUILT_IN_MODELS } from '../../services/cpe-simulator/src/models/built-in-models.js';
import { createObservers } from '../../services/cpe-simulator/src/observers.js';
import type { Outcome } from '../../services/cpe-simulator/src/outcome.js';
import { parseMix, type ReportPath } from '../../services/cpe-simulator/src/report-ways.js';
import { eventsOf, signalsOf } from '../../services/cpe-simulator/src/reports/heartbeat-body.js';
import { informOf } from '../../services/cpe-simulator/src/reports/inform.js';
import {
  createIncidentLog,
  type IncidentLog,
} from '../../services/cpe-simulator/src/scenarios/incident-log.js';
import {
  createScenarioPlayer,
  type ScenarioPlayer,
} from '../../services/cpe-simulator/src/scenarios/scenario-player.js';
import { createRandom } from '../../services/cpe-simulator/src/seeded-random.js';
import type { Shipment } from '../../services/cpe-simulator/src/shipment.js';
import { createSimulation, type Simulation } from '../../services/cpe-simulator/src/simulation.js';
import { createTransport } from '../../services/cpe-simulator/src/transport.js';
import { createTruth, type Truth } from '../../services/cpe-simulator/src/truth.js';

/** One report of a device as its target gets it. */
export interface Heard {
  device: number;
  path: ReportPath;
  atMs: number;
  dueMs: number;
  /** Inform event codes. */
  codes: string[];
  retryCount: number;
  shipment: Shipment;
  /** The bytes, unzipped; of a session its Inform. */
  body(): string;
  request: HttpRequest | undefined;
}

export interface Observed {
  atMs: number;
  subject: string;
  id: string;
  data: { observer: string; observed?: string; state?: string; text?: string } & Record<string, unknown>;
}

/** A fleet in simulated time that reports to a target of the test's. */
export interface SimulatedFleet {
  fleet: Fleet;
  simulation: Simulation;
  behaviour: Behaviour;
  truth: Truth;
  player: ScenarioPlayer;
  incidents: IncidentLog;
  heard: Heard[];
  observed: Observed[];
  /** Strangers' traffic that was started, with its rate, and whether it goes on. */
  strays: { kind: string; perSecond: number; going: boolean }[];
  nowMs(): number;
  pass(seconds: number): Promise<void>;
  /** Devices that the condition holds for. */
  devices(where: (device: number) => boolean): number[];
  /** A line of `GET /truth/devices`. */
  truthOf(device: number): Record<string, unknown>;
}

export interface SimulatedFleetOptions {
  devices?: number;
  mix?: string;
  intervalSeconds?: number;
  plan?: Partial<FleetPlan>;
  faster?: number;
  retainedReports?: number;
  seed?: number;
  stepMs?: number;
  /** Bodies are made when a test asks, not when they are sent, and no boot is told of but by an event: much faster. */
  lazy?: boolean;
  /** What the target says; accepted when left out. @param request makes what is sent, none of a session */
  answer?: (shipment: Shipment, atMs: number, request: () => HttpRequest | undefined) => Outcome;
  answerObservations?: (request: HttpRequest, atMs: number) => Outcome;
}

export const SIMULATED_START = Date.parse('2026-11-21T12:00:00.000Z');
const ACCEPTED: Outcome = { kind: 'accepted', rejected: [] };

export function createSimulatedFleet(options: SimulatedFleetOptions = {}): SimulatedFleet {
  const { devices = 1024, mix = 'heartbeat=1', intervalSeconds = 10, stepMs = 100, seed = 1 } = options;
  const { answer = () => ACCEPTED, answerObservations = () => ACCEPTED, faster = 1, lazy = false } = options;
  let nowMs = SIMULATED_START;
  const now = (): number => nowMs;
  const fleet = createFleet({
    ...{ devices, intervalSeconds, intervalSpread: 0, seed, serialPrefix: 'SIM-', mix: parseMix(mix) },
    plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS, ...options.plan },
  });
  const truth = createTruth(fleet.size, now, fleet.identityOf);
  const heard: Heard[] = [];
  const observed: Observed[] = [];
  // Never connected to: it only knows the paths.
  const target = createHttpTarget({
    ...{ url: new URL('http://127.0.0.1:9'), maxConnections: 1, requestTimeoutMs: 1000 },
    allowPublicTarget: false,
  });
  const transport = createTransport({
    ...{ fleet, api: target, acs: target, ingestToken: 'token', webhookSecret: 'secret' },
    holdSession: () => Promise.reject(new Error('a simulated fleet has no connections')),
  });
  const note = (shipment: Shipment): void => {
    const request = lazy ? undefined : transport.requestOf(shipment);
    for (const report of shipment.reports) {
      const { device, dueMs } = report;
      const events = lazy ? report.events : eventsOf(fleet, report, signalsOf(fleet, report).uptimeSeconds);
      const [atMs, { retryCount }] = [nowMs, shipment];
      const text = (): string =>
        shipment.path === 'cwmp'
          ? informOf(fleet, report, atMs, retryCount)
          : textOf((request ?? transport.requestOf(shipment))?.body ?? '');
      const made = lazy ? undefined : text();
      heard.push({
        ...{ device, path: shipment.path, atMs, dueMs, codes: eventCodes(events), retryCount },
        ...{ shipment, request, body: () => made ?? text() },
      });
    }
  };
  const simulation = createSimulation({
    ...{ fleet, truth, now, batchSize: 50, batchLingerMs: 200, maxConnections: 1e6 },
    ...(options.retainedReports === undefined ? {} : { retainedReports: options.retainedReports }),
    retry: { minimumWaitMs: 5000, multiplier: 2000 },
    random: createRandom(seed),
    requestOf: (shipment) => transport.requestOf(shipment),
    send(shipment) {
      note(shipment);
      const outcome = answer(shipment, nowMs, () => transport.requestOf(shipment));
      // What a session counts by message: its Inform.
      if (shipment.path === 'cwmp') {
        const settled = truth.messageSent(shipment.reports[0]!.device);
        settled(outcome.kind === 'accepted' ? 'acknowledged' : 'not_taken');
      }
      return Promise.resolve(outcome);
    },
  });
  const behaviour = createBehaviour(fleet, simulation, createRandom(seed + 1));
  const observers = createObservers({
    ...{ fleet, truth, simulation, prefix: '', headers: {}, runId: 'run' },
    send(request) {
      const outcome = answerObservations(request, nowMs);
      if (outcome.kind === 'accepted') {
        for (const { subject, id, data } of JSON.parse(String(request.body)) as Omit<Observed, 'atMs'>[])
          observed.push({ atMs: nowMs, subject, id, data });
      }
      return Promise.resolve(outcome);
    },
  });
  const started: SimulatedFleet['strays'] = [];
  const strays = {
    counts: { garbage: {}, oversized: {}, strangers: {} },
    start(kind: string, perSecond: number) {
      const stray = { kind, perSecond, going: true };
      started.push(stray);
      return () => void (stray.going = false);
    },
  };
  const incidents = createIncidentLog(fleet, now);
  const player = createScenarioPlayer(
    { fleet, simulation, behaviour, strays, observers, random: createRandom(seed + 2), faster },
    incidents,
  );
  return {
    ...{ fleet, simulation, behaviour, truth, player, incidents, heard, observed, strays: started },
    nowMs: now,
    async pass(seconds) {
      for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
        nowMs += stepMs;
        simulation.tick();
        await new Promise(setImmediate);
      }
    },
    devices: (where) => [...fleet.silence.keys()].filter((device) => device < fleet.size && where(device)),
    truthOf: (device) => deviceTruth(fleet, truth, device) as Record<string, unknown>,
  };
}

const textOf = (body: string | Buffer): string =>
  typeof body === 'string' ? body : body[0] === 0x1f ? gunzipSync(body).toString() : body.toString();
