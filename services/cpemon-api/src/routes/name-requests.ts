import type { NextFunction, Request, Response } from 'express';
import { correlationIdOf } from '@cpemon/intake';

/** Every answer says by what id its request is known: the one it came with, or a new one. */
export function nameRequests(request: Request, response: Response, next: NextFunction): void {
  const id = correlationIdOf(request.headers);
  // What answers later, and a log line, find the same one.
  request.headers['x-correlation-id'] = id;
  response.setHeader('X-Correlation-ID', id);
  next();
}
