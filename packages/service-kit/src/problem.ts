import { STATUS_CODES, type ServerResponse } from 'node:http';

/** An error answer by RFC 9457. `code` is stable and comes from a closed set; `detail` is for people. */
export interface Problem {
  status: number;
  code: string;
  detail?: string;
  correlationId?: string;
  /** Sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** Further members of the body; they cannot replace the standard ones. */
  extra?: Record<string, unknown>;
}

/** The body of a problem answer, as text. */
export function formatProblem(problem: Problem): string {
  return JSON.stringify({
    ...problem.extra,
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.correlationId === undefined ? {} : { correlation_id: problem.correlationId }),
  });
}

/** Answers with a problem. An answer that has begun can only be broken off, so that nobody takes it for whole. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.writableEnded) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = formatProblem(problem);
  response.statusCode = problem.status;
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.setHeader('Cache-Control', 'no-store');
  if (problem.correlationId !== undefined) response.setHeader('X-Correlation-ID', problem.correlationId);
  if (problem.retryAfterSeconds !== undefined) {
    response.setHeader('Retry-After', String(Math.max(1, Math.ceil(problem.retryAfterSeconds))));
  }
  response.end(body);
}
