import { neighbourVerdict, neighbourWords } from './neighbour-words.js';

const group = (total: number, online: number, by = 'pon') => ({
  ...{ by, value: '1/1', total },
  by_status: { online, degraded: 0, stale: 0, offline: total - online, unknown: 0 },
});

test.each([
  [group(64, 10), 'offline', '53 of 63 others are not well.'],
  [group(64, 63), 'offline', 'All others are well.'],
  [group(64, 10), 'online', '54 of 63 others are not well.'],
  [group(1, 0), 'offline', 'No other device shares it.'],
  [group(0, 0), 'offline', 'No other device shares it.'],
])('%j of a device that is %s: %s', (neighbours, status, words) => {
  expect(neighbourWords(neighbours, status)).toBe(words);
});

test('the smallest group of which many are not well is where to look', () => {
  const olt = group(1000, 900, 'olt');
  expect(neighbourVerdict([group(64, 10), olt], 'offline')).toMatch('look at PON 1/1');
  expect(neighbourVerdict([group(64, 60), group(1000, 200, 'olt')], 'offline')).toMatch('look at OLT 1/1');
  expect(neighbourVerdict([group(64, 60), olt, group(500, 490, 'model')], 'offline')).toMatch(
    'this device or its line',
  );
});

test('of a device that is well, or that hardly any other shares anything with, nothing is concluded', () => {
  expect(neighbourVerdict([group(64, 10)], 'online')).toBeNull();
  expect(neighbourVerdict([group(2, 0)], 'offline')).toBeNull();
});
