import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import {
  SINGLE_BODY_BYTES,
  isRefusal,
  readSingleBody,
  type ReadBody,
  type ReportFormat,
  type RequestContext,
} from '@cpemon/contracts';
import type { LogAppender } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';
import { sendAccepted, sendAppendFailure, sendNoRoom, sendQueued } from './answers.js';
import type { Authenticity } from './authenticity.js';
import { countRejected, refuseBody, tooLarge, type BodyRefusal } from './body-refusal.js';
import { decodeBody, isGzip } from './decode-body.js';
import type { IntakeMetrics, PathMetrics } from './intake-metrics.js';
import { mediaTypeOf, saysCompressed, type MediaType } from './media-type.js';
import { KEEP_NO_BODIES, senderOf, type RefusedBodies } from './refused-bodies.js';
import { receiveBody } from './request-body.js';
import { correlationIdOf, requestContextOf } from './request-identity.js';

export interface EventRouteOptions {
  format: ReportFormat;
  authenticity: Authenticity;
  appender: Pick<LogAppender, 'append'>;
  metrics: IntakeMetrics;
  /** Where bodies that are refused go; nowhere when left out. */
  refusedBodies?: RefusedBodies;
  logger: Logger;
}

/** Turns a body that may be read into events. */
export type BodyReader = (
  body: Buffer,
  mediaType: MediaType,
  context: RequestContext,
  headers: IncomingHttpHeaders,
) => ReadBody | BodyRefusal;

export interface BodyReading {
  takes: readonly MediaType[];
  /** Of the body as it comes, and of what it inflates to. */
  limitBytes: number;
  read: BodyReader;
  /** Whether bodies may be compressed; refused where they may not. */
  compressed?: 'refused' | 'decoded';
}

export interface SingleEventRouteOptions extends EventRouteOptions {
  /** What bodies may be, and how they are read; JSON of the format when left out. */
  reading?: BodyReading;
}

export type RouteHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * `POST` of one event: 202 once it is committed. Written by hand because every device calls it every minute: what it
 * allocates and awaits decides how many devices one process can serve.
 */
export function createSingleEventRoute(options: SingleEventRouteOptions): RouteHandler {
  const { format, authenticity, appender, logger, refusedBodies = KEEP_NO_BODIES } = options;
  const metrics = options.metrics.path(format.path);
  const {
    takes,
    limitBytes,
    read: readBody,
    compressed = 'refused',
  }: BodyReading = options.reading ?? {
    takes: ['json'],
    limitBytes: SINGLE_BODY_BYTES,
    read: (body, _mediaType, context) => readSingleBody(body, format, context),
  };
  const bodyTooLarge = tooLarge(limitBytes);

  return (request, response) => {
    const { headers } = request;
    const correlationId = correlationIdOf(headers);
    const refuse = (refusal: BodyRefusal, body?: Buffer): void => {
      if (body !== undefined) {
        refusedBodies.keep({ ...senderOf(request), ...refusal, path: format.path, body });
      }
      refuseBody(response, metrics, refusal, correlationId);
    };

    const mediaType = mediaTypeOf(headers, takes, compressed);
    if (typeof mediaType !== 'string') return refuse(mediaType);
    const verdict = authenticity(headers, request);
    if (verdict !== 'allowed' && isRefusal(verdict)) return refuse(verdict);

    const fail = (error: unknown): void =>
      metrics.ended(sendAppendFailure(response, error, correlationId, logger));
    /** @param body plain */
    const take = (body: Buffer): void => {
      const read = readBody(body, mediaType, requestContextOf(headers, correlationId), headers);
      if (isRefusal(read)) return refuse(read, body);
      const startedAt = performance.now();
      appender.append(read.events, format.path).then(() => {
        countAccepted(metrics, read, startedAt);
        metrics.ended('queued');
        const { events, rejected } = read;
        if (events.length === 1 && rejected.length === 0) sendQueued(response, correlationId);
        else sendAccepted(response, correlationId, { accepted: events.length, rejected });
      }, fail);
    };

    receiveBody(request, limitBytes, {
      tooLarge: () => refuse(bodyTooLarge),
      noRoom: () => metrics.ended(sendNoRoom(response, correlationId)),
      aborted: () => metrics.ended('aborted'),
      failed: fail,
      complete(body) {
        if (verdict !== 'allowed' && !verdict.bodyMustMatch(body)) return refuse(verdict.otherwise, body);
        // Signatures are of the bytes as they came.
        if (compressed === 'refused' || !mayBeCompressed(headers, body)) return take(body);
        decodeBody(body, headers['content-encoding'], limitBytes)
          .then((decoded) => (isRefusal(decoded) ? refuse(decoded, body) : take(decoded)))
          .catch(fail);
      },
    });
  };
}

/** By its header, or by its bytes where a proxy has compressed it and forgotten to say so. */
const mayBeCompressed = (headers: IncomingHttpHeaders, body: Buffer): boolean =>
  saysCompressed(headers) || isGzip(body);

/** What is counted of a body that the log has taken. */
export type TakenBody = Omit<ReadBody, 'events'> & { events: { length: number } };

/** Counts a body that the log has taken. @param startedAt monotonic time at which the append began, ms */
export function countAccepted(metrics: PathMetrics, read: TakenBody, startedAt: number): void {
  metrics.accepted(read.events.length);
  metrics.appended((performance.now() - startedAt) / 1000);
  metrics.dropped(read.drops);
  countRejected(metrics, read.rejected);
}
