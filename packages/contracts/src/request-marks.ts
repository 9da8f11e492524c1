/** Characters that need no escaping in JSON, a header or a log line. */
const CORRELATION_ID = /^[A-Za-z0-9._~:@/+=-]{1,64}$/;
/** W3C Trace Context, section 3.2. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Whether a sender's correlation id can be carried along as it is. */
export const isCorrelationId = (value: unknown): value is string =>
  typeof value === 'string' && CORRELATION_ID.test(value);

/** Whether a value is a well-formed `traceparent`. */
export const isTraceparent = (value: unknown): value is string =>
  typeof value === 'string' && TRACEPARENT.test(value);
