import { hash, timingSafeEqual } from 'node:crypto';
import type { BlockList } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import { clientAddressOf } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import { DatabaseUnavailableError } from '../database-reader.js';
import { withAddedName, type Operator, type OperatorGate } from '../operators/operator-access.js';
import { refuseToken, type Gate } from '../reader-access.js';
import type { FindKeptToken } from './kept-tokens.js';
import { isMasked, type MaskFor } from './personal-data.js';
import { ANYONE, isLimited, principalOf, setPrincipal, type Principal } from './principal.js';
import { createRequestRates, DEFAULT_READ_RATE, type RequestRate } from './request-rates.js';
import type { Session, SessionCookies } from './session-cookies.js';

export interface AccessOptions {
  /** Tokens that may read; 'none' when anyone may. */
  readTokens: readonly string[] | 'none';
  operators: readonly Operator[];
  /** Tokens of viewers, whether or not reading needs one. */
  viewerTokens?: readonly string[];
  supporters?: readonly Operator[];
  /** Tokens that are kept in the database; absent: there are none. */
  findKeptToken?: FindKeptToken;
  /** Absent: nobody can log in. */
  sessions?: SessionCookies;
  maskFor?: MaskFor;
  trustedProxies?: BlockList;
  /** Requests of one person from one address. */
  rate?: RequestRate;
  /** Epoch ms. */
  now?: () => number;
}

/** Who may ask what over HTTP. Each gate remembers who asks: `principalOf`. */
export interface Access {
  /** What shows the whole fleet: viewers and operators, but none that are limited to some labels. */
  mayRead: Gate;
  /** What shows as much of the fleet as whoever asks may see: viewers and operators, limited or not. */
  mayLook: Gate;
  /** What looks by itself at roles and labels: whoever may ask anything at all. */
  mayAsk: Gate;
  operate: OperatorGate;
  /** The session of a request, where it has one. */
  sessionOf(request: Request): Session | undefined;
  /** Whether data of persons is shown in part only. */
  masks(principal: Principal): boolean;
}

/** A call in hand is one device; a list of customers is not looked up in a night. */
export const SUPPORT_RATE: RequestRate = { burst: 30, perSecond: 0.5 };
/** Guesses of one address. */
const REFUSED_RATE: RequestRate = { burst: 100, perSecond: 5 };

const BEARER = /^Bearer +([^\s]+) *$/i;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

type Identified = { principal: Principal; session?: Session } | { refused: string };

