import { randomBytes } from 'node:crypto';

/** A span's place in its trace, by W3C Trace Context 1. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Whether the trace is recorded. */
  sampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Where the last digit of the flags is: it holds the flag of what is recorded. */
const LAST_DIGIT = 54;

/** @param header value of `traceparent`; what is not well-formed counts as absent */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string') return undefined;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** Whether the trace of a well-formed `traceparent` is recorded. Asked for every event: allocates nothing. */
export function isRecorded(traceparent: string): boolean {
  const code = traceparent.charCodeAt(LAST_DIGIT);
  // '0' to '9' are 48 to 57, 'a' to 'f' are 97 to 102.
  return code >= 97 ? (code - 97) % 2 === 1 : (code - 48) % 2 === 1;
}

const newTraceId = (): string => randomBytes(16).toString('hex');
export const newSpanId = (): string => randomBytes(8).toString('hex');

/** A span that is recorded: below its parent, or the first of a new trace. */
export const recordedSpan = (parent: TraceContext | undefined): TraceContext => ({
  traceId: parent?.traceId ?? newTraceId(),
  spanId: newSpanId(),
  sampled: true,
});
