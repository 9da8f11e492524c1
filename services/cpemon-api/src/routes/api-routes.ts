import { createHash } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import type { RequestReader } from '@cpemon/contracts';
import { methodNotAllowed } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import { principalOf, type Principal } from '../access/principal.js';
import type { Gate } from '../reader-access.js';
import type { RouteAbout, RouteAccess, RouteBook } from './route-book.js';
import { answerKnownErrors, jsonBody } from './route-problems.js';

/** What a route is given. */
export interface Asked<Query, Body> {
  query: Query;
  body: Body;
  params: Record<string, string>;
  principal: Principal;
  request: Request;
  response: Response;
}

export interface ApiRoute<Query, Body> {
  method: 'get' | 'post' | 'delete';
  path: string;
  access: RouteAccess;
  /** In the order in which they are passed. */
  gates: readonly Gate[];
  about: RouteAbout;
  query?: RequestReader<Query>;
  body?: RequestReader<Body>;
  headers?: Readonly<Record<string, string>>;
  /** The answer is hashed, so that whoever has it already is told so in place of it (RFC 9110, 13.1.2). */
  etag?: boolean;
  /** Resolves with what is answered as JSON; with nothing when it answered by itself. */
  answer(asked: Asked<Query, Body>): Promise<object | undefined> | object | undefined;
}

export type DeclareRoute = <Query = Record<string, never>, Body = Record<string, never>>(
  route: ApiRoute<Query, Body>,
) => void;

/** A router of what `declareAll` declares; each route is described in the book as it is served. */
export function createApiRouter(
  book: RouteBook | undefined,
  declareAll: (declare: DeclareRoute) => void,
): Router {
  const router = Router();
  const methods = new Map<string, string[]>();

  const declare: DeclareRoute = (route) => {
    const { method, path, access, gates, about, query, body, headers } = route;
    methods.set(path, [...(methods.get(path) ?? []), method === 'get' ? 'GET, HEAD' : method.toUpperCase()]);
    book?.describe({
      ...{ method, path, access, about },
      ...(query === undefined ? {} : { query: query.schema }),
      ...(body === undefined ? {} : { body: body.schema }),
      ...(headers === undefined ? {} : { headers }),
    });
    const readBody = body === undefined ? [] : jsonBody;
    router[method](path, ...gates, ...readBody, async (request: Request, response: Response) => {
      const asked = query?.({ ...request.query }) ?? { request: {} as never };
      if (asked.problem !== undefined) return refuse(response, 'invalid_parameter', asked.problem);
      const told = body?.(request.body ?? {}) ?? { request: {} as never };
      if (told.problem !== undefined) return refuse(response, 'invalid_request', told.problem);
      // Whoever asks for the head alone is spared an answer that may be without end.
      if (request.method === 'HEAD' && about.json === false) {
        response.setHeader('Content-Type', about.media?.[0] ?? 'text/plain');
        response.end();
        return;
      }
      const params = request.params as Record<string, string>;
      const given = { query: asked.request, body: told.request, params, request, response };
      const answer = await route.answer({ ...given, principal: principalOf(request) });
      if (answer !== undefined)
        sendJson(request, response, answer, { status: about.status ?? 200, etag: route.etag === true });
    });
  };
  declareAll(declare);
  // A path written out before one with a name in its place.
  const paths = [...methods].sort(
    ([one], [other]) => Number(one.includes(':')) - Number(other.includes(':')),
  );
  for (const [path, allowed] of paths) router.all(path, methodNotAllowed(allowed.join(', ')));
  router.use(answerKnownErrors);
  return router;
}

function refuse(response: Response, code: string, detail: string): void {
  sendProblem(response, { status: 400, code, detail });
}

/** Answers as JSON. What is hashed may be kept by a browser, which then asks whether it still holds. */
export function sendJson(
  request: Request,
  response: Response,
  answer: object,
  { status = 200, etag = false }: { status?: number; etag?: boolean } = {},
): void {
  const text = JSON.stringify(answer);
  response.status(status);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', etag ? 'private, no-cache' : 'no-store');
  if (etag) {
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
    response.setHeader('ETag', tag);
    response.setHeader('Vary', 'Authorization, Cookie');
    if (namesTag(request.headers['if-none-match'], tag)) {
      response.status(304).removeHeader('Content-Type');
      response.end();
      return;
    }
  }
  response.end(text);
}

const namesTag = (header: string | undefined, tag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag));
