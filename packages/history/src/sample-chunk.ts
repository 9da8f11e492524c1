import { createByteSink } from './byte-sink.js';
import { createByteSource, type ByteSource } from './byte-source.js';
import { CorruptHistoryError } from './corrupt-history-error.js';
import { readName, writeName } from './known-names.js';
import { MOST_DECIMALS, inSteps } from './number-column.js';
import type { Sample } from './sample.js';

/**
 * Samples one behind the other as they are applied, written in one pass: what a state transaction takes with it.
 *   version; for each sample: the number of its shape (0: a new one follows: source, profile, names), the time since
 *   the sample before, and each value as a whole number of decimal steps or as it is in memory.
 */
export interface SampleChunk {
  /** @returns false when there was nothing to add: none of the metrics is a number that can be kept */
  add(at: number, source: string, profile: string, metrics: Readonly<Record<string, number>>): boolean;
  count(): number;
  bytes(): Buffer;
}

/** Metrics of one sample; a report has no more of them (docs/limits.md). */
export const METRICS_PER_SAMPLE = 256;
/** Characters of a metric's name. */
export const LONGEST_METRIC_NAME = 128;

const VERSION = 1;
const DOUBLE = 7;
const FIRST_BYTES = 4096;
/** The magnitude of a value in steps is multiplied by 16: sign and decimals. */
const LARGEST_STEPS = 2 ** 48;

interface Shape {
  source: string;
  profile: string;
  names: string[];
}

export function createSampleChunk(firstBytes = FIRST_BYTES): SampleChunk {
  const out = createByteSink(firstBytes);
  out.byte(VERSION);
  const shapes: Shape[] = [];
  let count = 0;
  let before = 0;

  const shapeOf = (source: string, profile: string, names: string[]): void => {
    shapes.push({ source, profile, names });
    out.uint(0);
    writeName(out, source);
    writeName(out, profile);
    out.uint(names.length);
    for (const name of names) writeName(out, name);
  };

  return {
    add(at, source, profile, given) {
      let metrics = given;
      let number = shapes.findIndex((shape) => fits(shape, source, profile, metrics)) + 1;
      if (number === 0) {
        metrics = keptMetrics(given);
        const names = Object.keys(metrics);
        if (names.length === 0) return false;
        number = shapes.findIndex((shape) => fits(shape, source, profile, metrics)) + 1;
        if (number === 0) {
          shapeOf(source, profile, names);
          number = shapes.length;
        }
      }
      out.uint(number);
      out.int(at - before);
      before = at;
      for (const name of shapes[number - 1]!.names) writeValue(out, metrics[name]!);
      count += 1;
      return true;
    },
    count: () => count,
    bytes: () => out.bytes(),
  };
}

/** A few samples as a chunk: ten times faster than in columns, for what will be packed soon. */
export function chunkOfSamples(samples: readonly Sample[]): Buffer {
  const chunk = createSampleChunk(64 * (samples.length + 1));
  for (const { at, source, profile, metrics } of samples) chunk.add(at, source, profile, metrics);
  return chunk.bytes();
}

/** The samples of a chunk in the order in which they were added. */
export function readSampleChunk(bytes: Buffer): Sample[] {
  const from = createByteSource(bytes);
  const version = from.byte();
  if (version !== VERSION) throw new CorruptHistoryError(`chunks of version ${version} are not known here`);
  const shapes: Shape[] = [];
  const samples: Sample[] = [];
  let at = 0;
  while (!from.ended()) {
    const number = from.uint();
    if (number === 0) {
      const source = readName(from);
      const profile = readName(from);
      shapes.push({ source, profile, names: Array.from({ length: from.uint() }, () => readName(from)) });
      continue;
    }
    const shape = shapes[number - 1];
    if (shape === undefined) throw new CorruptHistoryError(`a chunk has no shape ${number}`);
    at += from.int();
    const metrics: Record<string, number> = {};
    for (const name of shape.names) metrics[name] = readValue(from);
    samples.push({ at, source: shape.source, profile: shape.profile, metrics });
  }
  return samples;
}

/** Whether the metrics are those of a shape, in its order, and all of them numbers. */
function fits(
  shape: Shape,
  source: string,
  profile: string,
  metrics: Readonly<Record<string, number>>,
): boolean {
  if (shape.source !== source || shape.profile !== profile) return false;
  const { names } = shape;
  let at = 0;
  for (const name in metrics) {
    if (names[at] !== name || !Number.isFinite(metrics[name])) return false;
    at += 1;
  }
  return at === names.length;
}

function keptMetrics(given: Readonly<Record<string, number>>): Record<string, number> {
  const kept: Record<string, number> = {};
  let names = 0;
  for (const name in given) {
    if (!Number.isFinite(given[name]) || name.length > LONGEST_METRIC_NAME || names >= METRICS_PER_SAMPLE)
      continue;
    kept[name] = given[name]!;
    names += 1;
  }
  return kept;
}

function writeValue(out: ReturnType<typeof createByteSink>, value: number): void {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals += 1) {
    const steps = inSteps(value, decimals);
    if (!(Math.abs(steps) < LARGEST_STEPS)) continue;
    out.uint((steps < 0 ? -2 * steps - 1 : 2 * steps) * 8 + decimals);
    return;
  }
  out.uint(DOUBLE);
  out.double(value);
}

function readValue(from: ByteSource): number {
  const code = from.uint();
  const decimals = code % 8;
  if (decimals === DOUBLE) return from.double();
  const steps = Math.floor(code / 8);
  return (steps % 2 === 1 ? -(steps + 1) / 2 : steps / 2) / 10 ** decimals;
}
