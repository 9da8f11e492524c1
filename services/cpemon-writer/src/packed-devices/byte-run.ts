/**
 * A place in a run of bytes; reading and writing move `at`. Writing past the end writes nothing but moves on, so that
 * whoever writes looks once, at the end, whether there was room.
 */
export interface ByteRun {
  bytes: Buffer;
  at: number;
}

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** Any number, exactly, in 8 bytes. */
export function writeDouble(run: ByteRun, value: number): void {
  const { bytes, at } = run;
  double[0] = value;
  for (let n = 0; n < 8; n += 1) bytes[at + n] = doubleBytes[n]!;
  run.at = at + 8;
}

export function readDouble(run: ByteRun): number {
  const { bytes, at } = run;
  for (let n = 0; n < 8; n += 1) doubleBytes[n] = bytes[at + n]!;
  run.at = at + 8;
  return double[0]!;
}

/** 0 to 2^32 - 1 in 4 bytes. */
export function writeUint32(run: ByteRun, value: number): void {
  const { bytes, at } = run;
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
  run.at = at + 4;
}

export function readUint32(run: ByteRun): number {
  const { bytes, at } = run;
  run.at = at + 4;
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** 0 to 2^32 - 1, seven bits a byte. */
export function writeUint(run: ByteRun, value: number): void {
  const { bytes } = run;
  let { at } = run;
  let left = value;
  while (left >= 128) {
    bytes[at] = (left & 127) | 128;
    at += 1;
    left >>>= 7;
  }
  bytes[at] = left;
  run.at = at + 1;
}

export function readUint(run: ByteRun): number {
  const { bytes } = run;
  let { at } = run;
  let byte = bytes[at]!;
  at += 1;
  let value = byte & 127;
  for (let shift = 7; byte >= 128; shift += 7) {
    byte = bytes[at]!;
    at += 1;
    value |= (byte & 127) << shift;
  }
  run.at = at;
  return value >>> 0;
}

/** What the two lowest bits of a number's first bytes say about it. */
const INTEGER = 0;
const THOUSANDTHS = 1;
const DOUBLE = 2;
/** Numbers that fit beside those two bits and a sign in 32. */
const LARGEST_SHORT = 0x1fffffff;

const isShort = (value: number): boolean => (value | 0) === value && Math.abs(value) <= LARGEST_SHORT;
const withSign = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;
const signed = (value: number): number => (value >>> 1) ^ -(value & 1);

/** Any number, exactly; whole numbers and those with up to three decimals in few bytes, others in 9. */
export function writeNumber(run: ByteRun, value: number): void {
  if (isShort(value) && !Object.is(value, -0)) {
    writeUint(run, withSign(value) * 4 + INTEGER);
    return;
  }
  const thousandths = Math.round(value * 1000);
  if (thousandths !== 0 && isShort(thousandths) && thousandths / 1000 === value) {
    writeUint(run, withSign(thousandths) * 4 + THOUSANDTHS);
    return;
  }
  writeUint(run, DOUBLE);
  writeDouble(run, value);
}

export function readNumber(run: ByteRun): number {
  const head = readUint(run);
  const kind = head & 3;
  if (kind === DOUBLE) return readDouble(run);
  const value = signed(head >>> 2);
  return kind === INTEGER ? value : value / 1000;
}

const MINUS_INFINITY = 1;
const INFINITY = 3;

/** A time (ms) or a sequence in few bytes when it lies near `base`; any other number, exactly, in at most 9. */
export function writeNear(run: ByteRun, value: number, base: number): void {
  const distance = value - base;
  if (isShort(distance) && base + distance === value) writeUint(run, withSign(distance) * 4);
  else if (value === -Infinity) writeUint(run, MINUS_INFINITY);
  else if (value === Infinity) writeUint(run, INFINITY);
  else {
    writeUint(run, DOUBLE);
    writeDouble(run, value);
  }
}

export function readNear(run: ByteRun, base: number): number {
  const head = readUint(run);
  const kind = head & 3;
  if (kind === 0) return base + signed(head >>> 2);
  if (kind === DOUBLE) return readDouble(run);
  return kind === MINUS_INFINITY ? -Infinity : Infinity;
}
