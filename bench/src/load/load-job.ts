import type { FleetPlan } from './fleet-plan.js';
import type { RequestTarget } from './request-template.js';

/** Every connection sends its next request as soon as the last was answered. */
export interface ClosedLoad {
  kind: 'closed';
  target: RequestTarget;
  fleet: FleetPlan;
  connections: number;
  /** Ends after this many events (a multiple of the batch) … */
  events?: number;
  /** … or after warm-up and this long; one of the two is given. */
  measureMs?: number;
  /** Answers in the first milliseconds are counted, not measured. */
  warmUpMs: number;
}

/** Requests go out when a clock says so, whatever the answers do. */
export interface OpenLoad {
  kind: 'open';
  target: RequestTarget;
  fleet: FleetPlan;
  /** Connections at most; a request that finds none free waits, and its latency counts from its due time. */
  connections: number;
  /** Due time of the first request on the machine's monotonic clock (process.hrtime), ms. */
  firstDueMs: number;
  /** Milliseconds from one request to the next. */
  everyMs: number;
  requests: number;
  /** Requests in the first part of the schedule that are counted, not measured. */
  warmUpRequests: number;
}

export type LoadJob = ClosedLoad | OpenLoad;

export interface LoadResult {
  /** Events in requests that were sent; event numbers 0 to sent − 1. */
  sentEvents: number;
  /** Events that the answers say are accepted. */
  acceptedEvents: number;
  /** Requests by status code. */
  statuses: Record<string, number>;
  /** Requests whose connection broke before the answer came. */
  unanswered: number;
  /** Events accepted inside the measured time, and its length. */
  measuredEvents: number;
  measuredSeconds: number;
  /** Due (open) or sent (closed) to answered, ms, of the measured requests. */
  latencyMs: { p50: number; p95: number; p99: number; max: number };
  /** The greatest delay of the generator itself: due time to the moment the request was written or queued, ms. */
  worstLatenessMs: number;
  /** Cores the generator itself used on average. */
  cores: number;
}

/** The machine's monotonic clock in milliseconds, the same in every process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
