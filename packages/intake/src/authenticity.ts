import type { IncomingHttpHeaders } from 'node:http';
import { refuse, type Refusal } from '@cpemon/contracts';
import { createTokenCheck } from './bearer-token.js';
import { createSignatureCheck, signatureOf } from './body-signature.js';

/** Whether a request may write: known by its headers, or only once its body is here. */
export type HeaderVerdict = 'allowed' | Refusal | { bodyMustMatch: (body: Buffer) => boolean };

/** Who may write on a route. */
export type Authenticity = (headers: IncomingHttpHeaders) => HeaderVerdict;

export const INVALID_SIGNATURE = refuse(
  'invalid_signature',
  'X-Signature must be the hex HMAC-SHA256 of the raw body.',
);
const NO_SIGNATURE = refuse('invalid_signature', 'The body must be signed: X-Signature is missing.');
const INVALID_TOKEN = refuse('invalid_token', 'The bearer token is not one that may write.');
const MISSING_TOKEN = refuse('missing_token', 'Authorization: Bearer with an ingest token is missing.');

/** Anyone may write. Only by a setting that was written out. */
export const allowAnyone: Authenticity = () => 'allowed';

/** Bodies signed with one of the live secrets. */
export function requireSignature(secrets: readonly string[]): Authenticity {
  const isSigned = createSignatureCheck(secrets);
  return (headers) => {
    const signature = signatureOf(headers);
    return signature === undefined ? NO_SIGNATURE : { bodyMustMatch: (body) => isSigned(body, signature) };
  };
}

/** A bearer token, or a body signed with one of `secrets` where there are any. */
export function requireTokenOrSignature(tokens: readonly string[], secrets: readonly string[]): Authenticity {
  const checkToken = createTokenCheck(tokens);
  const bySignature = secrets.length === 0 ? undefined : requireSignature(secrets);
  return (headers) => {
    const verdict = checkToken(headers.authorization);
    if (verdict === 'valid') return 'allowed';
    if (bySignature !== undefined && signatureOf(headers) !== undefined) return bySignature(headers);
    return verdict === 'missing_token' ? MISSING_TOKEN : INVALID_TOKEN;
  };
}
