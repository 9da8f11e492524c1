import type { CredentialTable, DigestAlgorithm } from './credentials.js';
import type { Nonces } from './nonce.js';

export type AuthScheme = 'basic' | 'digest';

/** What the credentials of a request come to. */
export type AuthVerdict =
  | { user: string }
  /** Nothing was shown, in a scheme that is taken: the client is challenged, which is not an offence. */
  | 'missing_credentials'
  | 'invalid_credentials'
  /** The credentials are right and the nonce is over, or another's: the client tries again without asking a person. */
  | 'stale_nonce';

export interface AuthOptions {
  /** In the order in which they are offered. */
  schemes: readonly AuthScheme[];
  /** Of Digest, in the order in which they are offered. MD5 alone: old CPEs fail at the sight of another. */
  algorithms: readonly DigestAlgorithm[];
  credentials: CredentialTable;
  nonces: Nonces;
  /** Strict use of the nonce count; absent: a nonce may be used again while it lives. */
  nonceUse?: NonceUse;
}

/** Remembers how often nonces were used. */
export interface NonceUse {
  /**
   * Whether this use of a nonce is later than every one before it; then it is remembered.
   * @param count of `nc`; 1 for a client that counts nothing
   */
  isNext(nonce: string, count: number, nowMs: number): boolean;
}
