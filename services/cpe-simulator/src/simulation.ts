import type { Fleet } from './fleet.js';
import { createGateway } from './gateway.js';
import { isRetried, type Outcome } from './outcome.js';
import { createRetryQueue } from './retry-queue.js';
import { retryWaitMs, type RetryPolicy } from './retry-table.js';
import { createSendQueue } from './send-queue.js';
import { createShipment, type Shipment } from './shipment.js';
import { createTimingWheel } from './timing-wheel.js';
import type { SendShipment } from './transport.js';
import type { Truth } from './truth.js';

export interface SimulationSettings {
  fleet: Fleet;
  truth: Truth;
  send: SendShipment;
  /** 0 or 1: each CPE posts its own heartbeat; above: through a gateway, up to this many in a request. */
  batchSize: number;
  /** How long the gateway holds an incomplete batch, milliseconds. */
  batchLingerMs: number;
  /** Requests in flight at once, for each of the two targets. */
  maxConnections: number;
  retry: RetryPolicy;
  /** Epoch milliseconds. */
  now: () => number;
  /** Numbers in [0, 1) for the retry waits. */
  random: () => number;
}

/** The fleet at work: an open-loop schedule, one report at a time per CPE, retries by the TR-069 table. */
export interface Simulation {
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
  /** No further reports and retries; what is in flight is left to end. */
  stop(): void;
  /** Requests in flight, shipments waiting for a connection, and shipments waiting for a retry. */
  load(): { inFlight: number; queued: number; waiting: number; cut: number };
}

export function createSimulation(settings: SimulationSettings): Simulation {
  const { fleet, truth, now } = settings;
  const startMs = now();
  const wheel = createTimingWheel(fleet.size, startMs);
  const retries = createRetryQueue(startMs);
  /** What each CPE is busy with: a device never has two reports under way, which keeps its reports in order. */
  const busyWith = new Array<Shipment | undefined>(fleet.size).fill(undefined);
  let paused = false;
  let stopped = false;
  let waiting = 0;
  let cutDevices = 0;

  const end = (shipment: Shipment): void => {
    if (shipment.state === 'waiting') waiting -= 1;
    shipment.state = 'ended';
    for (const { device } of shipment.reports) busyWith[device] = undefined;
  };

  const abandon = (shipment: Shipment): void => {
    truth.abandoned(shipment);
    end(shipment);
  };

  /** The CPE (not the gateway, which goes on without it) that made a shipment has been cut off. */
  const isCutOff = ({ path, reports }: Shipment): boolean =>
    path !== 'telemetry' && fleet.cut[reports[0]?.device ?? 0] === 1;

  const settle = (shipment: Shipment, outcome: Outcome): void => {
    const again = outcome.kind !== 'accepted' && isRetried(outcome);
    truth.settled(shipment, outcome, !again);
    if (!again) return end(shipment);
    if (isCutOff(shipment)) return abandon(shipment);
    const nowMs = now();
    shipment.retryCount += 1;
    shipment.notBeforeMs = outcome.kind === 'refused' ? nowMs + outcome.retryAfterMs : nowMs;
    const waitMs = retryWaitMs(shipment.retryCount, settings.random(), settings.retry);
    shipment.retryAtMs = Math.max(nowMs + waitMs, shipment.notBeforeMs);
    shipment.state = 'waiting';
    waiting += 1;
    retries.add(shipment);
  };

  const transmit = (shipment: Shipment): Promise<void> | undefined => {
    if (isCutOff(shipment) || stopped) {
      abandon(shipment);
      return undefined;
    }
    shipment.state = 'in_flight';
    shipment.attempts += 1;
    truth.attempted(shipment);
    return settings.send(shipment).then((outcome) => settle(shipment, outcome));
  };

  const toApi = createSendQueue(settings.maxConnections, transmit);
  const toAcs = createSendQueue(settings.maxConnections, transmit);

  const enqueue = (shipment: Shipment): void => {
    if (shipment.state === 'waiting') waiting -= 1;
    shipment.state = 'queued';
    (shipment.path === 'webhook' ? toAcs : toApi).add(shipment);
  };

  const gateway = createGateway(settings.batchSize, settings.batchLingerMs, enqueue);

  const reportDue = (device: number, dueMs: number, nowMs: number): void => {
    truth.due += 1;
    const current = busyWith[device];
    if (current !== undefined) {
      truth.skipped += 1;
      // A new event ends the wait (TR-069 Amendment 6, 3.2.1.1). It is the CPE's rule: a gateway keeps to the table.
      const alone = current.path !== 'telemetry';
      if (alone && current.state === 'waiting' && nowMs >= current.notBeforeMs) enqueue(current);
      return;
    }
    if (settings.batchSize > 1 && !fleet.isRelayed(device)) {
      busyWith[device] = gateway.collect({ device, dueMs }, nowMs);
      return;
    }
    const shipment = createShipment(fleet.isRelayed(device) ? 'webhook' : 'heartbeat');
    shipment.reports.push({ device, dueMs });
    busyWith[device] = shipment;
    enqueue(shipment);
  };

  const deviceDue = (device: number, dueMs: number, nowMs: number): void => {
    const nextMs = fleet.nextReportMs(device, nowMs);
    wheel.schedule(device, nextMs);
    if (paused || fleet.cut[device] === 1) return;
    reportDue(device, dueMs, nowMs);
    // After a halt of this process several reports of a CPE have fallen due at once.
    const missed = Math.round((nextMs - dueMs) / (fleet.intervalMs[device] as number)) - 1;
    truth.due += missed;
    truth.skipped += missed;
  };

  for (let device = 0; device < fleet.size; device++) {
    wheel.schedule(device, fleet.nextReportMs(device, startMs));
  }

  return {
    tick: () => {
      if (stopped) return;
      const nowMs = now();
      wheel.advance(nowMs, (device, dueMs) => deviceDue(device, dueMs, nowMs));
      gateway.tick(nowMs);
      retries.release(nowMs, enqueue);
    },
    pause: () => void (paused = true),
    resume: () => void (paused = false),
    get paused() {
      return paused;
    },
    cut: (devices) => {
      let changed = 0;
      for (const device of devices) {
        if (fleet.cut[device] === 1) continue;
        fleet.cut[device] = 1;
        changed += 1;
        const current = busyWith[device];
        if (current?.state === 'waiting' && current.path !== 'telemetry') abandon(current);
      }
      cutDevices += changed;
      return changed;
    },
    restore: (devices) => {
      let changed = 0;
      for (const device of devices) {
        changed += fleet.cut[device] as number;
        fleet.cut[device] = 0;
      }
      cutDevices -= changed;
      return changed;
    },
    stop: () => void (stopped = true),
    load: () => ({
      inFlight: toApi.inFlight + toAcs.inFlight,
      queued: toApi.length + toAcs.length,
      waiting,
      cut: cutDevices,
    }),
  };
}
