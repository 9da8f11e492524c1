import { acceptedEvents } from './accepted-events.js';
import { scheduleOf } from './fleet-plan.js';
import { openLoadConnection } from './load-connection.js';
import type { ClosedLoad, ClosedResult } from './load-job.js';
import { monotonicMs } from './monotonic-clock.js';
import { createLoadTally, startOwnCpuMeter, type LoadTally } from './load-tally.js';
import { createRequestTemplate } from './request-template.js';

/** Position in the fleet's events, shared by all connections. */
interface Cursor {
  next: number;
  take(): number | null;
}

/**
 * Runs the load until its end and until every request has its answer.
 * @throws Error when the server cannot be reached or answers something that is no HTTP
 */
export async function runClosedLoop(job: ClosedLoad): Promise<ClosedResult> {
  const cores = startOwnCpuMeter();
  const tally = createLoadTally();
  const startedMs = monotonicMs();
  const measureFromMs = startedMs + job.warmUpMs;
  const measureToMs = job.measureMs === undefined ? Infinity : measureFromMs + job.measureMs;
  const limit = job.events ?? Infinity;
  const cursor: Cursor = {
    next: 0,
    take() {
      if (this.next >= limit || monotonicMs() >= measureToMs) return null;
      const n = this.next;
      this.next += job.target.batch;
      return n;
    },
  };
  const window = { fromMs: measureFromMs, toMs: measureToMs };
  await Promise.all(
    Array.from({ length: job.connections }, () => driveConnection(job, cursor, tally, window)),
  );
  const endMs = Number.isFinite(measureToMs) ? measureToMs : monotonicMs();
  return {
    ...tally.counts(),
    measuredEvents: tally.measuredEvents(),
    measuredSeconds: (endMs - measureFromMs) / 1000,
    latencyMs: tally.latencyMs(),
    cores: cores(),
  };
}

/** One connection: request after request until nothing is left to take. */
async function driveConnection(
  job: ClosedLoad,
  cursor: Cursor,
  tally: LoadTally,
  window: { fromMs: number; toMs: number },
): Promise<void> {
  const { batch } = job.target;
  const request = createRequestTemplate(job.target);
  const schedule = scheduleOf(job.fleet);
  let sentMs = 0;
  let finish: () => void = () => undefined;
  let fail: (cause: Error) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const connection = await openLoadConnection(job.target, {
    answered(status, body) {
      const nowMs = monotonicMs();
      const measured = nowMs >= window.fromMs && nowMs < window.toMs;
      tally.answered(status, acceptedEvents(status, body, batch), measured ? nowMs - sentMs : undefined);
      sendNext();
    },
    lost(cause, inHand) {
      if (inHand) tally.unanswered();
      fail(cause);
    },
  });
  const sendNext = (): void => {
    const n = cursor.take();
    if (n === null) {
      connection.close();
      finish();
      return;
    }
    request.fill(n, schedule);
    tally.sent(batch);
    sentMs = monotonicMs();
    connection.send(request.bytes);
  };
  sendNext();
  await done;
}
