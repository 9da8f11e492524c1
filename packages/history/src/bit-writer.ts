/** Bits on their way into bytes, the highest first. */
export interface BitWriter {
  /** @param value whole number from 0 to 2^count - 1 @param count 0 to 53 */
  bits(value: number, count: number): void;
  /** A Rice code: the quotient in ones, a zero, and `k` bits; what is far above its neighbours stands as it is. */
  rice(value: number, k: number): void;
  /** What was written, filled up with zeros to a whole byte. */
  bytes(): Buffer;
}

/** From this quotient on a value is written whole: a counter that was reset must not cost thousands of bits. */
export const LONGEST_QUOTIENT = 20;
/** Bits of a value that is written whole. */
export const WHOLE_BITS = 53;
const PIECE = 24;
const FIRST_BYTES = 256;

export function createBitWriter(): BitWriter {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  let pending = 0;
  let pendingBits = 0;

  /** Up to 24 bits: with the seven that may wait they fit into 31. */
  const piece = (value: number, count: number): void => {
    pending = (pending << count) | value;
    pendingBits += count;
    while (pendingBits >= 8) {
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      pendingBits -= 8;
      buffer[length++] = (pending >>> pendingBits) & 0xff;
    }
    pending &= (1 << pendingBits) - 1;
  };
  const bits = (value: number, count: number): void => {
    if (count <= PIECE) {
      piece(value, count);
      return;
    }
    const low = 2 ** PIECE;
    bits(Math.floor(value / low), count - PIECE);
    piece(value % low, PIECE);
  };
  return {
    bits,
    rice(value, k) {
      const quotient = k < 31 && value < 2 ** 31 ? value >>> k : Math.floor(value / 2 ** k);
      if (quotient >= LONGEST_QUOTIENT) {
        piece(2 ** LONGEST_QUOTIENT - 1, LONGEST_QUOTIENT);
        bits(value, WHOLE_BITS);
        return;
      }
      piece(2 ** (quotient + 1) - 2, quotient + 1);
      bits(value - quotient * 2 ** k, k);
    },
    bytes() {
      const whole = Buffer.from(buffer.subarray(0, length));
      if (pendingBits === 0) return whole;
      return Buffer.concat([whole, Buffer.from([(pending << (8 - pendingBits)) & 0xff])]);
    },
  };
}
