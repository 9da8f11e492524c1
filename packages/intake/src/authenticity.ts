import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isRefusal, refuse, type Refusal } from '@cpemon/contracts';
import { createTokenCheck } from './bearer-token.js';
import { createSignatureCheck, signatureOf } from './body-signature.js';
import { fixedSecrets, type SigningSecrets } from './signing-secrets.js';
import {
  INVALID_WEBHOOK_SIGNATURE,
  WEBHOOK_TOLERANCE_SECONDS,
  hasWebhookSignature,
  isSignedAs,
  readWebhookClaim,
} from './standard-webhooks.js';

/** Whether a request may write: known by its headers, or only once its body is here. */
export type HeaderVerdict =
  | 'allowed'
  | Refusal
  | {
      bodyMustMatch: (body: Buffer) => boolean;
      /** What a body that does not match is refused with. */
      otherwise: Refusal;
    };

/** Who may write on a route. @param request for rules about where it comes from */
export type Authenticity = (headers: IncomingHttpHeaders, request?: IncomingMessage) => HeaderVerdict;

export interface SignatureOptions {
  /** `any`: Standard Webhooks, or X-Signature of the body alone, which a listener could send again. Default. */
  scheme?: 'any' | 'standard';
  /** How far `webhook-timestamp` may be from our clock. 300 */
  toleranceSeconds?: number;
  /** Epoch milliseconds. */
  nowMs?: () => number;
}

export const INVALID_SIGNATURE = refuse(
  'invalid_signature',
  'X-Signature must be the hex HMAC-SHA256 of the raw body.',
);
const NO_SIGNATURE = refuse(
  'invalid_signature',
  'The body must be signed: webhook-signature (Standard Webhooks) or X-Signature is missing.',
);
const NO_WEBHOOK_SIGNATURE = refuse(
  'invalid_signature',
  'The body must be signed: webhook-signature (Standard Webhooks) is missing.',
);
const INVALID_TOKEN = refuse('invalid_token', 'The bearer token is not one that may write.');
const MISSING_TOKEN = refuse('missing_token', 'Authorization: Bearer with an ingest token is missing.');

/** Anyone may write. Only by a setting that was written out. */
export const allowAnyone: Authenticity = () => 'allowed';

/** Bodies signed with one of the live secrets. */
export function requireSignature(
  secrets: readonly string[] | SigningSecrets,
  options: SignatureOptions = {},
): Authenticity {
  const { scheme = 'any', toleranceSeconds = WEBHOOK_TOLERANCE_SECONDS, nowMs = Date.now } = options;
  const live = 'live' in secrets ? secrets : fixedSecrets(secrets);
  const isSigned = createSignatureCheck(live);
  return (headers) => {
    if (hasWebhookSignature(headers)) {
      const claim = readWebhookClaim(headers, nowMs(), toleranceSeconds);
      if (isRefusal(claim)) return claim;
      return {
        bodyMustMatch: (body) => isSignedAs(claim, body, live),
        otherwise: INVALID_WEBHOOK_SIGNATURE,
      };
    }
    if (scheme === 'standard') return NO_WEBHOOK_SIGNATURE;
    const signature = signatureOf(headers);
    if (signature === undefined) return NO_SIGNATURE;
    return { bodyMustMatch: (body) => isSigned(body, signature), otherwise: INVALID_SIGNATURE };
  };
}

/** Anyone may write, but a signature that is there must be right. */
export function checkSignatureIfGiven(signed: Authenticity): Authenticity {
  return (headers, request) => (hasSignature(headers) ? signed(headers, request) : 'allowed');
}

const hasSignature = (headers: IncomingHttpHeaders): boolean =>
  hasWebhookSignature(headers) || signatureOf(headers) !== undefined;

/** A bearer token, or a body signed as `signed` asks where that is given. */
export function requireTokenOrSignature(
  tokens: readonly string[],
  secrets: readonly string[] | Authenticity,
): Authenticity {
  const checkToken = createTokenCheck(tokens);
  const signed = typeof secrets === 'function' ? secrets : secrets.length > 0 && requireSignature(secrets);
  return (headers, request) => {
    const verdict = checkToken(headers.authorization);
    if (verdict === 'valid') return 'allowed';
    if (signed !== false && hasSignature(headers)) return signed(headers, request);
    return verdict === 'missing_token' ? MISSING_TOKEN : INVALID_TOKEN;
  };
}
