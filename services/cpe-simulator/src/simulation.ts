import { createAgenda } from './agenda.js';
import { createDelivery } from './delivery.js';
import { SILENCE, type Fleet } from './fleet.js';
import { createGateway } from './gateway.js';
import type { HttpRequest } from './http-target.js';
import { WAYS } from './report-ways.js';
import { createReporting } from './reporting.js';
import { createRetainedReports } from './retained-reports.js';
import type { RetryRow } from './retry-statistics.js';
import type { RetryPolicy } from './retry-table.js';
import type { Shipment } from './shipment.js';
import { createSilencing } from './silencing.js';
import type { SendShipment } from './transport.js';
import type { Truth } from './truth.js';
import { createWorld, type World } from './world.js';

export interface SimulationSettings {
  fleet: Fleet;
  truth: Truth;
  send: SendShipment;
  /** The request of a shipment, for keeping it; undefined where each attempt is another. */
  requestOf?: (shipment: Shipment) => HttpRequest | undefined;
  /** Reports of one batch of a gateway at most. */
  batchSize: number;
  /** How long the gateway holds an incomplete batch, milliseconds. */
  batchLingerMs: number;
  /** Requests (or sessions) in flight at once, for each of the targets. */
  maxConnections: number;
  /** Bulk reports that a device keeps when they cannot be delivered. */
  retainedReports?: number;
  retry: RetryPolicy;
  world?: World;
  /** Epoch milliseconds. */
  now: () => number;
  /** Numbers in [0, 1) for the retry waits and what happens by chance. */
  random: () => number;
}

/** The fleet at work: an open-loop schedule, one report at a time per CPE, retries by the TR-069 table. */
export interface Simulation {
  readonly world: World;
  /** Does everything that has fallen due; called every few milliseconds by whoever owns the timer. */
  tick(): void;
  /** While paused no new reports are made; those under way are brought to their end. */
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /** Takes CPEs off the net: no reports, and a waiting retry is given up. Returns how many were not cut before. */
  cut(devices: Iterable<number>): number;
  /** Puts them back; they go on in their own rhythm. Returns how many were cut before. */
  restore(devices: Iterable<number>): number;
  /** `cut` and `restore` for one reason (a bit of SILENCE): a device reports when none is left. */
  silence(devices: Iterable<number>, reason: number): number;
  unsilence(devices: Iterable<number>, reason: number): number;
  /** Changes something of devices; what they have under way is kept as it was. */
  change(devices: Iterable<number>, what: (device: number) => void): void;
  /** A device has something to tell, `afterMs` from now: bits of INFORM_EVENTS. */
  tell(device: number, events: number, afterMs: number): void;
  /** The simulation's time, epoch milliseconds. */
  nowMs(): number;
  /** Does something later, in that time. */
  later(afterMs: number, what: () => void): void;
  /** The interval or phase of these devices has changed: their next report is at their new time. */
  reschedule(devices: Iterable<number>): void;
  /** All waiting retries are tried now, as after an outage that everybody notices the end of. */
  retryAll(): void;
  /** More or fewer CPEs. */
  resize(devices: number): void;
  /** No further reports and retries; what is in flight is left to end. */
  stop(): void;
  /** Requests in flight, shipments waiting for a connection, and shipments waiting for a retry; copies sent on purpose. */
  load(): { inFlight: number; queued: number; waiting: number; cut: number; duplicates: number };
  retries(): RetryRow[];
}

const USUAL_RETAINED_REPORTS = 10;

export function createSimulation(settings: SimulationSettings): Simulation {
  const { fleet, truth, now } = settings;
  const world = settings.world ?? createWorld();
  const agenda = createAgenda(now());
  const retained = createRetainedReports(fleet, truth, settings.retainedReports ?? USUAL_RETAINED_REPORTS);
  let paused = false;
  let stopped = false;

  // Not an empty list: holes would cost each look into it a search.
  const busyWith = new Array<Shipment | undefined>(fleet.size).fill(undefined);
  const delivery = createDelivery({
    ...{ ...settings, requestOf: settings.requestOf, world, agenda, retained },
    ended(shipment) {
      for (const { device } of shipment.reports) {
        if (busyWith[device] === shipment) busyWith[device] = undefined;
        // What happened meanwhile is told right after. TR-069 Amendment 6, 3.7.1.5.
        if (fleet.events[device] !== 0) agenda.add(now(), () => reportEvents(device));
      }
    },
  });
  const gateway = createGateway(settings.batchSize, settings.batchLingerMs, (batch) =>
    delivery.enqueue(batch),
  );
  const reporting = createReporting({
    ...{ fleet, truth, now, random: settings.random },
    ...{ world, agenda, gateway, retained, delivery, busyWith },
  });

  const reportEvents = (device: number): void => {
    if (stopped || paused || fleet.silence[device] !== 0 || fleet.events[device] === 0) return;
    // Bulk data comes at its interval, whatever happens. TR-069 Amendment 6, Annex N.
    if (WAYS[fleet.wayOf(device)] === 'bulk') fleet.events[device] = 0;
    else reporting.reportNow(device, now());
  };

  const silencing = createSilencing(fleet, (device) => {
    const current = busyWith[device];
    if (current?.state === 'waiting' && current.path !== 'telemetry') delivery.abandon(current);
  });

  return {
    world,
    tick: () => {
      if (stopped) return;
      const nowMs = now();
      reporting.advance(nowMs, paused);
      agenda.advance(nowMs);
      gateway.tick(nowMs);
      delivery.releaseRetries(nowMs);
    },
    pause: () => void (paused = true),
    resume: () => void (paused = false),
    get paused() {
      return paused;
    },
    cut: (devices) => silencing.silence(devices, SILENCE.cut),
    restore: (devices) => silencing.unsilence(devices, SILENCE.cut),
    silence: (devices, reason) => silencing.silence(devices, reason),
    unsilence: (devices, reason) => silencing.unsilence(devices, reason),
    change(devices, what) {
      for (const device of devices) {
        const current = busyWith[device];
        if (current !== undefined && current.attempts > 0) delivery.freeze(current);
        what(device);
        fleet.changedMs[device] = now();
      }
    },
    tell(device, events, afterMs) {
      agenda.add(now() + afterMs, () => {
        fleet.events[device]! |= events;
        reportEvents(device);
      });
    },
    nowMs: now,
    later: (afterMs, what) => agenda.add(now() + afterMs, what),
    reschedule: (devices) => reporting.reschedule(devices),
    retryAll() {
      for (const shipment of new Set(busyWith)) {
        if (shipment?.state === 'waiting') delivery.retryNow(shipment);
      }
    },
    resize(devices) {
      fleet.resize(devices);
      truth.resize(devices);
      reporting.resize(devices);
    },
    stop() {
      stopped = true;
      delivery.stop();
    },
    load: () => ({ ...delivery.load(), cut: silencing.count }),
    retries: () => delivery.retries(),
  };
}
