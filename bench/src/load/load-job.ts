import type { LatencySummary } from '../report/percentiles.js';
import type { FailedRequest } from './failed-request.js';
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
  /** Connections opened at the start. */
  connections: number;
  /**
   * When none is free, a further one is opened up to this many (default: `connections`); beyond, a request waits, and
   * its latency counts from its due time.
   */
  mostConnections?: number;
  /** Due time of the first request on the machine's monotonic clock (process.hrtime), ms. */
  firstDueMs: number;
  /** One after the other; request numbers go on through all of them. */
  stages: readonly LoadStage[];
}

/** A part of an open load with a rate of its own, counted and measured apart. */
export interface LoadStage {
  name: string;
  /** Milliseconds from one request to the next. */
  everyMs: number;
  /** How many, unless the stage is ended before. */
  requests: number;
}

export type LoadJob = ClosedLoad | OpenLoad;

export interface LoadCounts {
  /** Events in requests that were sent. */
  sentEvents: number;
  /** Events that the answers say are accepted. */
  acceptedEvents: number;
  /** Requests by status code. */
  statuses: Record<string, number>;
  /** Requests whose connection broke before the answer came. */
  unanswered: number;
}

export interface ClosedResult extends LoadCounts {
  /** Events accepted inside the measured time, and its length. */
  measuredEvents: number;
  measuredSeconds: number;
  /** Sent to answered, ms, of the measured requests. */
  latencyMs: LatencySummary;
  /** Cores the generator itself used on average. */
  cores: number;
}

/** What became of the requests that fell due in a stage. */
export interface StageResult extends LoadCounts {
  name: string;
  /** Requests that fell due. */
  requests: number;
  /** Due to answered, ms, of the requests that were accepted. */
  latencyMs: LatencySummary;
}

/** The load as a whole: events 0 to sent − 1 of the plan were sent. */
export interface OpenResult extends LoadCounts {
  stages: StageResult[];
  /** Every request that was not answered 202, by ascending number. */
  failed: FailedRequest[];
  /** The greatest delay of the generator itself: due time to the moment the request was written or queued, ms. */
  worstLatenessMs: number;
  cores: number;
}

export type LoadResult<Job extends LoadJob = LoadJob> = Job extends OpenLoad ? OpenResult : ClosedResult;

/** @throws Error when the load had no such stage */
export function stageOf(load: OpenResult, name: string): StageResult {
  const found = load.stages.find((stage) => stage.name === name);
  if (found === undefined) throw new Error(`the load had no stage ${name}`);
  return found;
}
