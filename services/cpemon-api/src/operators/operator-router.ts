import { Router, type Request, type Response } from 'express';
import type { RequestReader } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import { methodNotAllowed } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import type { DatabaseReader } from '../database-reader.js';
import { createOperatorGate, type Operator, type OperatorGate } from './operator-access.js';
import type { Gate } from '../reader-access.js';
import type { RouteAbout, RouteBook } from '../routes/route-book.js';
import { OPERATOR_ROUTE_WORDS } from './route-words.js';
import { answerKnownErrors, jsonBody } from '../routes/route-problems.js';

export interface OperatorRouteOptions {
  /** Who may read: the gate of the read routes. */
  mayRead: Gate;
  operators: readonly Operator[];
  viewerTokens: readonly string[];
  /** For lists. */
  read: DatabaseReader;
  /** For actions, which may take longer. */
  act: DatabaseReader;
  /** Who may act and by what name, where more than tokens of the configuration say so. */
  operate?: OperatorGate;
  /** Where the routes are described, for the document of the API. */
  book?: RouteBook;
}

/** What an action is given. */
export interface Action<T> {
  body: T;
  params: Record<string, string>;
  connection: Connection;
  /** Who acts, for the audit. */
  actor: string;
}

/**
 * How the routes of operators are declared: what is asked, and what is answered as JSON. `about` is what the document of
 * the API says; a test finds routes that have none.
 */
export interface OperatorRoutes {
  /** A list or one thing of it. */
  get: <T>(
    path: string,
    query: RequestReader<T>,
    answer: (asked: { query: T; params: Record<string, string>; connection: Connection }) => Promise<object>,
    about?: RouteAbout,
  ) => void;
  /** A wish, answered 202: the owners of the lanes do what was asked. The body may be left out where all of it may. */
  post: <T>(
    path: string,
    body: RequestReader<T>,
    act: (action: Action<T>) => Promise<object>,
    about?: RouteAbout,
  ) => void;
}

const wordsOf = (method: string, path: string): RouteAbout =>
  OPERATOR_ROUTE_WORDS[`${method} ${path}`] ?? { summary: '', tag: 'operations' };

/** A router of what `declareAll` declares: who may use it, what it may be asked and how it fails is the same for all. */
export function createOperatorRouter(
  options: OperatorRouteOptions,
  declareAll: (routes: OperatorRoutes) => void,
): Router {
  const { mayRead, operators, viewerTokens, read, act, book } = options;
  const router = Router();
  const { gate: mayAct, actorOf } = options.operate ?? createOperatorGate(operators, viewerTokens);
  // Which methods a path has is known once all are declared.
  const methods = new Map<string, string[]>();
  const declare = (path: string, method: string): void => {
    methods.set(path, [...(methods.get(path) ?? []), method]);
  };

  const routes: OperatorRoutes = {
    get(path, query, answer, about = wordsOf('get', path)) {
      declare(path, 'GET, HEAD');
      book?.describe({ method: 'get', path, access: 'reader', about, query: query.schema });
      router.get(path, mayRead, async (request, response) => {
        response.setHeader('Cache-Control', 'no-store');
        const asked = query({ ...request.query });
        if (asked.problem !== undefined) return refuse(response, 'invalid_parameter', asked.problem);
        const params = paramsOf(request);
        response.json(await read((connection) => answer({ query: asked.request, params, connection })));
      });
    },
    post(path, body, action, about = wordsOf('post', path)) {
      declare(path, 'POST');
      book?.describe({ method: 'post', path, access: 'operator', about, body: body.schema });
      router.post(path, mayAct, ...jsonBody, async (request, response) => {
        const asked = body(request.body ?? {});
        if (asked.problem !== undefined) return refuse(response, 'invalid_request', asked.problem);
        const given = { body: asked.request, params: paramsOf(request), actor: actorOf(request) };
        const answer = await act((connection) => action({ ...given, connection }));
        response.setHeader('Cache-Control', 'no-store');
        response.status(about.status ?? 202).json(answer);
      });
    },
  };
  declareAll(routes);
  // A path written out before one with a name in its place.
  const paths = [...methods].sort(
    ([one], [other]) => Number(one.includes(':')) - Number(other.includes(':')),
  );
  for (const [path, allowed] of paths) router.all(path, methodNotAllowed(allowed.join(', ')));
  router.use(answerKnownErrors);
  return router;
}

const paramsOf = ({ params }: Request): Record<string, string> => params as Record<string, string>;

function refuse(response: Response, code: string, detail: string): void {
  sendProblem(response, { status: 400, code, detail });
}
