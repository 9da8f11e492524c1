import { createAgenda } from './agenda.js';
import { SILENCE, type Fleet } from './fleet.js';
import { createGateway } from './gateway.js';
import type { HttpRequest } from './http-target.js';
import { isRetried, type Outcome } from './outcome.js';
import { WAYS, type Way } from './report-ways.js';
import type { Report } from './reports/report.js';
import { createRetainedReports } from './retained-reports.js';
import { createRetryQueue } from './retry-queue.js';
import { createRetryStatistics, type RetryRow } from './retry-statistics.js';
import { retryWaitMs, type RetryPolicy } from './retry-table.js';
import { createSendQueue } from './send-queue.js';
import { createShipment, type Shipment } from './shipment.js';
import { createSilencing } from './silencing.js';
import { createTimingWheel } from './timing-wheel.js';
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
  const { fleet, truth, now, random, requestOf } = settings;
  const world = settings.world ?? createWorld();
  const startMs = now();
  const wheel = createTimingWheel(fleet.size, startMs);
  const agenda = createAgenda(startMs);
  const retries = createRetryQueue(startMs);
  const statistics = createRetryStatistics(settings.retry);
  /** What each CPE is busy with: a device never has two reports under way, which keeps its reports in order. */
  const busyWith: (Shipment | undefined)[] = new Array<Shipment | undefined>(fleet.size).fill(undefined);
  /** Devices that the wheel will visit. */
  let scheduled = new Uint8Array(fleet.size);
  const retained = createRetainedReports(fleet, truth, settings.retainedReports ?? USUAL_RETAINED_REPORTS);
  let paused = false;
  let stopped = false;
  let waiting = 0;
  let duplicates = 0;

  const end = (shipment: Shipment): void => {
    if (shipment.state === 'waiting') waiting -= 1;
    shipment.state = 'ended';
    for (const { device } of shipment.reports) {
      if (busyWith[device] === shipment) busyWith[device] = undefined;
    }
  };

  const abandon = (shipment: Shipment): void => {
    for (const [index, report] of shipment.reports.entries()) {
      truth.abandoned(shipment.path, report, index < shipment.sent);
      if (shipment.path === 'cwmp') fleet.events[report.device]! |= report.events;
    }
    end(shipment);
  };

  const deviceOf = ({ reports }: Shipment): number => reports[0]?.device ?? 0;

  /** The CPE (not the gateway, which goes on without it) that made a shipment has been cut off. */
  const isCutOff = (shipment: Shipment): boolean =>
    shipment.path !== 'telemetry' && fleet.silence[deviceOf(shipment)] !== 0;

  const again = ({ path }: Shipment, outcome: Outcome): boolean =>
    outcome.kind !== 'accepted' && path !== 'mirror' && (path === 'cwmp' || isRetried(outcome));

  const settle = (shipment: Shipment, outcome: Outcome): void => {
    const retry = again(shipment, outcome);
    truth.settled(shipment, outcome, !retry);
    if (outcome.kind === 'accepted' && random() < world.duplicateShare) sendCopy(shipment);
    if (!retry) return end(shipment);
    if (isCutOff(shipment)) return abandon(shipment);
    if (shipment.path === 'bulk') {
      // Bulk data is not sent again for its own sake: RetryEnable is false by default.
      end(shipment);
      return retained.keep(shipment);
    }
    const nowMs = now();
    shipment.retryCount += 1;
    shipment.notBeforeMs = outcome.kind === 'refused' ? nowMs + outcome.retryAfterMs : nowMs;
    const waitMs = retryWaitMs(shipment.retryCount, random(), settings.retry);
    shipment.retryAtMs = Math.max(nowMs + waitMs, shipment.notBeforeMs);
    shipment.state = 'waiting';
    shipment.waitingSinceMs = nowMs;
    waiting += 1;
    retries.add(shipment);
  };

  /** The same bytes once more, for nothing: whoever takes them must notice. */
  const sendCopy = (shipment: Shipment): void => {
    const request = requestOf?.(shipment);
    if (request === undefined) return;
    duplicates += 1;
    void settings.send({ ...shipment, frozen: request });
  };

  const transmit = (shipment: Shipment): Promise<void> | undefined => {
    if (isCutOff(shipment) || stopped) {
      abandon(shipment);
      return undefined;
    }
    const firstNew = shipment.sent;
    shipment.state = 'in_flight';
    shipment.attempts += 1;
    shipment.sent = shipment.reports.length;
    truth.attempted(shipment, firstNew);
    if (world.outages.has(shipment.path)) {
      return Promise.resolve().then(() => settle(shipment, { kind: 'unanswered', reason: 'unreachable' }));
    }
    if (world.latencyMs === 0) return settings.send(shipment).then((outcome) => settle(shipment, outcome));
    return new Promise<void>((resolve) => agenda.add(now() + world.latencyMs, resolve))
      .then(() => settings.send(shipment))
      .then((outcome) => settle(shipment, outcome));
  };

  const toApi = createSendQueue(settings.maxConnections, transmit);
  const toAcs = createSendQueue(settings.maxConnections, transmit);
  const sessions = createSendQueue(settings.maxConnections, transmit);
  const queueOf: Record<Shipment['path'], ReturnType<typeof createSendQueue>> = {
    ...{ heartbeat: toApi, telemetry: toApi, bulk: toApi, webhook: toAcs, mirror: toAcs, cwmp: sessions },
  };

  const enqueue = (shipment: Shipment): void => {
    if (shipment.state === 'waiting') waiting -= 1;
    shipment.state = 'queued';
    queueOf[shipment.path].add(shipment);
  };

  const retryNow = (shipment: Shipment, nowMs: number): void => {
    statistics.broughtForward(shipment.retryCount, nowMs - shipment.waitingSinceMs);
    enqueue(shipment);
  };

  const gateway = createGateway(settings.batchSize, settings.batchLingerMs, enqueue);

  const shipmentFor = (way: Way, report: Report): Shipment => {
    if (WAYS[way] === 'bulk') return retained.shipmentFor(way, report);
    const shipment = createShipment(way);
    shipment.reports.push(report);
    return shipment;
  };

  const reportDue = (device: number, dueMs: number, nowMs: number): void => {
    truth.due += 1;
    const way = fleet.wayOf(device);
    const current = busyWith[device];
    if (current !== undefined) {
      truth.skipped += 1;
      // A new event ends the wait (TR-069 Amendment 6, 3.2.1.1). It is the CPE's rule: a gateway keeps to the table.
      const alone = current.path !== 'telemetry';
      if (alone && current.state === 'waiting' && nowMs >= current.notBeforeMs) {
        mergeEvents(current, device);
        retryNow(current, nowMs);
      }
      return;
    }
    const report: Report = { device, dueMs, events: fleet.events[device]!, inDoubt: false };
    fleet.events[device] = 0;
    if (world.deadSources.has(WAYS[way])) {
      truth.skipped += 1;
      return;
    }
    if (way === 'telemetry') {
      busyWith[device] = gateway.collect(report, nowMs);
      return;
    }
    const shipment = shipmentFor(way, report);
    if (way !== 'cwmp' && random() < world.lateShare) {
      freeze(shipment);
      agenda.add(nowMs + world.lateMs, () => enqueue(shipment));
      return;
    }
    busyWith[device] = shipment;
    enqueue(shipment);
  };

  /** What happens while a CPE waits for its retry goes into the same Inform; other bodies stay as they are. */
  const mergeEvents = (shipment: Shipment, device: number): void => {
    const [report] = shipment.reports;
    if (shipment.path !== 'cwmp' || report === undefined) return;
    report.events |= fleet.events[device]!;
    fleet.events[device] = 0;
  };

  const freeze = (shipment: Shipment): void => {
    shipment.frozen ??= requestOf?.(shipment);
  };

  const nextReportMs = (device: number, afterMs: number): number => {
    const pace = world.paceMs.get(device) ?? (world.rate === 1 ? 0 : fleet.intervalMs[device]! / world.rate);
    return pace === 0 ? fleet.nextReportMs(device, afterMs) : afterMs + pace;
  };

  const deviceDue = (device: number, dueMs: number, nowMs: number): void => {
    if (device >= fleet.size || fleet.silence[device]! & SILENCE.gone) {
      scheduled[device] = 0;
      return;
    }
    const nextMs = nextReportMs(device, nowMs);
    wheel.schedule(device, nextMs);
    if (paused || fleet.silence[device] !== 0) return;
    reportDue(device, dueMs, nowMs);
    // After a halt of this process several reports of a CPE have fallen due at once.
    const missed = Math.max(0, Math.round((nextMs - dueMs) / paceOf(device)) - 1);
    truth.due += missed;
    truth.skipped += missed;
  };

  const paceOf = (device: number): number =>
    world.paceMs.get(device) ?? fleet.intervalMs[device]! / world.rate;

  const schedule = (device: number, afterMs: number): void => {
    if (scheduled[device] === 1) return;
    scheduled[device] = 1;
    wheel.schedule(device, fleet.nextReportMs(device, afterMs));
  };
  for (let device = 0; device < fleet.size; device++) schedule(device, startMs);

  const silencing = createSilencing(fleet, (device) => {
    const current = busyWith[device];
    if (current?.state === 'waiting' && current.path !== 'telemetry') abandon(current);
  });

  return {
    world,
    tick: () => {
      if (stopped) return;
      const nowMs = now();
      wheel.advance(nowMs, (device, dueMs) => deviceDue(device, dueMs, nowMs));
      agenda.advance(nowMs);
      gateway.tick(nowMs);
      retries.release(nowMs, (shipment) => {
        statistics.waited(shipment.retryCount, nowMs - shipment.waitingSinceMs);
        enqueue(shipment);
      });
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
        if (current !== undefined && current.attempts > 0) freeze(current);
        what(device);
        fleet.changedMs[device] = now();
      }
    },
    tell(device, events, afterMs) {
      agenda.add(now() + afterMs, () => {
        fleet.events[device]! |= events;
        if (!stopped && !paused && fleet.silence[device] === 0) reportDue(device, now(), now());
      });
    },
    nowMs: now,
    later: (afterMs, what) => agenda.add(now() + afterMs, what),
    reschedule(devices) {
      const nowMs = now();
      for (const device of devices) {
        if (scheduled[device] === 1) wheel.schedule(device, nextReportMs(device, nowMs));
      }
    },
    retryAll() {
      const nowMs = now();
      for (const shipment of new Set(busyWith)) {
        if (shipment?.state === 'waiting') retryNow(shipment, nowMs);
      }
    },
    resize(devices) {
      fleet.resize(devices);
      truth.resize(devices);
      wheel.resize(devices);
      if (devices > scheduled.length) {
        const more = new Uint8Array(devices);
        more.set(scheduled);
        scheduled = more;
      }
      for (let device = 0; device < devices; device++) schedule(device, now());
    },
    stop: () => void (stopped = true),
    load: () => ({
      inFlight: toApi.inFlight + toAcs.inFlight + sessions.inFlight,
      queued: toApi.length + toAcs.length + sessions.length,
      ...{ waiting, cut: silencing.count, duplicates },
    }),
    retries: () => statistics.report(),
  };
}
