import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '@cpemon/contracts';

/** Characters that need no escaping in JSON, a header or a log line. */
const CORRELATION_ID = /^[A-Za-z0-9._~:@/+=-]{1,64}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const SENDER_ID = /^[\x21-\x7e]{1,255}$/;

/** The correlation id a request came with; a new one when it has none that can be used. */
export function correlationIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-correlation-id'];
  return typeof given === 'string' && CORRELATION_ID.test(given) ? given : randomUUID();
}

/** What a request's headers say of the events in its body. A header that is not well-formed counts as absent. */
export function requestContextOf(headers: IncomingHttpHeaders, correlationId: string): RequestContext {
  const context: RequestContext = { nowMs: Date.now(), randomId: randomUUID, correlationId };
  const traceparent = headers['traceparent'];
  if (typeof traceparent === 'string' && TRACEPARENT.test(traceparent)) context.traceparent = traceparent;
  const senderId = headers['webhook-id'] ?? headers['idempotency-key'];
  if (typeof senderId === 'string' && SENDER_ID.test(senderId)) context.senderId = senderId;
  return context;
}
