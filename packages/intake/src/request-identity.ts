import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isCorrelationId, isTraceparent, type RequestContext } from '@cpemon/contracts';

const SENDER_ID = /^[\x21-\x7e]{1,255}$/;

/** The correlation id a request came with; a new one when it has none that can be used. */
export function correlationIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-correlation-id'];
  return isCorrelationId(given) ? given : randomUUID();
}

/** What a request's headers say of the events in its body. A header that is not well-formed counts as absent. */
export function requestContextOf(headers: IncomingHttpHeaders, correlationId: string): RequestContext {
  const context: RequestContext = { nowMs: Date.now(), randomId: randomUUID, correlationId };
  const traceparent = headers['traceparent'];
  if (isTraceparent(traceparent)) context.traceparent = traceparent;
  const senderId = headers['webhook-id'] ?? headers['idempotency-key'];
  if (typeof senderId === 'string' && SENDER_ID.test(senderId)) context.senderId = senderId;
  return context;
}
