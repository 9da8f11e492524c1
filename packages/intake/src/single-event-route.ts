import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  SINGLE_BODY_BYTES,
  isRefusal,
  readArrayBody,
  readSingleBody,
  type ReadBody,
  type ReportFormat,
} from '@cpemon/contracts';
import type { LogAppender } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';
import { sendAccepted, sendAppendFailure, sendNoRoom, sendQueued } from './answers.js';
import { INVALID_SIGNATURE, type Authenticity } from './authenticity.js';
import { countRejected, refuseBody, tooLarge, type BodyRefusal } from './body-refusal.js';
import type { IntakeMetrics, PathMetrics } from './intake-metrics.js';
import { mediaTypeOf } from './media-type.js';
import { receiveBody } from './request-body.js';
import { correlationIdOf, requestContextOf } from './request-identity.js';

export interface EventRouteOptions {
  format: ReportFormat;
  authenticity: Authenticity;
  appender: Pick<LogAppender, 'append'>;
  metrics: IntakeMetrics;
  logger: Logger;
}

export type RouteHandler = (request: IncomingMessage, response: ServerResponse) => void;

const TOO_LARGE = tooLarge(SINGLE_BODY_BYTES);

/**
 * `POST` of one event: 202 once it is committed. Written by hand because every device calls it every minute: what it
 * allocates and awaits decides how many devices one process can serve.
 * @param options.arrays whether a small array of events is taken as well
 */
export function createSingleEventRoute(options: EventRouteOptions & { arrays?: boolean }): RouteHandler {
  const { format, authenticity, appender, logger } = options;
  const metrics = options.metrics.path(format.path);
  const readBody = options.arrays === true ? readArrayBody : readSingleBody;

  return (request, response) => {
    const { headers } = request;
    const correlationId = correlationIdOf(headers);
    const refuse = (refusal: BodyRefusal): void => refuseBody(response, metrics, refusal, correlationId);

    const mediaType = mediaTypeOf(headers, ['json']);
    if (typeof mediaType !== 'string') return refuse(mediaType);
    const verdict = authenticity(headers);
    if (verdict !== 'allowed' && isRefusal(verdict)) return refuse(verdict);

    receiveBody(request, SINGLE_BODY_BYTES, {
      tooLarge: () => refuse(TOO_LARGE),
      noRoom: () => metrics.ended(sendNoRoom(response, correlationId)),
      aborted: () => metrics.ended('aborted'),
      complete(body) {
        if (verdict !== 'allowed' && !verdict.bodyMustMatch(body)) return refuse(INVALID_SIGNATURE);
        const read = readBody(body, format, requestContextOf(headers, correlationId));
        if (isRefusal(read)) return refuse(read);
        const startedAt = performance.now();
        appender.append(read.events, format.path).then(
          () => {
            countAccepted(metrics, read, startedAt);
            metrics.ended('queued');
            const { events, rejected } = read;
            if (events.length === 1 && rejected.length === 0) sendQueued(response, correlationId);
            else sendAccepted(response, correlationId, { accepted: events.length, rejected });
          },
          (error: unknown) => metrics.ended(sendAppendFailure(response, error, correlationId, logger)),
        );
      },
    });
  };
}

/** Counts a body that the log has taken. @param startedAt monotonic time at which the append began, ms */
export function countAccepted(metrics: PathMetrics, read: ReadBody, startedAt: number): void {
  metrics.accepted(read.events.length);
  metrics.appended((performance.now() - startedAt) / 1000);
  metrics.dropped(read.drops);
  countRejected(metrics, read.rejected);
}
