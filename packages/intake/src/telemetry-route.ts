import type { ServerResponse } from 'node:http';
import { ARRAY_BODY_BYTES, isRefusal, readArrayBody, refuse } from '@cpemon/contracts';
import type { LogAppender } from '@cpemon/event-log';
import { sendAccepted, sendAppendFailure, sendNoRoom, sendRefusal } from './answers.js';
import { refuseBody, tooLarge, type BodyRefusal } from './body-refusal.js';
import { appendLines, type LinesResult } from './line-stream.js';
import type { IntakeOutcome } from './intake-metrics.js';
import { mediaTypeOf } from './media-type.js';
import { KEEP_NO_BODIES, senderOf } from './refused-bodies.js';
import { receiveBody } from './request-body.js';
import { correlationIdOf, requestContextOf } from './request-identity.js';
import type { ReadingThread } from './reading-thread/reading-thread.js';
import {
  countAccepted,
  type EventRouteOptions,
  type RouteHandler,
  type TakenBody,
} from './single-event-route.js';

const TOO_LARGE = tooLarge(ARRAY_BODY_BYTES);
/** Newline-delimited bodies that are read at once: each may hold some 2,000 events that wait for a flush. */
const STREAMS = 256;
const ALL_REFUSED = refuse('all_events_refused', 'No event of the body was accepted.');

export interface TelemetryRouteOptions extends EventRouteOptions {
  appender: Pick<LogAppender, 'append' | 'encoded'>;
  /** Where long bodies are read; absent: all are read here. */
  readingThread?: ReadingThread;
}

/**
 * `POST` of many events: a JSON array, appended whole, or newline-delimited JSON, appended as it comes. 202 with what
 * was accepted and what was rejected, once all that was accepted is committed.
 */
export function createTelemetryRoute(options: TelemetryRouteOptions): RouteHandler {
  const { format, authenticity, appender, logger, refusedBodies = KEEP_NO_BODIES } = options;
  const { encoded } = appender;
  const metrics = options.metrics.path(format.path);
  let streams = 0;

  return (request, response) => {
    const { headers } = request;
    const correlationId = correlationIdOf(headers);
    const refuseIt = (refusal: BodyRefusal, body?: Buffer): void => {
      if (body !== undefined) {
        refusedBodies.keep({ ...senderOf(request), ...refusal, path: format.path, body });
      }
      refuseBody(response, metrics, refusal, correlationId);
    };

    const mediaType = mediaTypeOf(headers, ['json', 'ndjson']);
    if (typeof mediaType !== 'string') return refuseIt(mediaType);
    const verdict = authenticity(headers, request);
    if (verdict !== 'allowed' && isRefusal(verdict)) return refuseIt(verdict);

    const context = requestContextOf(headers, correlationId);
    const takeLines = (chunks: AsyncIterable<Buffer> | Iterable<Buffer>): void => {
      if (streams >= STREAMS) return metrics.ended(sendNoRoom(response, correlationId));
      streams += 1;
      const lines = appendLines(chunks, { format, context, appender, metrics });
      void lines.then((result) => {
        streams -= 1;
        answerLines(response, result, correlationId, options);
      });
    };
    // Lines of a sender with a token need not wait for the end; a signature is that of the whole body.
    if (mediaType === 'ndjson' && verdict === 'allowed') return takeLines(request);

    const fail = (error: unknown): void =>
      metrics.ended(sendAppendFailure(response, error, correlationId, logger));
    receiveBody(request, ARRAY_BODY_BYTES, {
      tooLarge: () => refuseIt(TOO_LARGE),
      noRoom: () => metrics.ended(sendNoRoom(response, correlationId)),
      aborted: () => metrics.ended('aborted'),
      failed: fail,
      complete(body) {
        if (verdict !== 'allowed' && !verdict.bodyMustMatch(body)) return refuseIt(verdict.otherwise, body);
        if (mediaType === 'ndjson') return takeLines([body]);
        const answer = (read: TakenBody, appending: Promise<void>): void => {
          const startedAt = performance.now();
          appending.then(() => {
            countAccepted(metrics, read, startedAt);
            metrics.ended('queued');
            sendAccepted(response, correlationId, { accepted: read.events.length, rejected: read.rejected });
          }, fail);
        };
        const lanes = encoded?.lanes() ?? 0;
        const elsewhere = options.readingThread?.read(body, context, lanes);
        if (elsewhere !== undefined && encoded !== undefined) {
          elsewhere.then((read) => {
            if ('refusal' in read) return refuseIt(read.refusal, read.body);
            const taken = { ...read, events: { length: read.eventCount } };
            answer(taken, encoded.append(read.events, lanes, format.path, context.traceparent));
          }, fail);
          return;
        }
        const read = readArrayBody(body, format, context);
        if (isRefusal(read)) return refuseIt(read, body);
        answer(read, appender.append(read.events, format.path));
      },
    });
  };
}

function answerLines(
  response: ServerResponse,
  { accepted, rejected, unlisted, end }: LinesResult,
  correlationId: string,
  { format, metrics, logger }: EventRouteOptions,
): void {
  const ended = (outcome: IntakeOutcome): void => metrics.path(format.path).ended(outcome);
  const said = { accepted, rejected, ...(unlisted === 0 ? {} : { rejected_unlisted: unlisted }) };
  if (end === 'aborted') return ended('aborted');
  if (end !== 'complete' && 'appendError' in end) {
    return ended(sendAppendFailure(response, end.appendError, correlationId, logger, said));
  }
  const nothing = end === 'complete' && accepted === 0 && rejected.length > 0;
  const refusal = nothing ? ALL_REFUSED : end;
  if (refusal === 'complete') {
    ended('queued');
    sendAccepted(response, correlationId, said);
  } else {
    ended(refusal.code);
    sendRefusal(response, refusal, correlationId, said);
  }
}
