import { newSourceRecord } from './device-record.js';
import { findModelSilence, intervalOfReturns, newInterval } from './model-silence.js';
import { DEFAULT_SILENCE_SETTINGS, SLOT_MS, type HeardSlot } from './source-silence.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const settings = DEFAULT_SILENCE_SETTINGS;

/** `perSlot` reports in each ten seconds from the first to the last minute. */
const slots = (perSlot: number, from: number, to: number): HeardSlot[] =>
  Array.from({ length: (to - from) * 6 }, (_, n) => {
    const at = NOON + from * 60_000 + n * SLOT_MS;
    return {
      ...{ at, reports: perSlot, deviceMinutes: perSlot },
      ...{ lastAt: at + 9000, shortestStaleMs: 120_000 },
    };
  });
const find = (ofModel: HeardSlot[], ofAll: HeardSlot[], minute: number) =>
  findModelSilence(ofModel, ofAll, NOON + minute * 60_000, settings);

describe('a model that falls silent', () => {
  test('is quiet while its neighbours report', () => {
    const all = [...slots(100, 0, 30), ...slots(50, 30, 32)];
    expect(find(slots(50, 0, 30), all, 32)?.startedAt).toBe(NOON + 30 * 60_000 - 1000);
  });

  test('is not quiet by itself when its neighbours are silent too, or when it has none', () => {
    expect(find(slots(50, 0, 30), slots(100, 0, 30), 32)).toBeNull();
    expect(find(slots(50, 0, 30), slots(50, 0, 30), 32)).toBeNull();
  });

  test('is not quiet when fewer than ten devices say that they are of it', () => {
    const one = slots(1, 0, 30).map((slot) => ({ ...slot, deviceMinutes: 0.1 }));
    expect(find(one, slots(100, 0, 32), 32)).toBeNull();
  });
});

describe('the interval by which a model comes back', () => {
  const came = (returned: number, shortest: number, longest: number) => ({
    ...{ returned, shortestReturnMs: shortest, longestReturnMs: longest },
  });

  test('is the gap of the first five, where it is the same', () => {
    expect(intervalOfReturns([came(3, 3_590_000, 3_600_000), came(2, 3_600_000, 3_610_000)])).toBe(3610);
  });

  test('is not known of four, nor of gaps that differ', () => {
    expect(intervalOfReturns([came(4, HOUR, HOUR)])).toBeNull();
    expect(intervalOfReturns([came(5, HOUR / 2, HOUR)])).toBeNull();
    expect(intervalOfReturns([{ returned: 0, shortestReturnMs: null, longestReturnMs: null }])).toBeNull();
  });
});

describe('a source of a device whose model has a new interval', () => {
  const silences = { silences: [], newInterval: { ms: HOUR, since: NOON } };
  const source = (fields: object) => ({ ...newSourceRecord('/webhook'), lastSeenAt: NOON, ...fields });

  test('is judged by it, though it declared another before', () => {
    const before = source({ declaredSeconds: 300, declaredAt: NOON - 1, lastSeenAt: NOON + 100 * HOUR });
    expect(newInterval(before, silences)).toBe(HOUR);
  });

  test('is judged by its own again when it has declared one since, or learnt', () => {
    expect(newInterval(source({ declaredSeconds: 300, declaredAt: NOON + 1 }), silences)).toBe(0);
    expect(newInterval(source({ lastSeenAt: NOON + 2 * HOUR }), silences)).toBe(HOUR);
    expect(newInterval(source({ lastSeenAt: NOON + 8 * HOUR }), silences)).toBe(0);
  });
});
