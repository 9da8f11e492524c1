/** Mixes integers to 32 well-spread bits (murmur3 steps): the same arguments give the same bits, on any machine. */
export function hash32(seed: number, first: number, second = 0, third = 0): number {
  let hash = mix(seed | 0, first);
  hash = mix(hash, second);
  hash = mix(hash, third);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mix(hash: number, value: number): number {
  let word = Math.imul(value | 0, 0xcc9e2d51);
  word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  const mixed = hash ^ word;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** A number in [0, 1) that belongs to these integers. */
export const unitOf = (seed: number, first: number, second = 0, third = 0): number =>
  hash32(seed, first, second, third) / 2 ** 32;

/** A generator of numbers in [0, 1), the same sequence for the same seed. */
export function createRandom(seed: number): () => number {
  let count = 0;
  return () => unitOf(seed, count++);
}
