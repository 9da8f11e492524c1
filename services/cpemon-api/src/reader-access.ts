import type { NextFunction, Request, Response } from 'express';
import { sendProblem } from '@cpemon/service-kit';

/** Lets a request through, or answers it. */
export type Gate = (request: Request, response: Response, next: NextFunction) => void;

/** 401: who asks is not known. */
export function refuseToken(response: Response, code: string, detail: string): void {
  response.setHeader('WWW-Authenticate', 'Bearer realm="cpemon"');
  sendProblem(response, { status: 401, code, detail });
}
