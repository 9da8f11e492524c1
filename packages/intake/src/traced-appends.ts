import type { CpeEvent, IntakePath } from '@cpemon/domain';
import {
  formatTraceparent,
  isRecorded,
  parseTraceparent,
  recordedSpan,
  startStopwatch,
  type TraceContext,
  type Tracing,
} from '@cpemon/tracing';
import type { WatchedAppender } from './accepting.js';

/** The append within a recorded request: one span, however often the request appends. */
export interface TracedAppend {
  /** What events carry on: a span below the request. */
  context: TraceContext;
  parent: TraceContext;
  startedAt?: number;
  endedAt: number;
  events: number;
  underWay: number;
  error?: string | undefined;
  requestIsOver: boolean;
  path?: IntakePath;
}

/** Traces of events in one append that are those of their senders and not of the request; more are left alone. */
const MOST_OF_SENDERS = 100;

/**
 * Records how long appends take whose events are in recorded traces.
 * @param ofRequests appends of the requests in hand, by the `traceparent` that their events carry
 */
export function traceAppends(
  appender: WatchedAppender,
  tracing: Tracing,
  ofRequests: ReadonlyMap<string, TracedAppend>,
): WatchedAppender {
  const { encoded } = appender;
  const within = (append: TracedAppend, path: IntakePath, events: number, done: Promise<void>): void => {
    const stopwatch = startStopwatch();
    append.startedAt ??= stopwatch.startedAt;
    append.path = path;
    append.underWay += 1;
    const settle = (error?: Error): void => {
      append.underWay -= 1;
      append.endedAt = stopwatch.now();
      if (error === undefined) append.events += events;
      else append.error = error.name;
      recordAppend(tracing, append);
    };
    done.then(() => settle(), settle);
  };
  return {
    ...appender,
    append(events, path) {
      const appends = appendsOf(events, tracing, ofRequests);
      const done = appender.append(events, path);
      for (const [append, count] of appends) within(append, path, count, done);
      return done;
    },
    ...(encoded === undefined
      ? {}
      : {
          encoded: {
            lanes: () => encoded.lanes(),
            append(events, lanes, path, traceparent) {
              const done = encoded.append(events, lanes, path);
              const append = traceparent === undefined ? undefined : ofRequests.get(traceparent);
              const count = events.reduce((sum, { eventCount }) => sum + eventCount, 0);
              if (append !== undefined) within(append, path, count, done);
              return done;
            },
          },
        }),
  };
}

/** Records the append of a request once both are over. */
export function recordAppend(tracing: Tracing, append: TracedAppend): void {
  const { context, parent, path, startedAt, endedAt, underWay, requestIsOver } = append;
  if (underWay > 0 || !requestIsOver || path === undefined || startedAt === undefined) return;
  tracing.record({
    ...{ name: 'append', kind: 'producer', context, parent, startedAt, endedAt },
    attributes: { 'cpemon.path': path, 'cpemon.events': append.events },
    error: append.error,
  });
}

const NONE: ReadonlyMap<TracedAppend, number> = new Map();

/**
 * The appends that events belong to, with how many of the events. An event that came with a trace of its own, which is
 * recorded, gets a span of its own below its sender's, and carries that on.
 */
function appendsOf(
  events: readonly CpeEvent[],
  tracing: Tracing,
  ofRequests: ReadonlyMap<string, TracedAppend>,
): ReadonlyMap<TracedAppend, number> {
  let found: Map<TracedAppend, number> | undefined;
  let ofSenders: Map<string, TracedAppend> | undefined;
  for (const event of events) {
    const { traceparent } = event;
    if (traceparent === undefined) continue;
    let append = ofRequests.get(traceparent);
    if (append === undefined && isRecorded(traceparent)) {
      ofSenders ??= new Map();
      append = ofSenders.get(traceparent);
      if (append === undefined && ofSenders.size < MOST_OF_SENDERS) {
        append = appendOfSender(traceparent, tracing);
        ofSenders.set(traceparent, append);
      }
      if (append !== undefined) event.traceparent = formatTraceparent(append.context);
    }
    if (append === undefined || !append.context.sampled) continue;
    found ??= new Map();
    found.set(append, (found.get(append) ?? 0) + 1);
  }
  return found ?? NONE;
}

function appendOfSender(traceparent: string, tracing: Tracing): TracedAppend {
  const parent = parseTraceparent(traceparent)!;
  // What the sender records we record only where our own sampler lets us.
  const context = tracing.isRecorded(parent) ? recordedSpan(parent) : { ...parent, sampled: false };
  return { context, parent, endedAt: 0, events: 0, underWay: 0, requestIsOver: true };
}
