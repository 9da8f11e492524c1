import { counterRates, isCounter } from './counter-rates.js';
import { joinPoints, pointsOfReadings } from './points.js';

const line = (times: number[], values: number[]) => pointsOfReadings(times, values);

test('byte and error counters are counters, memory and power are not', () => {
  expect(['wan_rx_bytes', 'tx_bytes', 'dsl_crc_errors', 'rx_bytes{service=internet}'].every(isCounter)).toBe(
    true,
  );
  expect(['memory_total_bytes', 'rx_power_dbm', 'uptime_seconds'].some(isCounter)).toBe(false);
});

test('a counter gives its growth a second, at the later of two readings', () => {
  const { points } = counterRates(line([0, 60_000, 120_000], [1000, 7000, 7000]));
  expect(points.map(({ t, last }) => [t, last])).toEqual([
    [60_000, 100],
    [120_000, 0],
  ]);
});

test('a counter that went back gives no rate when it may have wrapped more than once', () => {
  const { points, without } = counterRates(line([0, 60_000], [4_000_000_000, 100]));
  expect(points).toEqual([]);
  expect(without.went_back).toBe(1);
});

test('a counter of 32 bits that went back within a few seconds has wrapped', () => {
  const { points } = counterRates(line([0, 10_000], [2 ** 32 - 500, 500]));
  expect(points[0]?.last).toBe(100);
});

test('across a restart there is no rate, even if the counter has grown', () => {
  const startedAt = (t: number) => (t === 0 ? -1_000_000 : 0);
  const { points, without } = counterRates(line([0, 600_000], [100, 5000]), startedAt);
  expect([points.length, without.restarted]).toEqual([0, 1]);
});

test('a counter that is stuck at its maximum is not available', () => {
  const { without } = counterRates(line([0, 60_000], [2 ** 32 - 1, 2 ** 32 - 1]));
  expect(without.not_available).toBe(1);
});

test('points are joined to as many as are asked for, and where nothing was there is none', () => {
  const points = line([0, 10, 20, 900, 910, 999], [1, 2, 3, 10, 20, 30]);
  const joined = joinPoints(points, { from: 0, to: 1000, points: 5 });
  expect(joined).toEqual([
    { t: 0, min: 1, mean: 2, max: 3, last: 3, count: 3 },
    { t: 800, min: 10, mean: 20, max: 30, last: 30, count: 3 },
  ]);
});
