import { BULK_DATA_TYPE, readPushedReports } from '@cpemon/bulkdata';
import {
  ARRAY_BODY_BYTES,
  contentModeOf,
  createEventKinds,
  isRefusal,
  readCloudEvents,
  refuse,
  type CloudEventRules,
} from '@cpemon/contracts';
import {
  KEEP_NO_BODIES,
  correlationIdOf,
  countAccepted,
  receiveBody,
  refuseBody,
  requestContextOf,
  senderOf,
  sendAccepted,
  sendAppendFailure,
  sendNoRoom,
  tooLarge,
  type BodyRefusal,
  type EventRouteOptions,
  type RouteHandler,
} from '@cpemon/intake';

const PATH = 'events';
const TOO_LARGE = tooLarge(ARRAY_BODY_BYTES);
const UNSIGNED_HEADERS = refuse(
  'invalid_signature',
  'A signature is that of the body, and the attributes of this event are in headers: sign its structured form, or use a token.',
);

/** What is taken beside the body's limits. @param testEvents whether events that fail on purpose are */
export const cloudEventRules = (testEvents: 'taken' | 'refused'): CloudEventRules => ({
  kinds: createEventKinds(testEvents).set(BULK_DATA_TYPE, readPushedReports),
  longKinds: new Set([BULK_DATA_TYPE]),
});

/**
 * `POST` of CloudEvents 1.0: binary, structured or a batch. 202 with what was accepted and what was rejected, once all that was
 * accepted is committed.
 */
export function createCloudEventsRoute(
  options: Omit<EventRouteOptions, 'format'> & { rules: CloudEventRules },
): RouteHandler {
  const { rules, authenticity, appender, logger, refusedBodies = KEEP_NO_BODIES } = options;
  const metrics = options.metrics.path(PATH);

  return (request, response) => {
    const { headers } = request;
    const correlationId = correlationIdOf(headers);
    const refuseIt = (refusal: BodyRefusal, body?: Buffer): void => {
      if (body !== undefined) refusedBodies.keep({ ...senderOf(request), ...refusal, path: PATH, body });
      refuseBody(response, metrics, refusal, correlationId);
    };

    const mode = contentModeOf(headers);
    if (typeof mode !== 'string') return refuseIt(mode);
    const verdict = authenticity(headers, request);
    if (verdict !== 'allowed' && isRefusal(verdict)) return refuseIt(verdict);
    if (verdict !== 'allowed' && mode === 'binary') return refuseIt(UNSIGNED_HEADERS);

    const fail = (error: unknown): void =>
      metrics.ended(sendAppendFailure(response, error, correlationId, logger));
    receiveBody(request, ARRAY_BODY_BYTES, {
      tooLarge: () => refuseIt(TOO_LARGE),
      noRoom: () => metrics.ended(sendNoRoom(response, correlationId)),
      aborted: () => metrics.ended('aborted'),
      failed: fail,
      complete(body) {
        if (verdict !== 'allowed' && !verdict.bodyMustMatch(body)) return refuseIt(verdict.otherwise, body);
        const context = requestContextOf(headers, correlationId);
        const read = readCloudEvents(body, mode, headers, rules, context);
        if (isRefusal(read)) return refuseIt(read, body);
        const startedAt = performance.now();
        appender.append(read.events, PATH).then(() => {
          countAccepted(metrics, read, startedAt);
          metrics.ended('queued');
          sendAccepted(response, correlationId, { accepted: read.taken, rejected: read.rejected });
        }, fail);
      },
    });
  };
}
