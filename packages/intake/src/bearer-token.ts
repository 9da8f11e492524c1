import { hash } from 'node:crypto';

export type TokenVerdict = 'valid' | 'invalid_token' | 'missing_token';

/** Judges the `Authorization` header of a request. */
export type TokenCheck = (authorization: string | undefined) => TokenVerdict;

const BEARER = /^Bearer +([^\s]+) *$/i;

/**
 * Accepts any of `tokens`. Digests are compared, so that the time of a comparison tells nothing about a token.
 */
export function createTokenCheck(tokens: readonly string[]): TokenCheck {
  const digests = new Set(tokens.map(digest));
  return (authorization) => {
    if (authorization === undefined) return 'missing_token';
    const token = BEARER.exec(authorization)?.[1];
    return token !== undefined && digests.has(digest(token)) ? 'valid' : 'invalid_token';
  };
}

const NAMED_TOKEN = /^([A-Za-z0-9][A-Za-z0-9._@-]{0,63}):(.+)$/;

/** An entry of OPERATOR_TOKENS: `name:token`, or a token alone. */
export function splitNamedToken(entry: string): { name: string | undefined; token: string } {
  const [, name, token] = NAMED_TOKEN.exec(entry) ?? [];
  return token === undefined ? { name: undefined, token: entry } : { name, token };
}

const digest = (token: string): string => hash('sha256', token, 'base64');
