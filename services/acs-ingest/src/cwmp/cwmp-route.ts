import { isRefusal } from '@cpemon/contracts';
import { readEnvelope } from '@cpemon/cwmp';
import {
  KEEP_NO_BODIES,
  RefusedAppendError,
  allowAnyone,
  correlationIdOf,
  decodeBody,
  methodNotAllowed,
  receiveBody,
  refuseBody,
  requireSender,
  sendAppendFailure,
  sendNoRoom,
  tooLarge,
  type IntakeMetrics,
  type RefusedBodies,
  type RouteHandler,
  type SenderRules,
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import { createConnectionSessions, type ConnectionSessions } from './connection-sessions.js';
import { createCwmpDialogue } from './cwmp-dialogue.js';
import { openExchange, type CwmpExchange } from './cwmp-exchange.js';
import type { CwmpMetrics } from './cwmp-metrics.js';
import type { CwmpSettings } from './cwmp-settings.js';

export interface CwmpRouteOptions {
  settings: CwmpSettings;
  /** From where, and with which certificate, CPEs may talk to us; from anywhere when left out. */
  senders?: SenderRules;
  connections?: ConnectionSessions;
  appender: Pick<WatchedAppender, 'append'> & Partial<Pick<WatchedAppender, 'turnsAway'>>;
  metrics: IntakeMetrics;
  cwmpMetrics: CwmpMetrics;
  refusedBodies?: RefusedBodies;
  logger: Logger;
}

/** An Inform has 3 kB, the values of a whole data model 600 kB. */
export const CWMP_BODY_BYTES = 1024 * 1024;
const TOO_LARGE = tooLarge(CWMP_BODY_BYTES);
/** Those who find every session taken come back within this. */
const FULL_RETRY_SECONDS = 30;

const wrongMethod = methodNotAllowed('POST');

/**
 * `POST` of a CPE in a CWMP session (TR-069 Amendment 6, 3.4 and 3.7): an Inform is answered once it is durable, requests
 * likewise, an empty body with 204 or with what we ask. The session is in the CPE's cookie, so any replica can answer any
 * request of it. Written without Express: it is the most frequent request of a fleet that only Informs.
 */
export function createCwmpRoute(options: CwmpRouteOptions): RouteHandler {
  const { settings, appender, cwmpMetrics, logger, refusedBodies = KEEP_NO_BODIES } = options;
  const metrics = options.metrics.path('cwmp');
  const connections = options.connections ?? createConnectionSessions();
  const dialogue = createCwmpDialogue({ settings, connections, appender, metrics, cwmpMetrics, logger });
  const { senders } = options;
  const maySend = senders === undefined ? allowAnyone : requireSender(senders, allowAnyone);
  const parts = { settings, connections, metrics, cwmpMetrics, refusedBodies };

  /** Why no further body can be taken, before it is read. */
  const turnsAway = ({ session }: CwmpExchange): Error | undefined => {
    if (session === undefined && connections.open() >= settings.maxSessions) {
      return new RefusedAppendError('overloaded', 1 + Math.floor(Math.random() * FULL_RETRY_SECONDS));
    }
    return appender.turnsAway?.('cwmp');
  };

  const take = async (exchange: CwmpExchange, received: Buffer): Promise<void> => {
    const { headers } = exchange.request;
    exchange.body = received;
    const body = await decodeBody(received, headers['content-encoding'], CWMP_BODY_BYTES);
    if (isRefusal(body)) return exchange.refuse(body);
    exchange.body = body;
    if (isBlank(body)) return dialogue.emptyPost(exchange);
    const message = readEnvelope(body, headers['content-type']);
    if (isRefusal(message)) return exchange.answerBadMessage(message);
    dialogue.message(exchange, message);
  };

  return (request, response) => {
    if (request.method !== 'POST') return wrongMethod(request, response);
    const sender = maySend(request.headers, request);
    if (sender !== 'allowed' && isRefusal(sender)) {
      return refuseBody(response, metrics, sender, correlationIdOf(request.headers));
    }
    const exchange = openExchange(request, response, parts);
    const { correlationId } = exchange;
    const fail = (error: unknown): void =>
      metrics.ended(sendAppendFailure(response, error, correlationId, logger));
    if (hasNoBody(request.headers)) return dialogue.emptyPost(exchange);

    const obstacle = turnsAway(exchange);
    if (obstacle !== undefined) return fail(obstacle);
    if (exchange.session === undefined && !exchange.isKnown()) return;
    receiveBody(request, CWMP_BODY_BYTES, {
      tooLarge: () => exchange.refuse(TOO_LARGE),
      noRoom: () => metrics.ended(sendNoRoom(response, correlationId)),
      aborted: () => metrics.ended('aborted'),
      complete: (body) => void take(exchange, body).catch(fail),
    });
  };
}

const hasNoBody = (headers: Record<string, string | string[] | undefined>): boolean =>
  headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';

/** Some clients send a line end for an empty body. */
export function isBlank(body: Buffer): boolean {
  return body.length <= 4 && body.toString('latin1').trim() === '';
}
