/** Bytes that are put together piece by piece. */
export interface ByteSink {
  byte(value: number): void;
  /** A whole number from 0 to 2^53 - 1, seven bits a byte. */
  uint(value: number): void;
  /** A whole number of which the sign stands beside it. */
  int(value: number): void;
  double(value: number): void;
  /** UTF-8 with its length. */
  text(value: string): void;
  /** Bytes with their length. */
  block(bytes: Uint8Array): void;
  length(): number;
  /** What was written so far, as bytes of its own. */
  bytes(): Buffer;
}

export function createByteSink(firstBytes = 512): ByteSink {
  let buffer = Buffer.allocUnsafe(firstBytes);
  let at = 0;
  const room = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  const uint = (value: number): void => {
    room(8);
    let left = value;
    while (left >= 0x80000000) {
      buffer[at++] = (left % 128) | 0x80;
      left = Math.floor(left / 128);
    }
    while (left >= 0x80) {
      buffer[at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    buffer[at++] = left;
  };
  const block = (bytes: Uint8Array): void => {
    uint(bytes.length);
    room(bytes.length);
    buffer.set(bytes, at);
    at += bytes.length;
  };
  return {
    byte(value) {
      room(1);
      buffer[at++] = value;
    },
    uint,
    int: (value) => uint(value < 0 ? -2 * value - 1 : 2 * value),
    double(value) {
      room(8);
      at = buffer.writeDoubleLE(value, at);
    },
    text: (value) => block(Buffer.from(value, 'utf8')),
    block,
    length: () => at,
    bytes: () => Buffer.from(buffer.subarray(0, at)),
  };
}
