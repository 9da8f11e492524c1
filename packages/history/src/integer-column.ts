import type { BitReader } from './bit-reader.js';
import type { BitWriter } from './bit-writer.js';

/**
 * Whole numbers as bits, in whichever of these forms takes the fewest:
 *   constant; their distance from the least of them; steps; steps over the least step; changes of the step.
 * Each is a run of Rice codes with one parameter, which comes close to the entropy of what counters and gauges do.
 */
const CONSTANT = 0;
const OVER_LEAST = 1;
const STEPS = 2;
const STEPS_OVER_LEAST = 3;
const STEP_CHANGES = 4;

/** Beyond this a difference of two values, with its sign, is no exact number any more. */
export const LARGEST_INTEGER = 2 ** 49;
const FORM_BITS = 3;
const K_BITS = 6;
const LARGEST_K = 52;
const QUOTIENT_LIMIT = 20;

interface Coded {
  form: number;
  /** Numbers written whole before the codes. */
  head: number[];
  codes: Float64Array;
  k: number;
  cost: number;
}

/** @param values at least one; whole, none beyond LARGEST_INTEGER either way */
export function writeIntegers(out: BitWriter, values: Float64Array): void {
  const first = values[0]!;
  if (values.every((value) => value === first)) {
    out.bits(CONSTANT, FORM_BITS);
    writeWhole(out, first);
    return;
  }
  const { form, head, codes, k } = cheapest(values);
  out.bits(form, FORM_BITS);
  for (const value of head) writeWhole(out, value);
  out.bits(k, K_BITS);
  for (const code of codes) out.rice(code, k);
}

/** @param count how many were written */
export function readIntegers(from: BitReader, count: number): Float64Array {
  const values = new Float64Array(count);
  const form = from.bits(FORM_BITS);
  const first = readWhole(from);
  if (form === CONSTANT) return values.fill(first);
  if (form === OVER_LEAST) {
    const k = from.bits(K_BITS);
    for (let n = 0; n < count; n += 1) values[n] = first + from.rice(k);
    return values;
  }
  const second = form === STEPS ? 0 : readWhole(from);
  const k = from.bits(K_BITS);
  values[0] = first;
  let step = second;
  for (let n = 1; n < count; n += 1) {
    if (form === STEPS_OVER_LEAST) step = second + from.rice(k);
    else if (form === STEPS) step = signed(from.rice(k));
    else if (n > 1) step += signed(from.rice(k));
    values[n] = values[n - 1]! + step;
  }
  return values;
}

function cheapest(values: Float64Array): Coded {
  const count = values.length;
  let least = Infinity;
  let leastStep = Infinity;
  for (let n = 0; n < count; n += 1) {
    least = Math.min(least, values[n]!);
    if (n > 0) leastStep = Math.min(leastStep, values[n]! - values[n - 1]!);
  }
  const over = new Float64Array(count);
  const steps = new Float64Array(count - 1);
  const overStep = new Float64Array(count - 1);
  const changes = new Float64Array(Math.max(0, count - 2));
  let before = 0;
  for (let n = 0; n < count; n += 1) {
    over[n] = values[n]! - least;
    if (n === 0) continue;
    const step = values[n]! - values[n - 1]!;
    steps[n - 1] = unsigned(step);
    overStep[n - 1] = step - leastStep;
    if (n > 1) changes[n - 2] = unsigned(step - before);
    before = step;
  }
  const first = values[0]!;
  const forms = [
    coded(OVER_LEAST, [least], over),
    coded(STEPS, [first], steps),
    coded(STEPS_OVER_LEAST, [first, leastStep], overStep),
    coded(STEP_CHANGES, [first, count > 1 ? values[1]! - first : 0], changes),
  ];
  return forms.reduce((best, form) => (form.cost < best.cost ? form : best));
}

function coded(form: number, head: number[], codes: Float64Array): Coded {
  let sum = 0;
  for (const code of codes) sum += code;
  const mean = codes.length === 0 ? 0 : sum / codes.length;
  const near = Math.max(0, Math.floor(Math.log2(mean * Math.LN2 + 1)));
  let best = { k: 0, cost: Infinity };
  // One outlier, such as a reset, lifts the mean and not what most values need: smaller ones are tried as well.
  for (let k = Math.min(near + 1, LARGEST_K); k >= 0; k -= 1) {
    const cost = costOf(codes, k, best.cost);
    if (cost < best.cost) best = { k, cost };
    else if (k < near - 1 && cost > best.cost * 2) break;
  }
  return { form, head, codes, k: best.k, cost: best.cost + head.length * 60 };
}

function costOf(codes: Float64Array, k: number, limit: number): number {
  const divisor = 2 ** k;
  let cost = 0;
  for (let n = 0; n < codes.length && cost < limit; n += 1) {
    const quotient = Math.floor(codes[n]! / divisor);
    cost += quotient >= QUOTIENT_LIMIT ? QUOTIENT_LIMIT + 53 : quotient + 1 + k;
  }
  return cost;
}

const unsigned = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const signed = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

/** Six bits of length and as many bits. */
function writeWhole(out: BitWriter, value: number): void {
  const code = unsigned(value);
  let length = 0;
  while (2 ** length <= code) length += 1;
  out.bits(length, 6);
  out.bits(code, length);
}

function readWhole(from: BitReader): number {
  return signed(from.bits(from.bits(6)));
}
