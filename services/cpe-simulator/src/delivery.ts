import type { Agenda } from './agenda.js';
import type { Fleet } from './fleet.js';
import type { HttpRequest } from './http-target.js';
import { isRetried, type Outcome } from './outcome.js';
import type { ReportPath } from './report-ways.js';
import type { RetainedReports } from './retained-reports.js';
import { createRetryQueue } from './retry-queue.js';
import { createRetryStatistics, type RetryRow } from './retry-statistics.js';
import { retryWaitMs, type RetryPolicy } from './retry-table.js';
import { createSendQueue, type SendQueue } from './send-queue.js';
import type { Shipment } from './shipment.js';
import type { SendShipment } from './transport.js';
import type { Truth } from './truth.js';
import type { World } from './world.js';

export interface DeliverySettings {
  fleet: Fleet;
  truth: Truth;
  world: World;
  agenda: Agenda;
  retained: RetainedReports;
  send: SendShipment;
  requestOf: ((shipment: Shipment) => HttpRequest | undefined) | undefined;
  maxConnections: number;
  retry: RetryPolicy;
  now: () => number;
  random: () => number;
  /** A shipment is over: its devices are free for the next. */
  ended: (shipment: Shipment) => void;
}

/** The way of shipments to their targets: queues, attempts, waits and ends. */
export interface Delivery {
  enqueue(shipment: Shipment): void;
  /** Tries again a shipment that waits, before its time. */
  retryNow(shipment: Shipment): void;
  /** Gives it up, as its device is off the net. */
  abandon(shipment: Shipment): void;
  /** Keeps its request as it is now. */
  freeze(shipment: Shipment): void;
  /** Tries again what has waited long enough. */
  releaseRetries(nowMs: number): void;
  /** No further attempts. */
  stop(): void;
  load(): { inFlight: number; queued: number; waiting: number; duplicates: number };
  retries(): RetryRow[];
}

export function createDelivery(settings: DeliverySettings): Delivery {
  const { fleet, truth, world, agenda, retained, now, random, requestOf } = settings;
  const retries = createRetryQueue(now());
  const statistics = createRetryStatistics(settings.retry);
  let stopped = false;
  let waiting = 0;
  let duplicates = 0;

  const end = (shipment: Shipment): void => {
    if (shipment.state === 'waiting') waiting -= 1;
    shipment.state = 'ended';
    settings.ended(shipment);
  };

  const abandon = (shipment: Shipment): void => {
    for (const [index, report] of shipment.reports.entries()) {
      truth.abandoned(shipment.path, report, index < shipment.sent);
      // What the CPE had to tell stays to be told.
      if (shipment.path === 'cwmp') fleet.events[report.device]! |= report.events;
    }
    end(shipment);
  };

  /** The CPE (not the gateway, which goes on without it) that made a shipment has been cut off. */
  const isCutOff = ({ path, reports }: Shipment): boolean =>
    path !== 'telemetry' && fleet.silence[reports[0]?.device ?? 0] !== 0;

  const isTriedAgain = ({ path }: Shipment, outcome: Outcome): boolean =>
    outcome.kind !== 'accepted' && path !== 'mirror' && (path === 'cwmp' || isRetried(outcome));

  /** The same bytes once more, for nothing: whoever takes them must notice. */
  const sendCopy = (shipment: Shipment): void => {
    const request = requestOf?.(shipment);
    if (request === undefined) return;
    duplicates += 1;
    void settings.send({ ...shipment, frozen: request });
  };

  const waitForRetry = (shipment: Shipment, notBeforeMs: number): void => {
    const nowMs = now();
    shipment.retryCount += 1;
    shipment.notBeforeMs = notBeforeMs;
    const waitMs = retryWaitMs(shipment.retryCount, random(), settings.retry);
    shipment.retryAtMs = Math.max(nowMs + waitMs, notBeforeMs);
    shipment.state = 'waiting';
    shipment.waitingSinceMs = nowMs;
    waiting += 1;
    retries.add(shipment);
  };

  const settle = (shipment: Shipment, outcome: Outcome): void => {
    const again = isTriedAgain(shipment, outcome);
    truth.settled(shipment, outcome, !again);
    if (outcome.kind === 'accepted' && random() < world.duplicateShare) sendCopy(shipment);
    if (!again) return end(shipment);
    if (isCutOff(shipment)) return abandon(shipment);
    if (shipment.path === 'bulk') {
      // Bulk data is not sent again for its own sake: RetryEnable is false by default.
      end(shipment);
      return retained.keep(shipment);
    }
    waitForRetry(shipment, now() + (outcome.kind === 'refused' ? outcome.retryAfterMs : 0));
  };

  const attempt = (shipment: Shipment): Promise<Outcome> => {
    if (world.outages.has(shipment.path)) {
      return Promise.resolve({ kind: 'unanswered', reason: 'unreachable' });
    }
    if (world.latencyMs === 0) return settings.send(shipment);
    return new Promise<void>((resolve) => agenda.add(now() + world.latencyMs, resolve)).then(() =>
      settings.send(shipment),
    );
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
    return attempt(shipment).then((outcome) => settle(shipment, outcome));
  };

  const queues = [0, 1, 2].map(() => createSendQueue(settings.maxConnections, transmit));
  const [toApi, toAcs, sessions] = queues as [SendQueue, SendQueue, SendQueue];
  const queueOf: Record<ReportPath, SendQueue> = {
    ...{ heartbeat: toApi, telemetry: toApi, bulk: toApi, webhook: toAcs, mirror: toAcs, cwmp: sessions },
  };

  const enqueue = (shipment: Shipment): void => {
    if (shipment.state === 'waiting') waiting -= 1;
    shipment.state = 'queued';
    queueOf[shipment.path].add(shipment);
  };

  return {
    enqueue,
    abandon,
    retryNow(shipment) {
      statistics.broughtForward(shipment.retryCount);
      enqueue(shipment);
    },
    freeze(shipment) {
      shipment.frozen ??= requestOf?.(shipment);
    },
    releaseRetries: (nowMs) =>
      retries.release(nowMs, (shipment) => {
        statistics.waited(shipment.retryCount, nowMs - shipment.waitingSinceMs);
        enqueue(shipment);
      }),
    stop: () => void (stopped = true),
    load: () => ({
      inFlight: queues.reduce((sum, { inFlight }) => sum + inFlight, 0),
      queued: queues.reduce((sum, { length }) => sum + length, 0),
      ...{ waiting, duplicates },
    }),
    retries: () => statistics.report(),
  };
}
