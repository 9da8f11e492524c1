/** How many identities a device remembers. A repeat that comes later is late by its time and changes nothing. */
export const REMEMBERED_IDENTITIES = 16;

/**
 * Codes of a device's last identities, oldest first. Numbers in an array that is changed in place: a new text for
 * every event of every device is garbage that has grown old, and collecting that stops the writer for 100 ms.
 */
export type RecentIdentities = number[];

/** Characters of one code in `identitiesToText`. */
export const IDENTITY_CODE_LENGTH = 8;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PAIRS = Array.from({ length: 4096 }, (_, n) => ALPHABET[n >>> 6]! + ALPHABET[n & 63]!);
const HALF = 2 ** 24;

/**
 * 48 bits of the identity `source` + `id`, a whole number. That an event meets a foreign code among the sixteen
 * happens once in 10^13; a sender that brings it about loses an event of its own.
 */
export function identityCode(source: string, id: string): number {
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
  return (high >>> 8) * HALF + (low >>> 8);
}

export function remembers(remembered: RecentIdentities, code: number): boolean {
  for (let at = remembered.length - 1; at >= 0; at -= 1) if (remembered[at] === code) return true;
  return false;
}

/** Adds `code`, and forgets the oldest when there are more than are kept. */
export function remember(remembered: RecentIdentities, code: number): void {
  if (remembered.length < REMEMBERED_IDENTITIES) {
    remembered.push(code);
    return;
  }
  for (let at = 1; at < REMEMBERED_IDENTITIES; at += 1) remembered[at - 1] = remembered[at]!;
  remembered[REMEMBERED_IDENTITIES - 1] = code;
}

/** Eight characters of base64url a code, which need no escaping anywhere. */
export function identitiesToText(remembered: RecentIdentities): string {
  let text = '';
  for (let at = 0; at < remembered.length; at += 1) {
    const code = remembered[at]!;
    const high = Math.floor(code / HALF);
    const low = code - high * HALF;
    text += PAIRS[high >>> 12]! + PAIRS[high & 4095]! + PAIRS[low >>> 12]! + PAIRS[low & 4095]!;
  }
  return text;
}

/** What `identitiesToText` wrote; characters that it never writes count as the first of the alphabet. */
export function identitiesFromText(text: string): RecentIdentities {
  const remembered: RecentIdentities = [];
  for (let at = 0; at + IDENTITY_CODE_LENGTH <= text.length; at += IDENTITY_CODE_LENGTH) {
    let code = 0;
    for (let n = at; n < at + IDENTITY_CODE_LENGTH; n += 1)
      code = code * 64 + Math.max(0, ALPHABET.indexOf(text[n]!));
    remembered.push(code);
  }
  return remembered;
}
