import { acceptedEvents } from './accepted-events.js';
import { scheduleOf } from './fleet-plan.js';
import { openLoadConnection, type LoadConnection } from './load-connection.js';
import { monotonicMs, type LoadResult, type OpenLoad } from './load-job.js';
import { createLoadTally } from './load-tally.js';
import { createRequestTemplate, type RequestTemplate } from './request-template.js';

/** A connection with its own request buffer and the request it carries. */
interface Carrier {
  connection: LoadConnection;
  template: RequestTemplate;
  request: number;
}

/**
 * Sends each request at its due time, on whichever connection is free, and waits for the last answer. A broken
 * connection is opened again; its request counts as unanswered.
 * @throws Error when the server cannot be reached at the start or answers something that is no HTTP
 */
export async function runOpenLoop(job: OpenLoad): Promise<LoadResult> {
  const tally = createLoadTally();
  const schedule = scheduleOf(job.fleet);
  const { batch } = job.target;
  const dueMs = (request: number): number => job.firstDueMs + request * job.everyMs;
  const free: Carrier[] = [];
  const waiting: number[] = [];
  let outstanding = 0;
  let allAnswered: () => void = () => undefined;

  const carry = (carrier: Carrier, request: number): void => {
    carrier.request = request;
    carrier.template.fill(request * batch, schedule);
    carrier.connection.send(carrier.template.bytes);
  };
  const settle = (): void => {
    outstanding--;
    if (outstanding === 0) allAnswered();
  };
  const openCarrier = async (): Promise<void> => {
    const template = createRequestTemplate(job.target);
    const connection = await openLoadConnection(job.target, {
      answered(status, body) {
        const measured = carrier.request >= job.warmUpRequests;
        const latencyMs = monotonicMs() - dueMs(carrier.request);
        tally.answered(status, acceptedEvents(status, body, batch), latencyMs, measured);
        const next = waiting.shift();
        if (next === undefined) free.push(carrier);
        else carry(carrier, next);
        settle();
      },
      lost(_cause, inHand) {
        if (inHand) {
          tally.unanswered();
          settle();
        }
        const at = free.indexOf(carrier);
        if (at !== -1) free.splice(at, 1);
        reopen();
      },
    });
    const carrier: Carrier = { connection, template, request: -1 };
    const next = waiting.shift();
    if (next === undefined) free.push(carrier);
    else carry(carrier, next);
  };
  const reopen = (): void => {
    openCarrier().catch(() => {
      if (outstanding > 0) setTimeout(reopen, 100);
    });
  };
  await Promise.all(Array.from({ length: job.connections }, openCarrier));

  for (let request = 0; request < job.requests; request++) {
    const wait = dueMs(request) - monotonicMs();
    if (wait > 0.5) await sleep(wait);
    tally.late(monotonicMs() - dueMs(request));
    tally.sent(batch);
    outstanding++;
    // The one that has rested longest: a server closes a connection that never sends a request.
    const carrier = free.shift();
    if (carrier === undefined) waiting.push(request);
    else carry(carrier, request);
  }
  if (outstanding > 0) await new Promise<void>((resolve) => (allAnswered = resolve));
  for (const { connection } of free) connection.close();
  return tally.result(((job.requests - job.warmUpRequests) * job.everyMs) / 1000);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
