import fc from 'fast-check';
import { createSampleChunk, readSampleChunk } from './sample-chunk.js';
import { decodeNumbers, encodeNumbers } from './number-column.js';
import { packRollups, unpackRollups } from './packed-rollups.js';
import { packSamples, unpackSamples } from './packed-samples.js';
import { rollUpDays, rollUpHours } from './rollup.js';
import { unpackSeries } from './packed-samples.js';
import { uniqueSamples, type Sample } from './sample.js';

const AT = 1_760_000_000_000;

const number = fc.oneof(
  fc.integer({ min: -400, max: 400 }).map((tenths) => tenths / 10),
  fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  fc.nat(2 ** 31 - 1),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const name = fc.constantFrom(
  'cpu_used_ratio',
  'rx_power_dbm',
  'wan_rx_bytes',
  'radio_noise{band=5GHz}_dbm',
  'größe',
);
const sample: fc.Arbitrary<Sample> = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: 4000 }), fc.nat(40_000_000)).map((after) => AT + after),
  source: fc.constantFrom('/heartbeat', '/cwmp', '/elsewhere'),
  profile: fc.constantFrom('', 'optics'),
  metrics: fc.dictionary(name, number, { minKeys: 1 }).map((metrics) => ({ ...metrics })),
});
const samples = fc.array(sample, { maxLength: 80 });

test('any column of finite numbers comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), (values) => {
      expect(Array.from(decodeNumbers(encodeNumbers(values), values.length))).toEqual(values);
    }),
    { numRuns: 400 },
  );
});

test('packed samples come back once each, in the order of source, profile and time', () => {
  fc.assert(
    fc.property(samples, (given) => {
      expect(unpackSamples(packSamples(given))).toEqual(uniqueSamples(given));
    }),
    { numRuns: 300 },
  );
});

test('the bytes of packed samples do not depend on how often, in which parts and in which order they came', () => {
  fc.assert(
    fc.property(samples, fc.nat(80), fc.func(fc.nat()), (given, at, order) => {
      const distinct = uniqueSamples(given);
      const once = packSamples(distinct);
      const parts = [
        ...unpackSamples(packSamples(distinct.slice(at))),
        ...distinct.slice(0, at),
        ...distinct,
      ];
      const shuffled = parts.map((each, n) => ({ each, key: order(n) })).sort((a, b) => a.key - b.key);
      expect(packSamples(shuffled.map(({ each }) => each)).equals(once)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a chunk gives back what was added, in the same order', () => {
  fc.assert(
    fc.property(samples, (given) => {
      const chunk = createSampleChunk();
      for (const { at, source, profile, metrics } of given) chunk.add(at, source, profile, metrics);
      expect(readSampleChunk(chunk.bytes())).toEqual(given);
      expect(chunk.count()).toBe(given.length);
    }),
    { numRuns: 300 },
  );
});

test('one metric can be read without the others', () => {
  fc.assert(
    fc.property(samples, (given) => {
      const bytes = packSamples(given);
      const all = unpackSeries(bytes).map(({ metrics }) => metrics.get('rx_power_dbm'));
      const only = unpackSeries(bytes, 'rx_power_dbm').map(({ metrics }) => metrics.get('rx_power_dbm'));
      expect(only).toEqual(all);
    }),
    { numRuns: 100 },
  );
});

test('roll-ups come back as they were, hours and days', () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), (given) => {
      const hours = rollUpHours(unpackSeries(packSamples(given)));
      expect(unpackRollups(packRollups(hours))).toEqual(hours.map(sorted));
      const days = rollUpDays(hours);
      expect(unpackRollups(packRollups(days))).toEqual(days.map(sorted));
      const readings = uniqueSamples(given).reduce((sum, each) => sum + Object.keys(each.metrics).length, 0);
      const counted = [...days].flatMap(({ metrics }) => [...metrics.values()]);
      expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(readings);
    }),
    { numRuns: 200 },
  );
});

test('bytes that are damaged or cut off are refused and never read for ever', () => {
  fc.assert(
    fc.property(samples, fc.nat(400), fc.nat(255), (given, at, value) => {
      const bytes = Buffer.from(packSamples(given));
      if (bytes.length > 0) bytes[at % bytes.length] = value;
      for (const damaged of [bytes, bytes.subarray(0, at % (bytes.length + 1))]) {
        try {
          unpackSamples(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }
    }),
    { numRuns: 300 },
  );
});

const sorted = ({ span, metrics }: ReturnType<typeof rollUpHours>[number]) => ({
  span,
  metrics: new Map([...metrics].sort(([one], [other]) => (one < other ? -1 : 1))),
});
