import { randomBytes } from 'node:crypto';
import { isRefusal, refuse } from '@cpemon/contracts';
import {
  eventsOfMessage,
  writeGetParameterValues,
  writeResponse,
  type AcsMethod,
  type CwmpMessage,
  type CwmpSession,
  type Inform,
} from '@cpemon/cwmp';
import { requestContextOf, sendAppendFailure, type PathMetrics, type WatchedAppender } from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import type { ConnectionSessions } from './connection-sessions.js';
import { sendEnvelope, sendNothing } from './cwmp-answers.js';
import type { CwmpExchange } from './cwmp-exchange.js';
import type { CwmpMetrics } from './cwmp-metrics.js';
import type { CwmpSettings } from './cwmp-settings.js';

export interface DialogueParts {
  settings: CwmpSettings;
  connections: ConnectionSessions;
  appender: Pick<WatchedAppender, 'append'>;
  metrics: PathMetrics;
  cwmpMetrics: CwmpMetrics;
  logger: Logger;
}

/** What is said in a session: each of these answers the exchange. */
export interface CwmpDialogue {
  message(exchange: CwmpExchange, message: CwmpMessage): void;
  /** The CPE has nothing to say: ours is the turn. */
  emptyPost(exchange: CwmpExchange): void;
}

const NO_SESSION = refuse(
  'invalid_session',
  'This needs a session: its cookie is missing, too old or not ours.',
);
const ANSWER_TO_NOTHING = refuse('unexpected_message', 'Nothing was asked of this CPE.');

export function createCwmpDialogue(parts: DialogueParts): CwmpDialogue {
  const { settings, connections, appender, metrics, cwmpMetrics, logger } = parts;
  const { cookies, asks } = settings;

  /** Puts the events of a message into the log and calls `durable` with their time once they are in it. */
  const keep = (
    exchange: CwmpExchange,
    message: CwmpMessage,
    device: CwmpSession | undefined,
    durable: (time?: string) => void,
  ): void => {
    const { request, response, correlationId } = exchange;
    // An identity that a CPE might send along is not one of ours.
    const { senderId: _of, ...context } = requestContextOf(request.headers, correlationId);
    const read = eventsOfMessage(message, {
      path: 'cwmp',
      request: context,
      ...(device === undefined ? {} : { device }),
    });
    if (isRefusal(read)) return exchange.answerBadMessage({ ...echoOf(message), ...read });
    metrics.dropped(read.drops);
    if (read.events.length === 0) {
      metrics.ended('no_event');
      return durable();
    }
    const startedAt = performance.now();
    appender.append(read.events, 'cwmp').then(
      () => {
        metrics.accepted(read.events.length);
        metrics.appended((performance.now() - startedAt) / 1000);
        metrics.ended('queued');
        durable(read.events[0]?.time);
      },
      (error: unknown) => metrics.ended(sendAppendFailure(response, error, correlationId, logger)),
    );
  };

  const inform = (exchange: CwmpExchange, message: CwmpMessage, body: Inform): void => {
    if (!exchange.isKnown() || !exchange.mayBe(body)) return;
    keep(exchange, message, undefined, (time) => {
      const session = sessionOf(message, body, { time, step: asks?.afterInform(body) });
      const setCookie = cookies.write(session, Date.now());
      connections.begin(exchange.request.socket, session, setCookie);
      cwmpMetrics.session('started');
      sendEnvelope(exchange.response, writeResponse(message, 'Inform'), setCookie);
    });
  };

  const otherRequest = (exchange: CwmpExchange, message: CwmpMessage, method: AcsMethod): void => {
    const { session, response } = exchange;
    const answer = (setCookie?: string): void =>
      sendEnvelope(response, writeResponse(message, method), setCookie);
    if (session === undefined) {
      // What we can do is no secret, and is about no device.
      if (method !== 'GetRPCMethods') return exchange.refuse(NO_SESSION);
      metrics.ended('no_event');
      return answer();
    }
    if (!exchange.mayBe(session)) return;
    keep(exchange, message, session, () => answer(goOn(exchange, session)));
  };

  /** @returns the cookie to send */
  const goOn = ({ request }: CwmpExchange, session: CwmpSession): string => {
    const setCookie = cookies.write(session, Date.now());
    connections.goOn(request.socket, setCookie);
    return setCookie;
  };

  const finish = ({ request, response, session }: CwmpExchange): void => {
    const wasOpen = connections.finish(request.socket);
    if (wasOpen || session !== undefined) cwmpMetrics.session('finished');
    sendNothing(response);
  };

  /** The CPE's answer to what we asked. */
  const answerOfCpe = (exchange: CwmpExchange, message: CwmpMessage): void => {
    const { session } = exchange;
    const { body } = message;
    if (session === undefined) return exchange.refuse(exchange.hasBadCookie ? NO_SESSION : ANSWER_TO_NOTHING);
    if (asks === undefined || body.method === 'response') return exchange.refuse(ANSWER_TO_NOTHING);
    if (!exchange.mayBe(session)) return;
    if (body.method === 'Fault') {
      asks.faulted(session);
      cwmpMetrics.ask('faulted');
      metrics.ended('no_event');
      return finish(exchange);
    }
    keep(exchange, message, session, () => {
      asks.answered(session);
      cwmpMetrics.ask('answered');
      finish(exchange);
    });
  };

  return {
    message(exchange, message) {
      const { body } = message;
      switch (body.method) {
        case 'Inform':
          return inform(exchange, message, body);
        case 'Fault':
        case 'GetParameterValuesResponse':
        case 'response':
          return answerOfCpe(exchange, message);
        default:
          return otherRequest(exchange, message, body.method);
      }
    },
    emptyPost(exchange) {
      const { session, response } = exchange;
      // A client that knows Digest alone begins with an empty body, and would take a 204 for the end of its session.
      if (session === undefined && !exchange.isKnown()) return;
      metrics.ended('empty');
      const ask = session === undefined ? undefined : asks?.next(session);
      if (session === undefined || ask === undefined) return finish(exchange);
      const asked = { ...session, step: ask.step };
      cwmpMetrics.ask('asked');
      const xml = writeGetParameterValues({ id: session.id, namespace: session.namespace }, ask.names);
      sendEnvelope(response, xml, goOn(exchange, asked));
    },
  };
}

function echoOf({ id, namespace }: CwmpMessage): { id?: string; namespace: string } {
  return { namespace, ...(id === undefined ? {} : { id }) };
}

function sessionOf(
  message: CwmpMessage,
  inform: Inform,
  { time, step }: { time: string | undefined; step: string | undefined },
): CwmpSession {
  const { serialNumber, oui, productClass, manufacturer } = inform;
  return {
    id: randomBytes(6).toString('base64url'),
    ...{ serialNumber, oui, productClass, manufacturer, namespace: message.namespace },
    ...(time === undefined ? {} : { time }),
    ...(step === undefined ? {} : { step }),
  };
}
