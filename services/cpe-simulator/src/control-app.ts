import { sendProblem } from '@cpemon/service-kit';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { SILENCE, type Fleet } from './fleet.js';
import { FileError } from './json-file.js';
import { countByCondition, viewBy } from './fleet-view.js';
import { inventoryLines } from './inventory-csv.js';
import { WAYS, type Way } from './report-ways.js';
import { BUILT_IN_SCENARIOS, builtInScenario } from './scenarios/built-in-scenarios.js';
import { ScenarioError, readScenario } from './scenarios/scenario-file.js';
import type { ScenarioPlayer } from './scenarios/scenario-player.js';
import { GROUPS } from './scenarios/selection.js';
import type { Simulation } from './simulation.js';
import type { Strays } from './strays.js';
import type { TruthReport } from './truth-report.js';
import type { Truth } from './truth.js';

export interface ControlSettings {
  fleet: Fleet;
  simulation: Simulation;
  truth: Truth;
  player: ScenarioPlayer;
  strays: Strays;
  report: () => TruthReport;
}

/** Serial numbers that an answer lists at most. */
const LISTED = 1000;
/** A process holds as many in the memory that is promised. */
const MOST_DEVICES = 1_000_000;
const MOST_RATE = 1000;

/** The control port: what the fleet is doing, what it sent, and hands to steer it. */
export function createControlApp(settings: ControlSettings): Express {
  const { fleet, simulation, truth, player, strays, report } = settings;
  const app = express();
  app.disable('x-powered-by');
  app.use(refuseBrowsers);
  app.use(express.json({ limit: '100kb', type: () => true }));

  app.get('/', (_request, response) => {
    const { run_id, started_at, paused, devices, devices_cut, totals } = report();
    const scenarios = player.running().map(({ name }) => name);
    response.json({
      ...{ service: 'cpe-simulator', run_id, started_at, paused, devices, devices_cut, scenarios, totals },
    });
  });
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/truth', (_request, response) => void response.json(report()));
  app.get('/truth/devices', (_request, response) =>
    sendLines(response, 'application/x-ndjson', deviceLines(fleet, truth)),
  );
  app.get('/truth/devices/:sn', (request, response) => {
    const device = findDevice(request, response, fleet);
    if (device !== undefined) response.json(deviceTruth(fleet, truth, device));
  });
  app.get('/retries', (_request, response) => void response.json({ by_retry_count: simulation.retries() }));
  app.get('/strays', (_request, response) => void response.json(strays.counts));
  app.get('/inventory.csv', (_request, response) =>
    sendLines(response, 'text/csv; charset=utf-8', inventoryLines(fleet)),
  );
  app.get('/fleet', (request, response) => {
    const by = request.query['by'] ?? 'region';
    const group = [...GROUPS, 'model', 'access', 'way'].find((name) => name === by);
    if (group === undefined) {
      const detail = `by is one of ${[...GROUPS, 'model', 'access', 'way'].join(', ')}.`;
      return sendProblem(response, { status: 400, code: 'invalid_group', detail });
    }
    response.json({
      devices: fleet.size,
      by_condition: countByCondition(fleet),
      by: group,
      groups: viewBy(fleet, group),
    });
  });

  app.post('/pause', (_request, response) => {
    simulation.pause();
    response.json({ paused: true });
  });
  app.post('/resume', (_request, response) => {
    simulation.resume();
    response.json({ paused: false });
  });
  app.post('/fleet', (request, response) => {
    const devices = wholeNumber(request.body, 'devices', MOST_DEVICES);
    if (devices === undefined)
      return refuse(response, 'invalid_devices', '{"devices": 5000}, at most 1,000,000');
    simulation.resize(devices);
    response.json({ devices: fleet.size });
  });
  app.post('/rate', (request, response) => {
    const times: unknown = (request.body as { times?: unknown } | undefined)?.times;
    if (typeof times !== 'number' || !(times > 0 && times <= MOST_RATE))
      return refuse(response, 'invalid_rate', `{"times": 2.5}, above 0 and at most ${MOST_RATE}`);
    simulation.world.rate = times;
    simulation.reschedule(fleet.silence.keys());
    response.json({ times });
  });
  app.get('/scenarios', (_request, response) => {
    const known = BUILT_IN_SCENARIOS.map(({ name, summary, expect }) => ({ name, summary, expect }));
    response.json({ running: player.running(), known });
  });
  app.post('/scenarios', (request, response) => {
    try {
      response.status(201).json(player.start(readScenario(request.body)));
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      refuse(response, 'invalid_scenario', error.message);
    }
  });
  app.post('/scenarios/:name', (request, response) => {
    try {
      // A file of this machine is for the command line; here a scenario is named or posted.
      response.status(201).json(player.start(builtInScenario(String(request.params.name))));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      sendProblem(response, { status: 404, code: 'unknown_scenario', detail: error.message });
    }
  });
  app.delete('/scenarios/:name', (request, response) => {
    if (player.stop(String(request.params.name))) return void response.json({ stopped: request.params.name });
    sendProblem(response, { status: 404, code: 'not_running' });
  });
  app.post('/devices/:sn/cut', (request, response) => {
    const device = findDevice(request, response, fleet);
    if (device !== undefined) response.json({ changed: simulation.cut([device]), cut: true });
  });
  app.post('/devices/:sn/restore', (request, response) => {
    const device = findDevice(request, response, fleet);
    if (device !== undefined) response.json({ changed: simulation.restore([device]), cut: false });
  });
  app.post('/cut', (request, response) => {
    const count = wholeNumber(request.body, 'count', Number.MAX_SAFE_INTEGER);
    if (count === undefined) return refuse(response, 'invalid_count', '{"count": 10}');
    const chosen = firstDevices(fleet, count, (silence) => silence === 0);
    response.json({ changed: simulation.cut(chosen), serial_numbers: namesOf(fleet, chosen) });
  });
  app.post('/restore', (_request, response) => {
    const chosen = firstDevices(fleet, fleet.size, (silence) => (silence & SILENCE.cut) !== 0);
    response.json({ changed: simulation.restore(chosen), serial_numbers: namesOf(fleet, chosen) });
  });

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

const refuse = (response: Response, code: string, like: string): void =>
  sendProblem(response, { status: 400, code, detail: `The body must be right: ${like}.` });

function wholeNumber(body: unknown, name: string, most: number): number | undefined {
  const value = (body as Record<string, unknown> | undefined)?.[name];
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most
    ? (value as number)
    : undefined;
}

function findDevice(request: Request, response: Response, fleet: Fleet): number | undefined {
  const serialNumber = String(request.params['sn']);
  const device = fleet.findIndex(serialNumber);
  if (device === undefined) sendProblem(response, { status: 404, code: 'unknown_device' });
  return device;
}

function deviceTruth(fleet: Fleet, truth: Truth, device: number): object {
  const known = truth.ofDevice(device);
  const state = stateAfter(fleet, device, known.last_acknowledged_ts);
  return {
    sn: fleet.serialNumberOf(device),
    cut: fleet.silence[device] !== 0,
    way: fleet.wayOf(device),
    interval_seconds: fleet.intervalMs[device]! / 1000,
    ...known,
    ...(state === undefined ? {} : { state }),
  };
}

/** Ways whose reports carry the time at which they fell due. */
const TIMED: readonly Way[] = ['heartbeat', 'telemetry', 'webhook'];

/**
 * What must be in force in the target after the last acknowledged report; undefined where that is not certain: the device
 * has changed since, another has its serial number, or not every report of it names these values.
 */
function stateAfter(fleet: Fleet, device: number, lastAcknowledged: string | null): object | undefined {
  const way = fleet.wayOf(device);
  if (lastAcknowledged === null || WAYS[way] === 'bulk' || WAYS[way] === 'mirror') return undefined;
  if (Date.parse(lastAcknowledged) <= fleet.changedMs[device]! || fleet.isClone(device)) return undefined;
  return {
    sw_version: fleet.softwareVersionOf(device),
    wan_ip: fleet.wanAddressOf(device),
    ...(TIMED.includes(way) && fleet.clock[device] === 0 ? { device_time: lastAcknowledged } : {}),
  };
}

function* deviceLines(fleet: Fleet, truth: Truth): Generator<string> {
  for (let device = 0; device < fleet.size; device++)
    yield `${JSON.stringify(deviceTruth(fleet, truth, device))}\n`;
}

/** Written in pieces: a large fleet's list must not stand in memory as a whole. */
async function sendLines(response: Response, type: string, lines: Iterable<string>): Promise<void> {
  response.type(type);
  let piece = '';
  let count = 0;
  for (const line of lines) {
    piece += line;
    count += 1;
    if (count % LISTED !== 0) continue;
    if (!response.write(piece)) {
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
    piece = '';
    if (response.destroyed) return;
  }
  response.end(piece);
}

/** The first `count` devices of which that is so. */
function firstDevices(fleet: Fleet, count: number, wanted: (silence: number) => boolean): number[] {
  const chosen: number[] = [];
  for (let device = 0; device < fleet.size && chosen.length < count; device++) {
    if (wanted(fleet.silence[device]!)) chosen.push(device);
  }
  return chosen;
}

const namesOf = (fleet: Fleet, devices: number[]): string[] =>
  devices.slice(0, LISTED).map((device) => fleet.serialNumberOf(device));
