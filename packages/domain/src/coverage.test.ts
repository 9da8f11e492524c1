import { ENOUGH_REPORTS, stoppedMetrics, type FirmwareCoverage } from './coverage.js';

const firmware = (
  name: string,
  firstAt: number,
  seen: Record<string, number>,
  lookedAt = 100,
): FirmwareCoverage => ({ firmware: name, firstAt, lookedAt, seen: new Map(Object.entries(seen)) });

test('a metric that the firmware before sent has stopped', () => {
  const stopped = stoppedMetrics([firmware('2', 2, { cpu: 90 }), firmware('1', 1, { cpu: 100, rx: 50 })]);
  expect([...stopped]).toEqual([['2', [{ metric: 'rx', before: '1', share: 0.5 }]]]);
});

test('it has stopped as long as no later firmware sends it', () => {
  const stopped = stoppedMetrics([
    firmware('1', 1, { rx: 50 }),
    firmware('2', 2, { cpu: 9 }),
    firmware('3', 3, { cpu: 9 }),
    firmware('4', 4, { cpu: 9, rx: 1 }),
  ]);
  expect([...stopped.keys()]).toEqual(['2', '3']);
});

test('few reports say nothing, nor does a metric of one odd device', () => {
  expect(stoppedMetrics([firmware('1', 1, { rx: 50 }), firmware('2', 2, {}, ENOUGH_REPORTS - 1)]).size).toBe(
    0,
  );
  expect(stoppedMetrics([firmware('1', 1, { rx: 4 }), firmware('2', 2, {})]).size).toBe(0);
});
