import type { NonceUse } from './auth-options.js';
import { NONCE_LIVES_MS } from './nonce.js';

/** Nonces remembered at once: with more clients in five minutes the oldest are forgotten, and their use starts afresh. */
const MOST_NONCES = 200_000;

/**
 * Strict nonce counts, in the memory of this process: an overheard answer cannot be used again here. Another replica does
 * not know of it, so a strict fleet wants all requests of a client at one.
 */
export function createNonceUse(): NonceUse {
  const used = new Map<string, { count: number; at: number }>();
  const forget = (nowMs: number): void => {
    // In the order in which they were first seen.
    for (const [nonce, { at }] of used) {
      if (used.size < MOST_NONCES && nowMs - at <= NONCE_LIVES_MS) return;
      used.delete(nonce);
    }
  };
  return {
    isNext(nonce, count, nowMs) {
      const known = used.get(nonce);
      if (known === undefined) {
        forget(nowMs);
        used.set(nonce, { count, at: nowMs });
        return count > 0;
      }
      if (count <= known.count) return false;
      known.count = count;
      return true;
    },
  };
}
