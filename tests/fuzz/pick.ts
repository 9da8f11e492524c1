import type { Random } from '../chaos/random';

/** A whole number from 0 to `count - 1`. */
export const indexBelow = (random: Random, count: number): number => Math.floor(random() * count);

/** @throws Error when there is nothing to pick from */
export function pick<T>(random: Random, from: readonly T[]): T {
  const picked = from[indexBelow(random, from.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

export const chance = (random: Random, share: number): boolean => random() < share;
