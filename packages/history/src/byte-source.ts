import { CorruptHistoryError } from './corrupt-history-error.js';

/** What a byte sink holds, read in the same order. Every read throws CorruptHistoryError behind the end. */
export interface ByteSource {
  byte(): number;
  uint(): number;
  int(): number;
  double(): number;
  text(): string;
  block(): Buffer;
  /** Passes over a block without looking into it. */
  skipBlock(): void;
  ended(): boolean;
}

export function createByteSource(bytes: Buffer): ByteSource {
  let at = 0;
  const need = (count: number): void => {
    if (at + count > bytes.length) throw new CorruptHistoryError('stored history is cut off');
  };
  const byte = (): number => {
    need(1);
    return bytes[at++]!;
  };
  const uint = (): number => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const next = byte();
      value += (next & 0x7f) * factor;
      if (next < 0x80) return value;
    }
    throw new CorruptHistoryError('a number of stored history does not end');
  };
  const block = (): Buffer => {
    const length = uint();
    need(length);
    at += length;
    return bytes.subarray(at - length, at);
  };
  return {
    byte,
    uint,
    int() {
      const value = uint();
      return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    },
    double() {
      need(8);
      at += 8;
      return bytes.readDoubleLE(at - 8);
    },
    text: () => block().toString('utf8'),
    block,
    skipBlock: () => void block(),
    ended: () => at >= bytes.length,
  };
}
