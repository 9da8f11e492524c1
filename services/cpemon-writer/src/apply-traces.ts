import { formatPosition, type LaneRef, type LoggedEvent } from '@cpemon/event-log';
import {
  formatTraceparent,
  isRecorded,
  parseTraceparent,
  recordedSpan,
  startStopwatch,
  type SpanAttributes,
  type TraceContext,
  type Tracing,
} from '@cpemon/tracing';

/** An event whose trace is recorded, while it is applied. */
export interface FollowedEvent {
  /** What happens because of the event carries this on. */
  traceparent: string;
  context: TraceContext;
  parent: TraceContext | undefined;
  attributes: SpanAttributes;
  /** Closed words: an event's own may tell of its device. */
  error?: string;
}

/** The recorded events of the batches of one transaction. */
export interface BatchTraces {
  /** Asked for every event: undefined, at no cost, for those whose trace is not recorded. */
  follow(lane: LaneRef, logged: LoggedEvent): FollowedEvent | undefined;
  /** An event that cannot be applied, followed or not: it gets a span. */
  refused(lane: LaneRef, logged: LoggedEvent, reason: string, followed: FollowedEvent | undefined): void;
  committed(devices: number): void;
  failed(error: unknown): void;
}

/** Followed events of a transaction, and links that the span of a transaction has: what collectors take by default. */
const MOST_FOLLOWED = 500;
const MOST_LINKS = 128;

/** Spans of a transaction's events below those of their appends, and one of the transaction with links to them. */
export function beginBatchTraces(tracing: Tracing, lanes: number): BatchTraces {
  const stopwatch = startStopwatch();
  const { startedAt } = stopwatch;
  const followed: FollowedEvent[] = [];
  let leftOut = 0;

  const begin = (
    { generation, lane }: LaneRef,
    { sequence, receivedAt, event }: LoggedEvent,
    parent: TraceContext | undefined,
  ): FollowedEvent => {
    const context = recordedSpan(parent);
    const attributes: SpanAttributes = {
      'cpemon.position': formatPosition({ generation, lane, sequence }),
      'cpemon.event_type': event.type,
      'cpemon.waited_ms': Math.max(0, startedAt - receivedAt),
    };
    if (event.correlationid !== undefined) attributes['cpemon.correlation_id'] = event.correlationid;
    const one = { traceparent: formatTraceparent(context), context, parent, attributes };
    followed.push(one);
    return one;
  };
  const recordBatch = (attributes: SpanAttributes, error?: string): TraceContext => {
    const context = recordedSpan(undefined);
    tracing.record({
      ...{ name: 'apply batch', kind: 'internal', context, startedAt, endedAt: stopwatch.now(), error },
      attributes: { 'cpemon.lanes': lanes, ...attributes },
      links: followed.slice(0, MOST_LINKS).map((one) => one.context),
    });
    return context;
  };

  return {
    follow(lane, logged) {
      const { traceparent } = logged.event;
      if (traceparent === undefined || !isRecorded(traceparent)) return undefined;
      if (followed.length >= MOST_FOLLOWED) {
        leftOut += 1;
        return undefined;
      }
      const parent = parseTraceparent(traceparent);
      return parent === undefined ? undefined : begin(lane, logged, parent);
    },
    refused(lane, logged, reason, known) {
      if (known === undefined && (followed.length >= MOST_FOLLOWED || !tracing.mayTellError())) return;
      const one = known ?? begin(lane, logged, parseTraceparent(logged.event.traceparent));
      one.error = reason;
    },
    committed(devices) {
      if (leftOut > 0) tracing.leftOut(leftOut);
      if (followed.length === 0) return;
      const links = [recordBatch({ 'cpemon.devices': devices, 'cpemon.recorded_events': followed.length })];
      const endedAt = stopwatch.now();
      for (const { context, parent, attributes, error } of followed)
        tracing.record({
          ...{
            name: 'apply',
            kind: 'consumer',
            context,
            parent,
            startedAt,
            endedAt,
            attributes,
            links,
            error,
          },
        });
    },
    failed(error) {
      if (followed.length === 0 || !tracing.mayTellError()) return;
      const { name, code } = error as { name?: string; code?: string };
      recordBatch({ 'cpemon.recorded_events': followed.length }, code ?? name ?? 'failed');
    },
  };
}
