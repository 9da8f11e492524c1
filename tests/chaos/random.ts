/** Numbers in [0, 1): the same sequence for the same seed and purpose, on any machine. */
export type Random = () => number;

/** @param purpose keeps the sequences of two uses of one seed apart */
export function createRandom(seed: number, purpose: string): Random {
  let state = seed | 0;
  for (let at = 0; at < purpose.length; at += 1)
    state = Math.imul(state ^ purpose.charCodeAt(at), 0x01000193);
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: Random, least: number, most: number): number =>
  least + random() * (most - least);

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}
