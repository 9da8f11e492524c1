import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '@cpemon/service-kit';
import {
  formatTraceparent,
  newSpanId,
  parseTraceparent,
  recordedSpan,
  startStopwatch,
  type TraceContext,
  type Tracing,
} from '@cpemon/tracing';
import type { WatchedAppender } from './accepting.js';
import { correlationIdOf } from './request-identity.js';
import { recordAppend, traceAppends, type TracedAppend } from './traced-appends.js';

/** Traces of requests and of the appends in them; without `tracing` both are handed back as they are. */
export interface IntakeTraces {
  /** @param paths of requests that no router names */
  requests(handler: HttpHandler, paths: readonly string[]): HttpHandler;
  appends(appender: WatchedAppender): WatchedAppender;
}

export function createIntakeTraces(tracing: Tracing | undefined): IntakeTraces {
  if (tracing === undefined) return { requests: (handler) => handler, appends: (appender) => appender };
  const inHand = new Map<string, TracedAppend>();
  return {
    requests: (handler, paths) => traceRequests(handler, { tracing, inHand, paths: new Set(paths) }),
    appends: (appender) => traceAppends(appender, tracing, inHand),
  };
}

interface RequestTraces {
  tracing: Tracing;
  /** By the `traceparent` that their events carry. */
  inHand: Map<string, TracedAppend>;
  paths: ReadonlySet<string>;
}

/**
 * Records requests. Whoever handles a recorded one finds its place in the trace in the header `traceparent`, in place of
 * the sender's, and the correlation id that the span tells in `x-correlation-id`.
 */
function traceRequests(handler: HttpHandler, traces: RequestTraces): HttpHandler {
  const { tracing, inHand } = traces;
  return (request, response) => {
    const { headers } = request;
    const parent = parseTraceparent(headers['traceparent']);
    const stopwatch = startStopwatch();
    const record = (context: TraceContext, correlationId: unknown): void => {
      const route = routeOf(request, traces.paths);
      const { method = '' } = request;
      tracing.record({
        ...{ name: route === undefined ? method : `${method} ${route}`, kind: 'server', context, parent },
        ...{ startedAt: stopwatch.startedAt, endedAt: stopwatch.now() },
        attributes: {
          'http.request.method': method,
          ...(route === undefined ? {} : { 'http.route': route }),
          'http.response.status_code': response.statusCode,
          ...(typeof correlationId === 'string' ? { 'cpemon.correlation_id': correlationId } : {}),
        },
        error: errorOf(response),
      });
    };

    if (!tracing.isRecorded(parent)) {
      if (parent?.sampled === true) headers['traceparent'] = formatTraceparent({ ...parent, sampled: false });
      response.once('close', () => {
        if (response.statusCode < 500 || !tracing.mayTellError()) return;
        record(recordedSpan(parent), response.getHeader('x-correlation-id'));
      });
      return handler(request, response);
    }
    const context = recordedSpan(parent);
    const append: TracedAppend = {
      ...{ context: { ...context, spanId: newSpanId() }, parent: context },
      ...{ endedAt: 0, events: 0, underWay: 0, requestIsOver: false },
    };
    const traceparent = formatTraceparent(append.context);
    const correlationId = correlationIdOf(headers);
    headers['traceparent'] = traceparent;
    headers['x-correlation-id'] = correlationId;
    inHand.set(traceparent, append);
    response.once('close', () => {
      inHand.delete(traceparent);
      append.requestIsOver = true;
      recordAppend(tracing, append);
      record(context, correlationId);
    });
    return handler(request, response);
  };
}

/** The path as a router has it, so that there are few: what stands in it of devices and people is no name. */
function routeOf(request: IncomingMessage, paths: ReadonlySet<string>): string | undefined {
  const { route, baseUrl = '' } = request as { route?: { path?: unknown }; baseUrl?: string };
  if (typeof route?.path === 'string') return baseUrl + route.path;
  const path = request.url?.split('?', 1)[0] ?? '';
  return paths.has(path) ? path : undefined;
}

function errorOf(response: ServerResponse): string | undefined {
  if (response.statusCode >= 500) return `answered ${response.statusCode}`;
  return response.writableFinished ? undefined : 'the sender went away';
}
