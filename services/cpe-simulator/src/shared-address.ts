import { hash32 } from './seeded-random.js';

const ADDRESSES = 0x400000;

/**
 * An address of its own in 100.64.0.0/10, the range ISPs use behind carrier-grade NAT (RFC 6598).
 * @param turn how often the device got a new one
 */
export function sharedAddress(index: number, seed: number, turn: number): string {
  // An odd step meets every address, and those of two devices differ in each turn.
  const host = (index + hash32(seed, 0) + turn * 1_234_567) & (ADDRESSES - 1);
  return `100.${64 + (host >>> 16)}.${(host >>> 8) & 255}.${host & 255}`;
}
