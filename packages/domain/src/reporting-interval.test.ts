import { newSourceRecord } from './device-record.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { expectedIntervalMs, knownIntervalSeconds, learnInterval, rhythmOf } from './reporting-interval.js';

const NO_GAPS = { acceptedAt: 1e12, gaps: [] };
const PERIODIC = rhythmOf({ data: {} });

const learnAt = (
  times: number[],
  rhythm = PERIODIC,
  intake = NO_GAPS as Parameters<typeof learnInterval>[3],
) => {
  const source = newSourceRecord('/webhook');
  for (const seconds of times) learnInterval(source, seconds * 1000, rhythm, intake);
  return source;
};

test('five gaps teach the interval, and one that is out of line does not spoil it', () => {
  expect(knownIntervalSeconds(learnAt([0, 60, 120, 181, 240]))).toBeNull();
  expect(knownIntervalSeconds(learnAt([0, 60, 120, 181, 240, 300]))).toBe(60);
  expect(knownIntervalSeconds(learnAt([0, 60, 120, 181, 4000, 4060]))).toBe(60);
});

test('until then the default counts, or the longest gap where that is longer', () => {
  expect(expectedIntervalMs(learnAt([0, 60]), DEFAULT_REACHABILITY_SETTINGS)).toBe(300_000);
  expect(expectedIntervalMs(learnAt([0, 3600]), DEFAULT_REACHABILITY_SETTINGS)).toBe(3_600_000);
});

test('a declared interval counts from the first', () => {
  const source = { ...learnAt([0, 60]), declaredSeconds: 900 };
  expect(expectedIntervalMs(source, DEFAULT_REACHABILITY_SETTINGS)).toBe(900_000);
});

test('reports in parts within a second are one report', () => {
  const source = learnAt([0, 0.2, 0.4, 60, 60.3, 120, 180, 240, 300]);
  expect(knownIntervalSeconds(source)).toBe(60);
});

test('a gap that overlaps a gap of intake teaches nothing', () => {
  const intake = { acceptedAt: 1e12, gaps: [{ startedAt: 70_000, endedAt: 90_000 }] };
  expect(learnAt([0, 60, 120, 180, 250], PERIODIC, intake).learntGapsMs).toEqual([60_000, 60_000, 70_000]);
});

test('a gap that ends in a boot teaches nothing, by its event code or by its uptime', () => {
  const byCode = learnAt([0, 60]);
  learnInterval(byCode, 600_000, rhythmOf({ data: { event_codes: ['1 BOOT', '2 PERIODIC'] } }), NO_GAPS);
  learnInterval(byCode, 630_000, PERIODIC, NO_GAPS);
  learnInterval(byCode, 690_000, PERIODIC, NO_GAPS);
  expect(byCode.learntGapsMs).toEqual([60_000, 60_000]);

  const byUptime = learnAt([0, 60]);
  learnInterval(byUptime, 600_000, rhythmOf({ data: { metrics: { uptime_seconds: 20 } } }), NO_GAPS);
  learnInterval(byUptime, 660_000, rhythmOf({ data: { metrics: { uptime_seconds: 80 } } }), NO_GAPS);
  expect(byUptime.learntGapsMs).toEqual([60_000, 60_000]);
});

test('VALUE CHANGE and CONNECTION REQUEST teach nothing and do not divide the gap they fall in', () => {
  const source = learnAt([0]);
  learnInterval(source, 20_000, rhythmOf({ data: { event_codes: ['4 VALUE CHANGE'] } }), NO_GAPS);
  learnInterval(source, 30_000, rhythmOf({ data: { event_codes: ['6 CONNECTION REQUEST'] } }), NO_GAPS);
  learnInterval(
    source,
    60_000,
    rhythmOf({ data: { event_codes: ['2 PERIODIC', '4 VALUE CHANGE'] } }),
    NO_GAPS,
  );
  expect(source.learntGapsMs).toEqual([60_000]);
});
