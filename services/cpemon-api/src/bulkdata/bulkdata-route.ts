import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  BULK_BODY_BYTES,
  eventsOfReports,
  readBulkBody,
  readBulkSender,
  type BulkReports,
  type BulkSender,
} from '@cpemon/bulkdata';
import { isRefusal, refuse, type DropCounts, type Refusal } from '@cpemon/contracts';
import type { CpeEvent } from '@cpemon/domain';
import {
  KEEP_NO_BODIES,
  correlationIdOf,
  decodeBody,
  receiveBody,
  requestContextOf,
  sendAppendFailure,
  sendNoRoom,
  sendRefusal,
  senderOf,
  tooLarge,
  type IntakeMetrics,
  type RefusedBodies,
  type RouteHandler,
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import { maySendFor, type BulkdataAccess } from './bulkdata-access.js';
import { listed, sendChallenge, sendTaken } from './bulkdata-answers.js';

export interface BulkdataRouteOptions {
  access: BulkdataAccess;
  appender: Pick<WatchedAppender, 'append'> & Partial<Pick<WatchedAppender, 'turnsAway'>>;
  metrics: IntakeMetrics;
  refusedBodies?: RefusedBodies;
  logger: Logger;
}

const TOO_LARGE = tooLarge(BULK_BODY_BYTES);
const MISMATCH = refuse('identity_mismatch', "The user name is another device's than that of the address.");
const ALL_REFUSED = refuse('all_events_refused', 'No report of the body was accepted.');
/** Reports that go to the log at once: a long body of one sender lets others in between. */
const REPORTS_AT_ONCE = 100;

/**
 * `POST` and `PUT` of bulk data (TR-069 Amendment 6, Annex N; TR-181, Device.BulkData): 200 once every report that can be
 * taken is committed. A report that is none refuses itself alone.
 */
export function createBulkdataRoute(options: BulkdataRouteOptions): RouteHandler {
  const { access, appender, logger, refusedBodies = KEEP_NO_BODIES } = options;
  const metrics = options.metrics.path('bulkdata');

  return (request, response) => {
    const { headers } = request;
    const correlationId = correlationIdOf(headers);
    const refuseIt = (refusal: Refusal, body?: Buffer): void => {
      if (body !== undefined) {
        refusedBodies.keep({ ...senderOf(request), ...refusal, path: 'bulkdata', body });
      }
      metrics.ended(refusal.code);
      metrics.refused(refusal.code);
      metrics.lost(refusal.code);
      // RFC 7694: what the sender may use in its next request.
      if (refusal.code === 'unsupported_encoding') response.setHeader('Accept-Encoding', 'gzip, deflate');
      sendRefusal(response, refusal, correlationId);
    };
    const fail = (error: unknown, samples: number): void => {
      const outcome = sendAppendFailure(response, error, correlationId, logger);
      metrics.ended(outcome);
      metrics.lost(outcome, samples);
    };

    const sender = admit(request, response, correlationId);
    if (sender === undefined) return;
    if (isRefusal(sender)) return refuseIt(sender);
    const obstacle = appender.turnsAway?.('bulkdata');
    if (obstacle !== undefined) return fail(obstacle, 1);

    const take = async (received: Buffer): Promise<void> => {
      const body = await decodeBody(received, headers['content-encoding'], BULK_BODY_BYTES);
      if (isRefusal(body)) return refuseIt(body, received);
      const read = readBulkBody(body, headers['content-type']);
      if (isRefusal(read)) return refuseIt(read, body);
      countRefused(read);
      if (read.reports.length === 0 && read.rejected.length > 0) {
        refusedBodies.keep({ ...senderOf(request), ...ALL_REFUSED, path: 'bulkdata', body });
        metrics.ended(ALL_REFUSED.code);
        return sendRefusal(response, ALL_REFUSED, correlationId, { accepted: 0, ...listed(read.rejected) });
      }
      const failure = await append(read, sender, request, correlationId);
      if (failure !== undefined) return fail(failure.error, failure.samples);
      const { reports, rejected, leftOut } = read;
      metrics.ended(reports.length === 0 ? 'no_event' : 'queued');
      sendTaken(response, correlationId, { accepted: reports.length, rejected, leftOut });
    };

    receiveBody(request, BULK_BODY_BYTES, {
      tooLarge: () => refuseIt(TOO_LARGE),
      noRoom() {
        metrics.lost('overloaded');
        metrics.ended(sendNoRoom(response, correlationId));
      },
      aborted: () => metrics.ended('aborted'),
      complete: (body) => void take(body).catch((error: unknown) => fail(error, 1)),
    });
  };

  /** Who sends; undefined when the request was answered with a challenge. */
  function admit(
    request: IncomingMessage,
    response: ServerResponse,
    correlationId: string,
  ): BulkSender | Refusal | undefined {
    const verdict = access.judge(request, Date.now());
    if ('challenge' in verdict) {
      metrics.ended(verdict.challenge);
      // A first challenge is how agents begin; they answer it. Credentials of a scheme that is not taken are all they have.
      if (verdict.challenge !== 'stale_nonce' && (request.headers.authorization ?? '') !== '') {
        metrics.refused(verdict.challenge);
        metrics.lost(verdict.challenge);
      }
      sendChallenge(response, verdict.challenge, verdict.challenges, correlationId);
      return undefined;
    }
    if (isRefusal(verdict)) return verdict;
    const sender = readBulkSender(request.url ?? '');
    return isRefusal(sender) || maySendFor(verdict.user, sender) ? sender : MISMATCH;
  }

  function countRefused({ rejected, leftOut, drops }: BulkReports): void {
    for (const { reason } of rejected) {
      metrics.refused(reason);
      metrics.lost(reason);
    }
    if (leftOut > 0) metrics.lost('left_out', leftOut);
    metrics.dropped(drops);
  }

  /** Appends the reports, oldest first, some at a time. @returns what went wrong, and how many are not in the log */
  async function append(
    { reports }: BulkReports,
    sender: BulkSender,
    { headers }: IncomingMessage,
    correlationId: string,
  ): Promise<{ error: unknown; samples: number } | undefined> {
    const drops: DropCounts = {};
    let done = 0;
    let events: CpeEvent[] = [];
    const flush = async (): Promise<void> => {
      const startedAt = performance.now();
      await appender.append(events, 'bulkdata');
      metrics.appended((performance.now() - startedAt) / 1000);
      metrics.accepted(events.length);
      done += events.length;
      events = [];
    };
    try {
      for (const event of eventsOfReports(reports, sender, requestContextOf(headers, correlationId), drops)) {
        events.push(event);
        if (events.length >= REPORTS_AT_ONCE) await flush();
      }
      if (events.length > 0) await flush();
      metrics.dropped(drops);
      return undefined;
    } catch (error) {
      return { error, samples: reports.length - done };
    }
  }
}
