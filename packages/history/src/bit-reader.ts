import { LONGEST_QUOTIENT, WHOLE_BITS } from './bit-writer.js';
import { CorruptHistoryError } from './corrupt-history-error.js';

/** What a bit writer wrote. */
export interface BitReader {
  /** @throws CorruptHistoryError behind the end */
  bits(count: number): number;
  rice(k: number): number;
}

const PIECE = 24;

export function createBitReader(bytes: Uint8Array): BitReader {
  let at = 0;
  let pending = 0;
  let pendingBits = 0;
  const piece = (count: number): number => {
    while (pendingBits < count) {
      if (at >= bytes.length)
        throw new CorruptHistoryError('a column of history ends in the middle of a value');
      pending = (pending << 8) | bytes[at++]!;
      pendingBits += 8;
    }
    pendingBits -= count;
    const value = pending >>> pendingBits;
    pending &= (1 << pendingBits) - 1;
    return value;
  };
  const bits = (count: number): number => {
    if (count <= PIECE) return piece(count);
    const high = bits(count - PIECE);
    return high * 2 ** PIECE + piece(PIECE);
  };
  return {
    bits,
    rice(k) {
      let quotient = 0;
      while (quotient < LONGEST_QUOTIENT && piece(1) === 1) quotient += 1;
      if (quotient === LONGEST_QUOTIENT) return bits(WHOLE_BITS);
      return quotient * 2 ** k + bits(k);
    },
  };
}
