import { sendProblem } from '@cpemon/service-kit';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Fleet } from './fleet.js';
import type { Simulation } from './simulation.js';
import { reportTruth, type RunIdentity, type TruthReport } from './truth-report.js';
import type { Truth } from './truth.js';

export interface ControlSettings {
  fleet: Fleet;
  simulation: Simulation;
  truth: Truth;
  run: RunIdentity;
  now: () => number;
}

/** Serial numbers that an answer lists at most. */
const LISTED = 1000;

/** The control port: what the fleet is doing, what it sent, and hands to stop it or cut devices off. */
export function createControlApp({ fleet, simulation, truth, run, now }: ControlSettings): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(refuseBrowsers);
  app.use(express.json({ limit: '10kb', type: () => true }));

  const report = (): TruthReport => reportTruth(run, fleet.size, simulation, truth, now());

  app.get('/', (_request, response) => {
    const { run_id, started_at, paused, devices, devices_cut, totals } = report();
    response.json({ service: 'cpe-simulator', run_id, started_at, paused, devices, devices_cut, totals });
  });
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/truth', (_request, response) => void response.json(report()));
  app.get('/truth/devices', (_request, response) => sendAllDevices(response, fleet, truth));
  app.get('/truth/devices/:sn', (request, response) => {
    const device = findDevice(request, response, fleet);
    if (device !== undefined) response.json(deviceTruth(fleet, truth, device));
  });

  app.post('/pause', (_request, response) => {
    simulation.pause();
    response.json({ paused: true });
  });
  app.post('/resume', (_request, response) => {
    simulation.resume();
    response.json({ paused: false });
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
    const count: unknown = (request.body as { count?: unknown } | undefined)?.count;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
      return sendProblem(response, {
        status: 400,
        code: 'invalid_count',
        detail: 'The body says how many: {"count": 10}.',
      });
    }
    const chosen = firstDevices(fleet, count, 0);
    response.json({ changed: simulation.cut(chosen), serial_numbers: namesOf(fleet, chosen) });
  });
  app.post('/restore', (_request, response) => {
    const chosen = firstDevices(fleet, fleet.size, 1);
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
  if (request.method === 'POST' && request.headers.origin !== undefined) {
    return sendProblem(response, { status: 403, code: 'cross_origin', detail: 'Not from a web page.' });
  }
  next();
}

function findDevice(request: Request, response: Response, fleet: Fleet): number | undefined {
  const serialNumber = String(request.params['sn']);
  const device = fleet.findIndex(serialNumber);
  if (device === undefined) sendProblem(response, { status: 404, code: 'unknown_device' });
  return device;
}

const deviceTruth = (fleet: Fleet, truth: Truth, device: number): object => ({
  sn: fleet.serialNumberOf(device),
  cut: fleet.cut[device] === 1,
  interval_seconds: (fleet.intervalMs[device] as number) / 1000,
  ...truth.ofDevice(device),
});

/** One JSON line a device, written in pieces: a large fleet's list must not stand in memory as a whole. */
async function sendAllDevices(response: Response, fleet: Fleet, truth: Truth): Promise<void> {
  response.type('application/x-ndjson');
  for (let from = 0; from < fleet.size; from += LISTED) {
    let lines = '';
    for (let device = from; device < Math.min(from + LISTED, fleet.size); device++) {
      lines += `${JSON.stringify(deviceTruth(fleet, truth, device))}\n`;
    }
    if (!response.write(lines)) {
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
    if (response.destroyed) return;
  }
  response.end();
}

/** The first `count` devices whose cut flag is `flag`. */
function firstDevices(fleet: Fleet, count: number, flag: 0 | 1): number[] {
  const chosen: number[] = [];
  for (let device = 0; device < fleet.size && chosen.length < count; device++) {
    if (fleet.cut[device] === flag) chosen.push(device);
  }
  return chosen;
}

const namesOf = (fleet: Fleet, devices: number[]): string[] =>
  devices.slice(0, LISTED).map((device) => fleet.serialNumberOf(device));
