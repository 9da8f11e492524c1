import type { OutboxMessage } from '@cpemon/store';
import {
  formatTraceparent,
  isRecorded,
  parseTraceparent,
  recordedSpan,
  startStopwatch,
  type Tracing,
} from '@cpemon/tracing';
import type { SendOutcome } from './send-http.js';

/**
 * Sends a message with the trace of the event that it comes from, and records that where the trace is recorded or it fails.
 * @param send given headers that tell the receiver of the trace
 */
export async function tracedDelivery(
  tracing: Tracing | undefined,
  { traceparent, receiver, messageId, kind, attempts, madeAt }: OutboxMessage,
  send: (headers: Record<string, string>) => Promise<SendOutcome>,
): Promise<SendOutcome> {
  if (tracing === undefined) return send({});
  const parent = parseTraceparent(traceparent);
  const isFollowed = typeof traceparent === 'string' && isRecorded(traceparent);
  const context = recordedSpan(parent);
  const stopwatch = startStopwatch();
  const outcome = await send(isFollowed ? { traceparent: formatTraceparent(context) } : {});
  if (!isFollowed && (outcome.ok || !tracing.mayTellError())) return outcome;
  const { startedAt } = stopwatch;
  tracing.record({
    ...{ name: `deliver ${kind}`, kind: 'client', context, parent, startedAt, endedAt: stopwatch.now() },
    attributes: {
      ...{ 'cpemon.receiver': receiver, 'cpemon.message_id': messageId, 'cpemon.attempt': attempts + 1 },
      'cpemon.waited_ms': Math.max(0, startedAt - madeAt),
    },
    error: outcome.ok ? undefined : outcome.error,
  });
  return outcome;
}
