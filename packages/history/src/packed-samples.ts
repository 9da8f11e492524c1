import { createBitReader } from './bit-reader.js';
import { createBitWriter } from './bit-writer.js';
import { createByteSink, type ByteSink } from './byte-sink.js';
import { createByteSource, type ByteSource } from './byte-source.js';
import { CorruptHistoryError } from './corrupt-history-error.js';
import { readName, writeName } from './known-names.js';
import { decodeNumbers, encodeNumbers } from './number-column.js';
import { uniqueSamples, type Sample } from './sample.js';

/**
 * Samples of one device in columns:
 *   version, number of series; for each: source, profile, number of samples, times, number of metrics; for each metric:
 *   its name, which samples have it (absent: all), its values.
 * Metrics stand in the order of their names, so that the same samples are the same bytes.
 */
const VERSION = 1;
const IN_ALL = 0;
const IN_SOME = 1;

/** The samples of one source and profile, in the order of time. */
export interface SampleSeries {
  source: string;
  profile: string;
  /** Epoch ms. */
  times: Float64Array;
  /** By metric; NaN where a sample does not have it. */
  metrics: Map<string, Float64Array>;
}

/** @param samples in any order; of those with the same source, profile and time the later one wins */
export function packSamples(samples: readonly Sample[]): Buffer {
  const unique = uniqueSamples(samples);
  const out = createByteSink();
  out.byte(VERSION);
  const series = seriesOf(unique);
  out.uint(series.length);
  for (const each of series) writeSeries(out, each);
  return out.bytes();
}

/** @param only the one metric that is wanted; the columns of others are passed over */
export function unpackSeries(bytes: Buffer, only?: string): SampleSeries[] {
  const from = createByteSource(bytes);
  const version = from.byte();
  if (version !== VERSION) throw new CorruptHistoryError(`samples of version ${version} are not known here`);
  return Array.from({ length: from.uint() }, () => readSeries(from, only));
}

export function unpackSamples(bytes: Buffer): Sample[] {
  const samples: Sample[] = [];
  for (const { source, profile, times, metrics } of unpackSeries(bytes)) {
    for (let n = 0; n < times.length; n += 1) {
      const own: Record<string, number> = {};
      for (const [name, values] of metrics) if (!Number.isNaN(values[n]!)) own[name] = values[n]!;
      samples.push({ at: times[n]!, source, profile, metrics: own });
    }
  }
  return samples;
}

/** @param samples in order */
function seriesOf(samples: readonly Sample[]): Sample[][] {
  const series: Sample[][] = [];
  for (const sample of samples) {
    const last = series.at(-1);
    const first = last?.[0];
    if (first?.source === sample.source && first.profile === sample.profile) last!.push(sample);
    else series.push([sample]);
  }
  return series;
}

function writeSeries(out: ByteSink, samples: readonly Sample[]): void {
  writeName(out, samples[0]!.source);
  writeName(out, samples[0]!.profile);
  out.uint(samples.length);
  writeTimes(out, samples);
  const names = namesOf(samples);
  out.uint(names.length);
  const values: number[] = [];
  for (const name of names) {
    values.length = 0;
    for (const { metrics } of samples) {
      const value = metrics[name];
      if (value !== undefined) values.push(value);
    }
    writeName(out, name);
    if (values.length === samples.length) out.byte(IN_ALL);
    else {
      out.byte(IN_SOME);
      const present = createBitWriter();
      for (const { metrics } of samples) present.bits(metrics[name] === undefined ? 0 : 1, 1);
      out.block(present.bytes());
    }
    out.block(encodeNumbers(values));
  }
}

/** Most clocks tell whole seconds: then they are counted in those. */
function writeTimes(out: ByteSink, samples: readonly Sample[]): void {
  const unit = samples.every(({ at }) => at % 1000 === 0) ? 1000 : 1;
  out.uint(unit);
  out.block(encodeNumbers(samples.map(({ at }) => at / unit)));
}

function namesOf(samples: readonly Sample[]): string[] {
  const names = new Set<string>();
  let before: string[] = [];
  for (const { metrics } of samples) {
    const own = Object.keys(metrics);
    if (own.length === before.length && own.every((name, index) => name === before[index])) continue;
    for (const name of own) names.add(name);
    before = own;
  }
  return [...names].sort();
}

function readSeries(from: ByteSource, only: string | undefined): SampleSeries {
  const source = readName(from);
  const profile = readName(from);
  const count = from.uint();
  const unit = from.uint();
  const times = decodeNumbers(from.block(), count);
  if (unit !== 1) for (let n = 0; n < count; n += 1) times[n] = times[n]! * unit;
  const metrics = new Map<string, Float64Array>();
  for (let left = from.uint(); left > 0; left -= 1) {
    const name = readName(from);
    const present = from.byte() === IN_SOME ? from.block() : undefined;
    if (only !== undefined && name !== only) {
      from.skipBlock();
      continue;
    }
    metrics.set(name, readColumn(from.block(), count, present));
  }
  return { source, profile, times, metrics };
}

function readColumn(bytes: Buffer, count: number, present: Buffer | undefined): Float64Array {
  if (present === undefined) return decodeNumbers(bytes, count);
  const bits = createBitReader(present);
  const has = Array.from({ length: count }, () => bits.bits(1) === 1);
  const given = decodeNumbers(bytes, has.filter(Boolean).length);
  let next = 0;
  return Float64Array.from(has, (is) => (is ? given[next++]! : NaN));
}
