import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatAgo,
  formatCompact,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatShare,
  parseTime,
} from '../../public/page/format.mjs';

test('a missing or impossible value has no words, so that nothing is invented', () => {
  for (const format of [formatCount, formatCompact, formatRate, formatPercent, formatDuration, formatAgo]) {
    for (const value of [undefined, null, NaN, Infinity, '12', {}]) assert.equal(format(value), null);
  }
  assert.equal(parseTime(undefined), null);
  assert.equal(parseTime('yesterday'), null);
  assert.equal(parseTime(1_700_000_000), null);
});

test('counts are grouped and whole', () => {
  assert.equal(formatCount(0), '0');
  assert.equal(formatCount(1_234_567), '1,234,567');
  assert.equal(formatCompact(9_999), '9,999');
  assert.equal(formatCompact(12_345), '12.3k');
});

test('a slow rate keeps a decimal, a fast one does not', () => {
  assert.equal(formatRate(0), '0');
  assert.equal(formatRate(0.24), '0.2');
  assert.equal(formatRate(9_999.6), '10,000');
});

test('a duration is told in its two largest units, and in one from ten on', () => {
  const words = [0.04, 0.97, 1, 59.9, 60, 65, 599, 600, 3_600, 3_660, 36_000, 86_400, 90_000, 864_000].map(
    formatDuration,
  );
  assert.deepEqual(words, [
    '0 s', '1 s', '1 s', '59 s', '1 min', '1 min 5 s', '9 min 59 s', '10 min', '1 h', '1 h 1 min', '10 h', '1 d', '1 d 1 h', '10 d',
  ]); // prettier-ignore
});

test('what is seen in this second is "just now"; a time ahead of the database is not "in the future"', () => {
  assert.equal(formatAgo(0.9), 'just now');
  assert.equal(formatAgo(-3), 'just now');
  assert.equal(formatAgo(3.2), '3 s ago');
});

test('nearly all is not 100 % and nearly none is not 0 %', () => {
  assert.equal(formatShare(999_999, 1_000_000), '> 99.9 %');
  assert.equal(formatShare(1, 1_000_000), '< 0.1 %');
  assert.equal(formatShare(10, 10), '100 %');
  assert.equal(formatShare(0, 10), '0 %');
  assert.equal(formatShare(0, 0), null);
});
