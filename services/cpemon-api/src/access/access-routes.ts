import { hash, randomBytes } from 'node:crypto';
import type { Router } from 'express';
import { type Request, type Response } from 'express';
import { ACCESS_REQUESTS, READ_REQUESTS, type GrantRequest } from '@cpemon/contracts';
import { audited } from '@cpemon/event-log';
import {
  addAccessToken,
  addLoginLink,
  listAccessTokens,
  revokeAccessToken,
  useLoginLink,
  type AccessGrant,
  type KeptToken,
} from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import { listOf, objectOf } from '../devices/device-schemas.js';
import { cursorOf, limitOf, pageOf } from '../operators/list-page.js';
import { rfc3339 } from '../rfc3339.js';
import { createApiRouter } from '../routes/api-routes.js';
import { RequestProblem } from '../routes/request-problem.js';
import type { RouteBook } from '../routes/route-book.js';
import type { Access } from './access.js';
import type { Principal } from './principal.js';
import type { Session, SessionCookies } from './session-cookies.js';

export interface AccessRouteOptions {
  access: Access;
  /** Absent: nobody can log in. */
  sessions?: SessionCookies;
  read: DatabaseReader;
  act: DatabaseReader;
  book?: RouteBook;
  /** Epoch ms. */
  now?: () => number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DEFAULT_LINK_MINUTES = 15;
/** 192 random bits. */
const SECRET_BYTES = 24;

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const timeOrNull = { type: ['string', 'null'], format: 'date-time' };
const textOrNull = { type: ['string', 'null'] };
const GRANT = {
  name: text,
  role: { enum: ['viewer', 'support', 'operator'] },
  labels: { type: 'object', additionalProperties: text },
};
const WHO = objectOf({
  ...GRANT,
  by: { enum: ['token', 'session', 'nothing'] },
  csrf_token: textOrNull,
  expires_at: timeOrNull,
});
const TOKEN = {
  ...{ id: { type: 'integer' }, ...GRANT, made_at: time, made_by: text, expires_at: timeOrNull },
  ...{ revoked_at: timeOrNull, revoked_by: textOrNull },
};

/** Who asks, logging in and out, and who may ask. */
export function createAccessRoutes(options: AccessRouteOptions): Router {
  const { access, sessions, read, act, book, now = Date.now } = options;
  const { gate: mayOperate, actorOf } = access.operate;

  return createApiRouter(book, (declare) => {
    declare({
      ...{ method: 'get', path: '/v1/session', access: 'reader', gates: [access.mayAsk] },
      about: { summary: 'Who asks, and what they may.', tag: 'access', answer: WHO },
      query: READ_REQUESTS.nothing,
      answer: ({ principal, request }) => whoView(principal, access.sessionOf(request)),
    });

    declare({
      ...{ method: 'post', path: '/v1/session', access: 'self', gates: [] },
      about: {
        summary: 'Logs in with a login link, which is used up by that: a cookie carries the session.',
        ...{ tag: 'access', answer: WHO, status: 200, problems: [401, 403, 404] },
      },
      body: ACCESS_REQUESTS.session,
      async answer({ body, request, response }) {
        refuseOtherSites(request);
        if (sessions === undefined) throw noSessions();
        const digest = digestOf(body.link);
        const grant = await act((connection) => useLoginLink(connection, digest));
        if (grant === null) {
          const detail = 'The link was used before, is over, or was never made.';
          throw new RequestProblem(401, 'invalid_login_link', detail);
        }
        const { session, setCookie } = sessions.begin(grant, now());
        response.setHeader('Set-Cookie', setCookie);
        return whoView({ ...grant, by: 'session' }, session);
      },
    });

    declare({
      ...{ method: 'delete', path: '/v1/session', access: 'reader', gates: [access.mayAsk] },
      about: { summary: 'Logs out.', tag: 'access', status: 204, json: false },
      answer({ response }) {
        if (sessions !== undefined) response.setHeader('Set-Cookie', sessions.end());
        endEmpty(response);
        return undefined;
      },
    });

    declare({
      ...{ method: 'post', path: '/v1/access/links', access: 'operator', gates: [mayOperate] },
      about: {
        summary: 'Makes a link that logs somebody in, once.',
        ...{
          tag: 'access',
          status: 201,
          answer: objectOf({ path: text, ...GRANT, minutes: { type: 'integer' } }),
        },
      },
      body: ACCESS_REQUESTS.link,
      async answer({ body, request }) {
        if (sessions === undefined) throw noSessions();
        const grant = grantOf(body);
        const { minutes = DEFAULT_LINK_MINUTES } = body;
        const secret = randomBytes(SECRET_BYTES).toString('base64url');
        const actor = actorOf(request);
        const deed = { actor, action: 'access.link', target: grant.name, detail: { ...grant, minutes } };
        const lasts = { actor, lastsMs: minutes * MINUTE_MS };
        await act((connection) =>
          audited(connection, deed, () => addLoginLink(connection, digestOf(secret), grant, lasts)),
        );
        // Behind the #: it is sent to no server, and stands in no log.
        return { path: `/login#${secret}`, ...grant, minutes };
      },
    });

    declare({
      ...{ method: 'get', path: '/v1/access/tokens', access: 'operator', gates: [mayOperate] },
      about: { summary: 'Tokens that were made.', tag: 'access', answer: listOf(objectOf(TOKEN)) },
      query: ACCESS_REQUESTS.page,
      async answer({ query }) {
        const limit = limitOf(query.limit);
        const end = cursorOf(query.cursor, [0] as const);
        const tokens = await read((connection) =>
          listAccessTokens(connection, { limit: limit + 1, before: end?.[0] }),
        );
        return pageOf(tokens, limit, tokenView, ({ id }) => [id]);
      },
    });

    declare({
      ...{ method: 'post', path: '/v1/access/tokens', access: 'operator', gates: [mayOperate] },
      about: {
        summary: 'Makes a token, and shows it this once: only its hash is kept.',
        ...{ tag: 'access', status: 201 },
        answer: objectOf({ id: { type: 'integer' }, token: text, ...GRANT, expires_at: timeOrNull }),
      },
      body: ACCESS_REQUESTS.token,
      async answer({ body, request }) {
        const grant = grantOf(body);
        const token = randomBytes(SECRET_BYTES).toString('base64url');
        const actor = actorOf(request);
        const expiresInMs = body.days === undefined ? null : body.days * DAY_MS;
        const deed = { actor, action: 'access.token', target: grant.name, detail: { ...grant } };
        const id = await act((connection) =>
          audited(
            connection,
            deed,
            () => addAccessToken(connection, digestOf(token), grant, { actor, expiresInMs }),
            (made) => ({ token: made }),
          ),
        );
        return {
          id,
          token,
          ...grant,
          expires_at: rfc3339(expiresInMs === null ? null : now() + expiresInMs),
        };
      },
    });

    declare({
      ...{ method: 'post', path: '/v1/access/tokens/:id/revoke', access: 'operator', gates: [mayOperate] },
      about: {
        summary: 'Ends a token.',
        ...{ tag: 'access', status: 200, answer: objectOf({ id: { type: 'integer' } }), problems: [404] },
      },
      body: READ_REQUESTS.nothing,
      async answer({ params, request }) {
        const id = /^\d{1,9}$/.test(params['id'] ?? '') ? Number(params['id']) : 0;
        const actor = actorOf(request);
        const deed = { actor, action: 'access.revoke', target: `token ${id}` };
        const isRevoked = await act((connection) =>
          audited(connection, deed, () => revokeAccessToken(connection, id, actor)),
        );
        if (!isRevoked)
          throw new RequestProblem(404, 'unknown_token', 'There is no such token, or it was revoked before.');
        return { id };
      },
    });
  });
}

const digestOf = (secret: string): Buffer => hash('sha256', secret, 'buffer');

const noSessions = (): RequestProblem =>
  new RequestProblem(404, 'no_sessions', 'Nobody can log in here: SESSION_SECRETS is not set.');

/** @throws RequestProblem `invalid_request` */
function grantOf({ name, role, labels = {} }: GrantRequest): AccessGrant {
  if (role === 'operator' && Object.keys(labels).length > 0)
    throw new RequestProblem(400, 'invalid_request', 'labels: an operator sees every device.');
  return { name, role, labels };
}

/** Nobody is logged in by a page of another site. @throws RequestProblem `cross_site` */
function refuseOtherSites({ headers }: Request): void {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site')
    throw new RequestProblem(403, 'cross_site', 'This is asked by the own page only.');
}

const whoView = ({ name, role, labels, by }: Principal, session: Session | undefined) => ({
  ...{ name, role, labels, by },
  csrf_token: session?.csrfToken ?? null,
  expires_at: rfc3339(session?.expiresAt ?? null),
});

const tokenView = ({ id, name, role, labels, ...kept }: KeptToken) => ({
  ...{ id, name, role, labels, made_at: rfc3339(kept.madeAt), made_by: kept.madeBy },
  ...{ expires_at: rfc3339(kept.expiresAt), revoked_at: rfc3339(kept.revokedAt), revoked_by: kept.revokedBy },
});

function endEmpty(response: Response): void {
  response.setHeader('Cache-Control', 'no-store');
  response.status(204).end();
}