export function createAccess(options: AccessOptions): Access {
  const { readTokens, sessions, findKeptToken, now = Date.now, maskFor = 'nobody' } = options;
  const { rate = DEFAULT_READ_RATE } = options;
  const fromConfig = principalsOf(options);
  const rates = createRequestRates();
  const sessionsOf = new WeakMap<Request, Session>();

  const byCookie = (request: Request): Identified | 'none' => {
    const session = sessions?.read(request.headers.cookie, now()) ?? 'none';
    if (session === 'none') return 'none';
    if (typeof session === 'string') return { refused: session };
    return { principal: { ...session, by: 'session' }, session };
  };

  const identify = async (request: Request): Promise<Identified> => {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      const known = byCookie(request);
      return known === 'none' ? { refused: 'missing_token' } : known;
    }
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return { refused: 'invalid_token' };
    const principal = fromConfig.get(digestOf(token));
    if (principal !== undefined) return { principal };
    const kept = await findKeptToken?.(hash('sha256', token, 'buffer'));
    return kept ? { principal: { ...kept, by: 'token' } } : { refused: 'invalid_token' };
  };

  /** @returns false when the request was answered */
  const letIn = async (request: Request, response: Response, anyone: boolean, detail: string) => {
    const address = clientAddressOf(request, options.trustedProxies ?? NO_PROXIES);
    const found = await identify(request).catch((error: unknown): Identified => {
      if (error instanceof DatabaseUnavailableError && anyone) return { principal: ANYONE };
      throw error;
    });
    if ('refused' in found && !anyone) {
      if (!isWithinRate(response, `refused ${address}`, REFUSED_RATE)) return false;
      refuseToken(response, found.refused, detail);
      return false;
    }
    const principal = 'refused' in found ? ANYONE : found.principal;
    const ofRole = principal.role === 'support' ? SUPPORT_RATE : rate;
    if (!isWithinRate(response, `${principal.by} ${principal.name} ${address}`, ofRole)) return false;
    if ('session' in found && found.session !== undefined) {
      if (!SAFE_METHODS.has(request.method) && !isOwnPage(request, found.session)) {
        const detail = 'X-CSRF-Token with the csrf_token of GET /v1/session is needed.';
        sendProblem(response, { status: 403, code: 'csrf_token_needed', detail });
        return false;
      }
      sessionsOf.set(request, found.session);
    }
    setPrincipal(request, principal);
    return true;
  };

  const isWithinRate = (response: Response, who: string, of: RequestRate): boolean => {
    const retryAfterSeconds = rates.waitSeconds(who, of);
    if (retryAfterSeconds === 0) return true;
    const detail = `More than ${of.perSecond} requests a second.`;
    sendProblem(response, { status: 429, code: 'rate_limited', detail, retryAfterSeconds });
    return false;
  };

  const gateOf =
    (detail: string, anyone: boolean, refusal: (principal: Principal) => [string, string] | null): Gate =>
    (request: Request, response: Response, next: NextFunction) => {
      letIn(request, response, anyone, detail).then((isIn) => {
        if (!isIn) return;
        const refused = refusal(principalOf(request));
        if (refused === null) return next();
        sendProblem(response, { status: 403, code: refused[0], detail: refused[1] });
      }, next);
    };

  return {
    mayRead: gateOf(READER_NEEDED, readTokens === 'none', (principal) => {
      if (principal.role === 'support') return ['not_a_viewer', 'Support looks at one device at a time.'];
      return isLimited(principal)
        ? ['limited_to_labels', 'This shows the whole fleet, and you see a part of it only.']
        : null;
    }),
    mayLook: gateOf(READER_NEEDED, readTokens === 'none', ({ role }) =>
      role === 'support' ? ['not_a_viewer', 'Support looks at one device at a time.'] : null,
    ),
    mayAsk: gateOf(READER_NEEDED, readTokens === 'none', () => null),
    operate: {
      gate: gateOf(OPERATOR_NEEDED, false, (principal) =>
        principal.role === 'operator' && !isLimited(principal) ? null : ['not_an_operator', OPERATOR_NEEDED],
      ),
      actorOf: (request) => withAddedName(principalOf(request).name, request),
    },
    sessionOf: (request) => sessionsOf.get(request),
    masks: (principal) => isMasked(maskFor, principal),
  };
}

const READER_NEEDED = 'Authorization: Bearer with a viewer or operator token is needed.';
const OPERATOR_NEEDED = 'Authorization: Bearer with an operator token is needed.';
const NO_PROXIES = { check: () => false } as unknown as BlockList;

const digestOf = (token: string): string => hash('sha256', token, 'base64');

/** By digest, so that the time of a look-up tells nothing about a token. */
function principalsOf({
  readTokens,
  operators,
  viewerTokens = [],
  supporters = [],
}: AccessOptions): Map<string, Principal> {
  const found = new Map<string, Principal>();
  const viewers = [...(readTokens === 'none' ? [] : readTokens), ...viewerTokens];
  for (const token of viewers) {
    const name = `token-${hash('sha256', token, 'hex').slice(0, 8)}`;
    found.set(digestOf(token), { name, role: 'viewer', labels: {}, by: 'token' });
  }
  for (const { name, token } of supporters)
    found.set(digestOf(token), { name, role: 'support', labels: {}, by: 'token' });
  for (const { name, token } of operators)
    found.set(digestOf(token), { name, role: 'operator', labels: {}, by: 'token' });
  return found;
}

/** Whether a request that changes something was sent by our own page, as far as a browser tells and a secret shows. */
function isOwnPage({ headers }: Request, { csrfToken }: Session): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return false;
  const given = Buffer.from(String(headers['x-csrf-token'] ?? ''));
  const wanted = Buffer.from(csrfToken);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
