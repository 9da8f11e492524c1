import express, { Router, type NextFunction, type Request, type Response } from 'express';
import type { RequestReader } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import { OperatorError } from '@cpemon/event-log';
import { methodNotAllowed } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import { DatabaseUnavailableError, type DatabaseReader } from '../database-reader.js';
import { createOperatorGate, type Operator } from './operator-access.js';
import type { Gate } from '../reader-access.js';

export interface OperatorRouteOptions {
  /** Who may read: the gate of the read routes. */
  mayRead: Gate;
  operators: readonly Operator[];
  viewerTokens: readonly string[];
  /** For lists. */
  read: DatabaseReader;
  /** For actions, which may take longer. */
  act: DatabaseReader;
}

/** What an action is given. */
export interface Action<T> {
  body: T;
  params: Record<string, string>;
  connection: Connection;
  /** Who acts, for the audit. */
  actor: string;
}

/** How the routes of operators are declared: what is asked, and what is answered as JSON. */
export interface OperatorRoutes {
  /** A list or one thing of it. */
  get: <T>(
    path: string,
    query: RequestReader<T>,
    answer: (asked: { query: T; params: Record<string, string>; connection: Connection }) => Promise<object>,
  ) => void;
  /** A wish, answered 202: the owners of the lanes do what was asked. The body may be left out where all of it may. */
  post: <T>(path: string, body: RequestReader<T>, act: (action: Action<T>) => Promise<object>) => void;
}

const BODY_BYTES = 512 * 1024;

/** A router of what `declareAll` declares: who may use it, what it may be asked and how it fails is the same for all. */
export function createOperatorRouter(
  options: OperatorRouteOptions,
  declareAll: (routes: OperatorRoutes) => void,
): Router {
  const { mayRead, operators, viewerTokens, read, act } = options;
  const router = Router();
  const { gate: mayAct, actorOf } = createOperatorGate(operators, viewerTokens);
  const json = express.json({ limit: BODY_BYTES, strict: true });
  // Which methods a path has is known once all are declared.
  const methods = new Map<string, string[]>();
  const declare = (path: string, method: string): void => {
    methods.set(path, [...(methods.get(path) ?? []), method]);
  };

  const routes: OperatorRoutes = {
    get(path, query, answer) {
      declare(path, 'GET, HEAD');
      router.get(path, mayRead, async (request, response) => {
        response.setHeader('Cache-Control', 'no-store');
        const asked = query({ ...request.query });
        if (asked.problem !== undefined) return refuse(response, 'invalid_parameter', asked.problem);
        const params = paramsOf(request);
        response.json(await read((connection) => answer({ query: asked.request, params, connection })));
      });
    },
    post(path, body, action) {
      declare(path, 'POST');
      router.post(path, mayAct, requireJson, json, async (request, response) => {
        const asked = body(request.body ?? {});
        if (asked.problem !== undefined) return refuse(response, 'invalid_request', asked.problem);
        const given = { body: asked.request, params: paramsOf(request), actor: actorOf(request) };
        const answer = await act((connection) => action({ ...given, connection }));
        response.setHeader('Cache-Control', 'no-store');
        response.status(202).json(answer);
      });
    },
  };
  declareAll(routes);
  // A path written out before one with a name in its place.
  const paths = [...methods].sort(
    ([one], [other]) => Number(one.includes(':')) - Number(other.includes(':')),
  );
  for (const [path, allowed] of paths) router.all(path, methodNotAllowed(allowed.join(', ')));
  router.use(answerOperatorError);
  return router;
}

const paramsOf = ({ params }: Request): Record<string, string> => params as Record<string, string>;

function refuse(response: Response, code: string, detail: string): void {
  sendProblem(response, { status: 400, code, detail });
}

/** A body in another format would be taken for none. */
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

function answerOperatorError(
  error: unknown,
  _request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (error instanceof OperatorError) {
    return sendProblem(response, { status: error.status, code: error.code, detail: error.message });
  }
  if (error instanceof DatabaseUnavailableError) {
    const detail =
      'The database does not answer; whether the wish is written down is not known. It may be asked again.';
    return sendProblem(response, { status: 503, code: 'database_unavailable', detail, retryAfterSeconds: 2 });
  }
  const problem = BODY_PROBLEMS[(error as { type?: string } | null)?.type ?? ''];
  if (problem === undefined) return next(error);
  sendProblem(response, problem);
}
