import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { OperatorError } from '@cpemon/event-log';
import { sendProblem } from '@cpemon/service-kit';
import { DatabaseUnavailableError } from '../database-reader.js';
import { RequestProblem } from './request-problem.js';

const BODY_BYTES = 512 * 1024;
const readJson = express.json({ limit: BODY_BYTES, strict: true });

/** Reads a JSON body, or none; a body in another format would be taken for none. */
export const jsonBody: RequestHandler[] = [requireJson, readJson];

function requireJson(request: Request, response: Response, next: NextFunction): void {
  const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  const empty = chunked === undefined && (length === undefined || length === '0');
  if (empty || request.is('application/json') !== false) return next();
  const detail = 'The body must be application/json.';
  sendProblem(response, { status: 415, code: 'unsupported_media_type', detail });
}

/** What Express's JSON reader says of a body, by the type of its error. */
const BODY_PROBLEMS: Record<string, { status: number; code: string }> = {
  'entity.parse.failed': { status: 400, code: 'invalid_json' },
  'entity.too.large': { status: 413, code: 'body_too_large' },
  'encoding.unsupported': { status: 415, code: 'unsupported_encoding' },
  'charset.unsupported': { status: 415, code: 'unsupported_media_type' },
};

/** Answers the errors that routes end with: the refusal of a wish, a database that does not answer, an unreadable body. */
export function answerKnownErrors(
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (error instanceof RequestProblem) {
    const { status, code, message: detail, more } = error;
    return sendProblem(response, { status, code, detail, ...more });
  }
  if (error instanceof OperatorError) {
    return sendProblem(response, { status: error.status, code: error.code, detail: error.message });
  }
  if (error instanceof DatabaseUnavailableError) {
    const detail =
      request.method === 'GET' || request.method === 'HEAD'
        ? 'The database does not answer.'
        : 'The database does not answer; whether the wish is written down is not known. It may be asked again.';
    return sendProblem(response, { status: 503, code: 'database_unavailable', detail, retryAfterSeconds: 2 });
  }
  const problem = BODY_PROBLEMS[(error as { type?: string } | null)?.type ?? ''];
  if (problem === undefined) return next(error);
  sendProblem(response, problem);
}
