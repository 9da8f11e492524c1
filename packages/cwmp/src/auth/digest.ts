import type { AuthOptions, AuthVerdict } from './auth-options.js';
import { digestHash, type DigestAlgorithm } from './credentials.js';
import type { DigestFields } from './digest-fields.js';
import { isSameText } from './same-text.js';

/**
 * Checks a Digest header (RFC 7616; of RFC 2069, where it has no qop). Its `uri` is not compared with that of the
 * request: proxies rewrite paths, and the nonce is for us alone.
 */
export function checkDigest(
  fields: DigestFields,
  method: string,
  nowMs: number,
  { algorithms, credentials, nonces, nonceUse }: AuthOptions,
): AuthVerdict {
  const algorithm = algorithmOf(fields);
  if (algorithm === undefined || !algorithms.includes(algorithm)) return 'invalid_credentials';
  if (fields.realm !== credentials.realm) return 'invalid_credentials';
  const known = credentials.ha1Of(fields.username, algorithm);
  // Somebody we do not know takes as long as a wrong password.
  const candidates = known.length === 0 ? [digestHash(algorithm, fields.username)] : known;
  const isRight = candidates.filter((ha1) => answers(fields, method, algorithm, ha1)).length > 0;
  if (!isRight || known.length === 0) return 'invalid_credentials';
  if (!nonces.isLive(fields.nonce, nowMs)) return 'stale_nonce';
  if (nonceUse !== undefined && !nonceUse.isNext(fields.nonce, countOf(fields), nowMs)) return 'stale_nonce';
  return { user: fields.username };
}

/** MD5 where a client names none (RFC 2617). The variants with session keys are not offered and not taken. */
function algorithmOf({ algorithm }: DigestFields): DigestAlgorithm | undefined {
  if (algorithm === undefined || algorithm === '') return 'MD5';
  const name = algorithm.toUpperCase();
  return name === 'MD5' || name === 'SHA-256' ? name : undefined;
}

function answers(fields: DigestFields, method: string, algorithm: DigestAlgorithm, ha1: string): boolean {
  const { nonce, uri, qop, nc = '', cnonce = '', response } = fields;
  const ha2 = digestHash(algorithm, `${method}:${uri}`);
  let middle = nonce;
  if (qop !== undefined && qop !== '') {
    if (qop.toLowerCase() !== 'auth') return false;
    middle = `${nonce}:${nc}:${cnonce}:${qop}`;
  }
  return isSameText(response.toLowerCase(), digestHash(algorithm, `${ha1}:${middle}:${ha2}`));
}

const countOf = ({ qop, nc }: DigestFields): number =>
  qop === undefined || qop === '' ? 1 : parseInt(nc ?? '', 16) || 0;
