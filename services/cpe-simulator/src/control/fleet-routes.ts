import { sendProblem } from '@cpemon/service-kit';
import { Router } from 'express';
import { countByCondition, viewBy } from '../fleet-view.js';
import { SILENCE, type Fleet } from '../fleet.js';
import { GROUPS } from '../scenarios/selection.js';
import type { Simulation } from '../simulation.js';
import { findDevice, LISTED, refuseBody, wholeNumber } from './request-values.js';

/** A process holds as many in the memory that is promised. */
const MOST_DEVICES = 1_000_000;
const MOST_RATE = 1000;
const VIEWS = [...GROUPS, 'model', 'access', 'way'] as const;

/** The fleet by group, and hands on its size, its pace and its devices. */
export function createFleetRoutes({ fleet, simulation }: { fleet: Fleet; simulation: Simulation }): Router {
  const routes = Router();
  routes.get('/fleet', (request, response) => {
    const by = request.query['by'] ?? 'region';
    const group = VIEWS.find((name) => name === by);
    if (group === undefined) {
      const detail = `by is one of ${VIEWS.join(', ')}.`;
      return sendProblem(response, { status: 400, code: 'invalid_group', detail });
    }
    response.json({
      devices: fleet.size,
      by_condition: countByCondition(fleet),
      by: group,
      groups: viewBy(fleet, group),
    });
  });
  routes.post('/fleet', (request, response) => {
    const devices = wholeNumber(request.body, 'devices', MOST_DEVICES);
    if (devices === undefined)
      return refuseBody(response, 'invalid_devices', '{"devices": 5000}, at most 1,000,000');
    simulation.resize(devices);
    response.json({ devices: fleet.size });
  });
  routes.post('/pause', (_request, response) => {
    simulation.pause();
    response.json({ paused: true });
  });
  routes.post('/resume', (_request, response) => {
    simulation.resume();
    response.json({ paused: false });
  });
  routes.post('/rate', (request, response) => {
    const times: unknown = (request.body as { times?: unknown } | undefined)?.times;
    if (typeof times !== 'number' || !(times > 0 && times <= MOST_RATE))
      return refuseBody(response, 'invalid_rate', `{"times": 2.5}, above 0 and at most ${MOST_RATE}`);
    simulation.world.rate = times;
    simulation.reschedule(fleet.silence.keys());
    response.json({ times });
  });
  routes.post('/devices/:sn/cut', (request, response) => {
    const device = findDevice(request, response, fleet);
    if (device !== undefined) response.json({ changed: simulation.cut([device]), cut: true });
  });
  routes.post('/devices/:sn/restore', (request, response) => {
    const device = findDevice(request, response, fleet);
    if (device !== undefined) response.json({ changed: simulation.restore([device]), cut: false });
  });
  routes.post('/cut', (request, response) => {
    const count = wholeNumber(request.body, 'count', Number.MAX_SAFE_INTEGER);
    if (count === undefined) return refuseBody(response, 'invalid_count', '{"count": 10}');
    const chosen = firstDevices(fleet, count, (silence) => silence === 0);
    response.json({ changed: simulation.cut(chosen), serial_numbers: namesOf(fleet, chosen) });
  });
  routes.post('/restore', (request, response) => {
    // All: also those that a scenario never brings back.
    const all = (request.body as { all?: unknown } | undefined)?.all === true;
    const reasons = all ? SILENCE.cut | SILENCE.noPower | SILENCE.noLine : SILENCE.cut;
    const chosen = firstDevices(fleet, fleet.size, (silence) => (silence & reasons) !== 0);
    for (const reason of Object.values(SILENCE)) {
      if ((reasons & reason) !== 0) simulation.unsilence(chosen, reason);
    }
    response.json({ changed: chosen.length, serial_numbers: namesOf(fleet, chosen) });
  });
  return routes;
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
