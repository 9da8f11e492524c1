import type { BlockList } from 'node:net';
import { isRefusal, type Refusal } from '@cpemon/contracts';
import {
  eventsOfMessage,
  readEnvelope,
  type CwmpMessage,
  type MessageContext,
  type MessageEvents,
} from '@cpemon/cwmp';
import { LogUnavailableError } from '@cpemon/event-log';
import {
  KEEP_NO_BODIES,
  RefusedAppendError,
  clientAddressOf,
  correlationIdOf,
  decodeBody,
  methodNotAllowed,
  receiveBody,
  refuseBody,
  requestContextOf,
  senderOf,
  type IntakeMetrics,
  type IntakeOutcome,
  type RefusedBodies,
  type RouteHandler,
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import { isBlank } from '../cwmp/cwmp-route.js';
import { MIRROR, type MirrorSender } from './mirror-sender.js';
import { createMirrorSessions, type MirrorSessions, type SessionKeys } from './mirror-sessions.js';
import { sessionKeysOf } from './session-keys.js';

export interface MirrorSettings {
  sender: MirrorSender;
  /** Networks whose word for a client's address counts. */
  trustedProxies: BlockList;
}

export interface MirrorOptions extends MirrorSettings {
  appender: Pick<WatchedAppender, 'append'>;
  metrics: IntakeMetrics;
  /** Where bodies that are refused go; nowhere when left out. */
  refusedBodies?: RefusedBodies;
  logger: Logger;
  sessions?: MirrorSessions;
}

/** The values of 2,000 parameters; a CPE's Inform has 3 kB. */
export const MIRROR_BODY_BYTES = 1024 * 1024;
/** nginx holds back the next request on a CPE's connection until its copy is answered: no log may be that slow. */
const ANSWER_WITHIN_MS = 50;

const wrongMethod = methodNotAllowed('POST');

/**
 * `POST` of a copy of what a CPE sent to its ACS. Best effort: whoever may send gets 204, soon and whatever became of
 * the copy, as nobody waits for the answer and nobody sends again. The counters say what became of it.
 */
export function createMirrorRoute(options: MirrorOptions): RouteHandler {
  const { sender, trustedProxies, appender, logger } = options;
  const { refusedBodies = KEEP_NO_BODIES, sessions = createMirrorSessions() } = options;
  const metrics = options.metrics.path('mirror');

  /** The events of a message, which begins a session or belongs to one. */
  const eventsOf = (
    message: CwmpMessage,
    request: MessageContext['request'],
    keys: SessionKeys,
  ): MessageEvents | Refusal => {
    const { body } = message;
    if (body.method !== 'Inform') {
      const device = sessions.find(keys);
      return eventsOfMessage(message, { path: 'mirror', request, ...(device && { device }) });
    }
    const read = eventsOfMessage(message, { path: 'mirror', request });
    if (!isRefusal(read)) {
      const { serialNumber, oui, productClass, manufacturer } = body;
      const time = read.events[0]?.time;
      const device = { serialNumber, oui, productClass, manufacturer };
      sessions.begin(keys, time === undefined ? device : { ...device, time });
    }
    return read;
  };

  return (request, response) => {
    if (request.method !== 'POST') return wrongMethod(request, response);
    const { headers } = request;
    const correlationId = correlationIdOf(headers);
    const may = sender(request);
    if (may !== 'allowed') return refuseBody(response, metrics, may, correlationId);
    // A token in the path is in no log of ours.
    request.url = MIRROR;

    const answer = (): void => {
      if (!response.headersSent && !response.destroyed) response.writeHead(204).end();
    };
    const end = (outcome: IntakeOutcome): void => {
      metrics.ended(outcome);
      answer();
    };
    const ignore = ({ code, detail }: Refusal, body: Buffer): void => {
      metrics.refused(code);
      // A message of a session that we did not see is right in itself.
      if (code !== 'unexpected_message') {
        const address = clientAddressOf(request, trustedProxies);
        refusedBodies.keep({ ...senderOf(request), address, code, detail, path: 'mirror', body });
      }
      end(code);
    };

    const take = (body: Buffer): void => {
      const keys = sessionKeysOf(request, trustedProxies);
      if (isBlank(body)) {
        sessions.find(keys);
        return end('empty');
      }
      const message = readEnvelope(body, headers['content-type']);
      if (isRefusal(message)) return ignore(message, body);
      const read = eventsOf(message, requestContextOf(headers, correlationId), keys);
      if (isRefusal(read)) return ignore(read, body);
      metrics.dropped(read.drops);
      if (read.events.length === 0) return end('no_event');

      const startedAt = performance.now();
      const late = setTimeout(answer, ANSWER_WITHIN_MS);
      const settled = (outcome: IntakeOutcome): void => {
        clearTimeout(late);
        end(outcome);
      };
      appender.append(read.events, 'mirror').then(
        () => {
          metrics.accepted(read.events.length);
          metrics.appended((performance.now() - startedAt) / 1000);
          settled('queued');
        },
        (error: unknown) => {
          const loss = lossOf(error);
          if (loss === 'internal_error') {
            logger.error({ err: error, correlationId }, 'A copy could not be appended for an unknown reason');
          }
          settled(loss);
        },
      );
    };

    receiveBody(request, MIRROR_BODY_BYTES, {
      tooLarge() {
        metrics.refused('body_too_large');
        end('body_too_large');
      },
      noRoom: () => end('overloaded'),
      aborted: () => metrics.ended('aborted'),
      complete(received) {
        decodeBody(received, headers['content-encoding'], MIRROR_BODY_BYTES)
          .then((body) => (isRefusal(body) ? ignore(body, received) : take(body)))
          .catch((error: unknown) => {
            logger.error({ err: error, correlationId }, 'A copy could not be read for an unknown reason');
            end('internal_error');
          });
      },
    });
  };
}

/** Why a copy that meant something is not in the log. */
function lossOf(error: unknown): IntakeOutcome {
  if (error instanceof RefusedAppendError) return error.code;
  return error instanceof LogUnavailableError ? 'log_unavailable' : 'internal_error';
}
