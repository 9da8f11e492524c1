/** How many identities a device remembers. A repeat that comes later is late by its time and changes nothing. */
export const REMEMBERED_IDENTITIES = 16;

const CODE_LENGTH = 8;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PAIRS = Array.from({ length: 4096 }, (_, n) => ALPHABET[n >>> 6]! + ALPHABET[n & 63]!);

/**
 * 48 bits of the identity `source` + `id` as eight characters of base64url. That an event meets a foreign code among
 * the sixteen happens once in 10^13; a sender that brings it about loses an event of its own.
 */
export function identityCode(source: string, id: string): string {
  let high = 0x6f2d41c3;
  let low = 0x1b873593;
  for (let at = 0; at < source.length; at += 1) {
    const unit = source.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  // Keeps ("a", "bc") apart from ("ab", "c").
  high = Math.imul(high ^ 0x10000, 0x9e3779b1);
  low = Math.imul(low ^ 0x10000, 0x5f356495);
  for (let at = 0; at < id.length; at += 1) {
    const unit = id.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  high ^= high >>> 15;
  low ^= low >>> 15;
  return PAIRS[high >>> 20]! + PAIRS[(high >>> 8) & 4095]! + PAIRS[low >>> 20]! + PAIRS[(low >>> 8) & 4095]!;
}

/** @param remembered codes one after the other, oldest first */
export function remembers(remembered: string, code: string): boolean {
  let at = remembered.indexOf(code);
  while (at > 0 && at % CODE_LENGTH !== 0) at = remembered.indexOf(code, at + 1);
  return at >= 0;
}

/** `remembered` with `code` at its end, and without the oldest when there are more than are kept. */
export function remember(remembered: string, code: string): string {
  if (remembered.length < REMEMBERED_IDENTITIES * CODE_LENGTH) return remembered + code;
  return remembered.slice(CODE_LENGTH) + code;
}
