import { isDeeperThan, spansOfArray } from './nesting.js';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test('depth is that of objects and arrays together, and brackets in strings do not count', () => {
  expect(isDeeperThan(nested(32), 32)).toBe(false);
  expect(isDeeperThan(nested(33), 32)).toBe(true);
  expect(isDeeperThan('{"a":'.repeat(200), 32)).toBe(true);
  expect(isDeeperThan(`{"a":"${'['.repeat(100)}","b\\"[[[":1}`, 2)).toBe(false);
  expect(isDeeperThan(`[${'[],'.repeat(100)}[]]`, 2)).toBe(false);
});

test.each([
  ['[]', []],
  [' [ ] ', []],
  ['[1]', ['1']],
  ['[ {"a":1} , {"b":[1,2]} ]', ['{"a":1}', '{"b":[1,2]}']],
  ['["a,b]","c\\"]",null]', ['"a,b]"', '"c\\"]"', 'null']],
  ['[\n  [1,\n2],\n{}\n]', ['[1,\n2]', '{}']],
])('the elements of %p are %p', (text, elements) => {
  expect(spansOfArray(text, 32, 100).map(({ start, end }) => text.slice(start, end))).toEqual(elements);
});

test('only the elements that are too deep are marked', () => {
  const spans = spansOfArray(`[{},${nested(33)},${nested(32)}]`, 32, 100);
  expect(spans.map(({ tooDeep }) => tooDeep)).toEqual([false, true, false]);
});

test('an element without an end is marked as well', () => {
  const spans = spansOfArray(`[{},${'['.repeat(34)}`, 32, 100);
  expect(spans.map(({ tooDeep }) => tooDeep)).toEqual([false, true]);
});

test('looking stops soon after the most elements that are allowed', () => {
  expect(spansOfArray(`[${'1,'.repeat(1000)}1]`, 32, 10)).toHaveLength(11);
});
