import { createBitReader } from './bit-reader.js';
import { createBitWriter } from './bit-writer.js';
import { CorruptHistoryError } from './corrupt-history-error.js';
import { LARGEST_INTEGER, readIntegers, writeIntegers } from './integer-column.js';

/**
 * Finite numbers as bytes, without loss: as whole numbers of the coarsest decimal step that all of them are multiples
 * of (0.1 dBm, 1 %), else as they are in memory.
 */
/** More decimals than this are no decimal step but a number as it came out of a division. */
export const MOST_DECIMALS = 6;
const DOUBLES = 7;
const FLOATS = 8;
const SCALE_BITS = 4;

const POWERS = Array.from({ length: MOST_DECIMALS + 1 }, (_, n) => 10 ** n);

/** The whole number that is `value` in steps of 10^-decimals; NaN when it is no multiple of the step. */
export function inSteps(value: number, decimals: number): number {
  const power = POWERS[decimals]!;
  const steps = Math.round(value * power);
  return steps / power === value && Math.abs(steps) <= LARGEST_INTEGER ? steps : NaN;
}

/** How many decimals a number has; more than MOST_DECIMALS where it has no such step. */
export function decimalsOf(value: number): number {
  let decimals = 0;
  while (decimals <= MOST_DECIMALS && Number.isNaN(inSteps(value, decimals))) decimals += 1;
  return decimals;
}

/** @param values at least one, finite; -0 counts as 0 */
export function encodeNumbers(values: ArrayLike<number>): Buffer {
  const out = createBitWriter();
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals += 1) {
    const steps = allInSteps(values, decimals);
    if (steps === null) continue;
    out.bits(decimals, SCALE_BITS);
    writeIntegers(out, steps);
    return out.bytes();
  }
  const short = Array.prototype.every.call(values, (value: number) => Math.fround(value) === value);
  out.bits(short ? FLOATS : DOUBLES, SCALE_BITS);
  const raw = Buffer.allocUnsafe(values.length * (short ? 4 : 8));
  for (let n = 0; n < values.length; n += 1) {
    if (short) raw.writeFloatLE(values[n]!, n * 4);
    else raw.writeDoubleLE(values[n]!, n * 8);
  }
  return Buffer.concat([out.bytes(), raw]);
}

/** @param count how many were encoded */
export function decodeNumbers(bytes: Buffer, count: number): Float64Array {
  const from = createBitReader(bytes);
  const scale = from.bits(SCALE_BITS);
  if (scale <= MOST_DECIMALS) {
    const values = readIntegers(from, count);
    const power = POWERS[scale]!;
    if (power !== 1) for (let n = 0; n < count; n += 1) values[n] = values[n]! / power;
    return values;
  }
  const width = scale === FLOATS ? 4 : 8;
  if (scale > FLOATS || bytes.length !== 1 + count * width)
    throw new CorruptHistoryError('a column of history has a form that this version does not know');
  const values = new Float64Array(count);
  for (let n = 0; n < count; n += 1)
    values[n] = width === 4 ? bytes.readFloatLE(1 + n * 4) : bytes.readDoubleLE(1 + n * 8);
  return values;
}

function allInSteps(values: ArrayLike<number>, decimals: number): Float64Array | null {
  const steps = new Float64Array(values.length);
  for (let n = 0; n < values.length; n += 1) {
    const step = inSteps(values[n]!, decimals);
    if (Number.isNaN(step)) return null;
    // Adding 0 makes 0 of -0.
    steps[n] = step + 0;
  }
  return steps;
}
