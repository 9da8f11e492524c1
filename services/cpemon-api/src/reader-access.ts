import type { NextFunction, Request, Response } from 'express';
import { createTokenCheck } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';

/** Lets a request through, or answers it. */
export type Gate = (request: Request, response: Response, next: NextFunction) => void;

/** Lets those through who may read. @param tokens of viewers and operators; 'none' when anyone may */
export function requireReader(tokens: readonly string[] | 'none'): Gate {
  if (tokens === 'none') return (_request, _response, next) => next();
  const check = createTokenCheck(tokens);
  return (request, response, next) => {
    const verdict = check(request.headers.authorization);
    if (verdict === 'valid') return next();
    refuseToken(response, verdict, 'Authorization: Bearer with a viewer or operator token is needed.');
  };
}

/** 401: who asks is not known. */
export function refuseToken(response: Response, code: string, detail: string): void {
  response.setHeader('WWW-Authenticate', 'Bearer realm="cpemon"');
  sendProblem(response, { status: 401, code, detail });
}
