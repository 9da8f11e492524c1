import type { IncomingHttpHeaders } from 'node:http';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const CORRELATION_ID = /^[\x21-\x7e]{1,64}$/;

/** What a log line about a request tells, so that it is found from its answer or its trace. */
export function requestMarks(headers: IncomingHttpHeaders): { trace_id?: string; correlationId?: string } {
  const { traceparent, 'x-correlation-id': correlationId } = headers;
  const traceId = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  return {
    ...(traceId === undefined ? {} : { trace_id: traceId }),
    ...(typeof correlationId === 'string' && CORRELATION_ID.test(correlationId) ? { correlationId } : {}),
  };
}
