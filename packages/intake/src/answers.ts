import type { ServerResponse } from 'node:http';
import { REFUSAL_STATUS, type Refusal } from '@cpemon/contracts';
import { LogUnavailableError } from '@cpemon/event-log';
import { requestMarks, sendProblem, type Logger } from '@cpemon/service-kit';
import type { IntakeOutcome } from './intake-metrics.js';
import { RefusedAppendError } from './refused-append.js';

const QUEUED_START = '{"status":"queued","correlation_id":"';
const QUEUED_END = '"}';
const QUEUED_LENGTH = QUEUED_START.length + QUEUED_END.length;

/** 202: the event is committed. Headers and body go out in one write. @param correlationId needs no escaping */
export function sendQueued(response: ServerResponse, correlationId: string): void {
  if (response.destroyed) return;
  response
    .writeHead(202, [
      'Content-Type',
      'application/json',
      'Content-Length',
      String(QUEUED_LENGTH + correlationId.length),
      'X-Correlation-ID',
      correlationId,
    ])
    .end(QUEUED_START + correlationId + QUEUED_END, 'latin1');
}

/** 202 for a body of several events. */
export function sendAccepted(response: ServerResponse, correlationId: string, body: object): void {
  const text = JSON.stringify({ status: 'queued', ...body, correlation_id: correlationId });
  response
    .writeHead(202, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'X-Correlation-ID': correlationId,
    })
    .end(text);
}

export function sendRefusal(
  response: ServerResponse,
  refusal: Refusal,
  correlationId: string,
  extra?: Record<string, unknown>,
): void {
  const status = REFUSAL_STATUS[refusal.code];
  if (refusal.code === 'missing_token' || refusal.code === 'invalid_token') {
    response.setHeader('WWW-Authenticate', 'Bearer realm="cpemon"');
  }
  sendProblem(response, {
    status,
    code: refusal.code,
    detail: refusal.detail,
    correlationId,
    ...(extra === undefined ? {} : { extra }),
  });
}

/**
 * Says that events could not be put into the log; the sender tries again.
 * @returns how the request ended
 */
export function sendAppendFailure(
  response: ServerResponse,
  error: unknown,
  correlationId: string,
  logger: Logger,
  extra?: Record<string, unknown>,
): IntakeOutcome {
  const common = { correlationId, ...(extra === undefined ? {} : { extra }) };
  if (error instanceof RefusedAppendError) {
    const { code, message: detail, retryAfterSeconds } = error;
    sendProblem(response, { status: 503, code, detail, retryAfterSeconds, ...common });
    return code;
  }
  if (error instanceof LogUnavailableError) {
    const detail = 'The log did not confirm the events; they may be in it, and may be sent again.';
    sendProblem(response, {
      ...{ status: 503, code: 'log_unavailable', detail, retryAfterSeconds: spread() },
      ...common,
    });
    return 'log_unavailable';
  }
  const marks = { ...requestMarks(response.req.headers), correlationId };
  logger.error({ err: error, ...marks }, 'Events could not be appended for an unknown reason');
  sendProblem(response, { status: 500, code: 'internal_error', ...common });
  return 'internal_error';
}

/** Says that too many bodies are on their way in at once; nothing of this one was taken. */
export function sendNoRoom(response: ServerResponse, correlationId: string): IntakeOutcome {
  const detail = 'More bodies are on their way in than may.';
  sendProblem(response, {
    ...{ status: 503, code: 'overloaded', detail, correlationId },
    retryAfterSeconds: spread(),
  });
  return 'overloaded';
}

/** 1 to 5 s, so that those who were refused together do not come back together. */
const spread = (): number => 1 + Math.floor(Math.random() * 5);
