import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendProblem, type Logger } from '@cpemon/service-kit';
import { correlationIdOf } from './request-identity.js';

/** 405 with the methods that the route has. */
export function methodNotAllowed(
  allow: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    response.setHeader('Allow', allow);
    sendProblem(response, {
      ...{ status: 405, code: 'method_not_allowed', detail: `This route takes ${allow}.` },
      correlationId: correlationIdOf(request.headers),
    });
  };
}

/** 404 for what no route matched. */
export function notFound(request: IncomingMessage, response: ServerResponse): void {
  sendProblem(response, { status: 404, code: 'not_found', correlationId: correlationIdOf(request.headers) });
}

/**
 * The last error handler of an Express application: an error that says what status it wants (a malformed address)
 * gets it, any other is ours.
 */
export function answerRouteError(logger: Logger) {
  return (
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    // Express knows an error handler by its four parameters.
    _next: (error?: unknown) => void,
  ): void => {
    const correlationId = correlationIdOf(request.headers);
    const status = (error as { status?: unknown } | null)?.status;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      const code = status === 404 ? 'not_found' : 'malformed_request';
      return sendProblem(response, { status, code, correlationId });
    }
    logger.error({ err: error, correlationId }, 'A request failed for a reason that no answer foresees');
    sendProblem(response, { status: 500, code: 'internal_error', correlationId });
  };
}
