/** Lanes of a new event log. More lanes allow more writers; fewer make bigger batches. */
export const DEFAULT_LANES = 16;

/**
 * The lane of a device: Kafka's default partitioner (murmur2, seed 0x9747b28c, sign bit cleared, modulo), so that
 * a log moved to Kafka keeps the same device in the same place.
 * @param serialNumber normalised serial number; printable ASCII, so one byte a character
 * @param lanes number of lanes of the generation, at least 1
 */
export function laneOf(serialNumber: string, lanes: number): number {
  return (murmur2(serialNumber) & 0x7fffffff) % lanes;
}

/** 32-bit murmur2 as in Apache Kafka's `Utils.murmur2`, of a string of single-byte characters. */
export function murmur2(text: string): number {
  const multiplier = 0x5bd1e995;
  const length = text.length;
  let hash = 0x9747b28c ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word =
      (text.charCodeAt(at) & 0xff) |
      ((text.charCodeAt(at + 1) & 0xff) << 8) |
      ((text.charCodeAt(at + 2) & 0xff) << 16) |
      ((text.charCodeAt(at + 3) & 0xff) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const left = length - at;
  if (left === 3) hash ^= (text.charCodeAt(at + 2) & 0xff) << 16;
  if (left >= 2) hash ^= (text.charCodeAt(at + 1) & 0xff) << 8;
  if (left >= 1) hash = Math.imul(hash ^ (text.charCodeAt(at) & 0xff), multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}
