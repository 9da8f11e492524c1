import {
  formatAgo,
  formatChange,
  formatCompact,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatShare,
  parseTime,
} from './format.js';

test('a missing or impossible value has no words, so that nothing is invented', () => {
  for (const format of [
    formatCount,
    formatCompact,
    formatRate,
    formatPercent,
    formatDuration,
    formatAgo,
    formatChange,
  ]) {
    for (const value of [undefined, null, NaN, Infinity, '12', {}]) expect(format(value)).toBeNull();
  }
  for (const text of [undefined, 'yesterday', 1_700_000_000]) expect(parseTime(text)).toBeNull();
});

test('counts are grouped and whole', () => {
  expect([formatCount(0), formatCount(1_234_567)]).toEqual(['0', '1,234,567']);
  expect([formatCompact(9_999), formatCompact(12_345)]).toEqual(['9,999', '12.3k']);
});

test('a slow rate keeps a decimal, a fast one does not', () => {
  expect([0, 0.24, 9_999.6].map(formatRate)).toEqual(['0', '0.2', '10,000']);
});

test.each([
  [0.04, '0 s'],
  [0.97, '1 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [65, '1 min 5 s'],
  [599, '9 min 59 s'],
  [600, '10 min'],
  [3_660, '1 h 1 min'],
  [36_000, '10 h'],
  [90_000, '1 d 1 h'],
  [864_000, '10 d'],
])('%d s are told in the two largest units, and in one from ten on', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});

test('what is seen in this second is "just now"; a time ahead of the database is not "in the future"', () => {
  expect([0.9, -3, 3.2].map(formatAgo)).toEqual(['just now', 'just now', '3 s ago']);
});

test('nearly all is not 100 % and nearly none is not 0 %', () => {
  expect(formatShare(999_999, 1_000_000)).toBe('> 99.9 %');
  expect(formatShare(1, 1_000_000)).toBe('< 0.1 %');
  expect([formatShare(10, 10), formatShare(0, 10), formatShare(0, 0)]).toEqual(['100 %', '0 %', null]);
});

test('a change has a sign', () => {
  expect([3, -12_000, 0].map(formatChange)).toEqual(['+3', '\u221212k', '±0']);
});
