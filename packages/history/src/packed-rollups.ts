import { createByteSink } from './byte-sink.js';
import { createByteSource } from './byte-source.js';
import { CorruptHistoryError } from './corrupt-history-error.js';
import { readName, writeName } from './known-names.js';
import { decodeNumbers, encodeNumbers } from './number-column.js';
import type { Rollup, RollupSpan } from './rollup.js';

/**
 * Roll-ups of one device in columns:
 *   version, number of spans, their numbers, number of metrics; for each: its name, the places of the spans that have
 *   it (none: all have it), and columns of the counts, of min, max and last together, and of the means.
 */
const VERSION = 1;
/** Together in one column, one after the other: they are alike, and each column has a head. */
const EXTREMES = ['min', 'max', 'last'] as const;
const BLOCKS = 3;

/** @param spans in the order of time, at least one */
export function packRollups(spans: readonly RollupSpan[]): Buffer {
  const out = createByteSink();
  out.byte(VERSION);
  out.uint(spans.length);
  out.block(encodeNumbers(spans.map(({ span }) => span)));
  const names = [...new Set(spans.flatMap(({ metrics }) => [...metrics.keys()]))].sort();
  out.uint(names.length);
  for (const name of names) {
    const places = spans.flatMap(({ metrics }, place) => (metrics.has(name) ? [place] : []));
    writeName(out, name);
    out.uint(places.length === spans.length ? 0 : places.length);
    if (places.length < spans.length) for (const place of places) out.uint(place);
    const own = places.map((place) => spans[place]!.metrics.get(name)!);
    out.block(encodeNumbers(own.map(({ count }) => count)));
    out.block(encodeNumbers(EXTREMES.flatMap((column) => own.map((rollup) => rollup[column]))));
    out.block(encodeNumbers(own.map(({ mean }) => mean)));
  }
  return out.bytes();
}

/** @param only the metrics that are wanted; undefined: all */
export function unpackRollups(bytes: Buffer, only?: ReadonlySet<string>): RollupSpan[] {
  const from = createByteSource(bytes);
  const version = from.byte();
  if (version !== VERSION) throw new CorruptHistoryError(`roll-ups of version ${version} are not known here`);
  const count = from.uint();
  const spans = Array.from(decodeNumbers(from.block(), count), (span) => ({
    span,
    metrics: new Map<string, Rollup>(),
  }));
  for (let left = from.uint(); left > 0; left -= 1) {
    const name = readName(from);
    const given = from.uint();
    const places =
      given === 0 ? spans.map((_span, place) => place) : Array.from({ length: given }, () => from.uint());
    if (only !== undefined && !only.has(name)) {
      for (let block = 0; block < BLOCKS; block += 1) from.skipBlock();
      continue;
    }
    const counts = decodeNumbers(from.block(), places.length);
    const extremes = decodeNumbers(from.block(), places.length * EXTREMES.length);
    const means = decodeNumbers(from.block(), places.length);
    for (const [n, place] of places.entries()) {
      const [min, max, last] = EXTREMES.map((_column, index) => extremes[index * places.length + n]!);
      const rollup = { min: min!, max: max!, last: last!, mean: means[n]!, count: counts[n]! };
      spans[place]?.metrics.set(name, rollup);
    }
  }
  return spans;
}
