import { createLineCutter, type Line } from './line-cutter.js';

const linesOf = (chunks: string[], longest = 100): (string | undefined)[] => {
  const cutter = createLineCutter(longest);
  const lines: Line[] = chunks.flatMap((chunk) => cutter.cut(Buffer.from(chunk)));
  return [...lines, ...cutter.end()].map((line) => line?.toString());
};

test.each([
  [['a\nb\n'], ['a', 'b']],
  [['a\nb'], ['a', 'b']],
  [
    ['a', 'b', '\nc', '\n'],
    ['ab', 'c'],
  ],
  [['\n\n a \r\n \r\n'], [' a \r']],
  [[''], []],
])('%j is cut into %j', (chunks, lines) => {
  expect(linesOf(chunks)).toEqual(lines);
});

test('a line that is too long is forgotten, and the next one is read', () => {
  expect(linesOf(['x'.repeat(60), 'x'.repeat(60), '\nok\n', 'y'.repeat(101)])).toEqual([
    undefined,
    'ok',
    undefined,
  ]);
  expect(linesOf(['x'.repeat(100) + '\n'])).toEqual(['x'.repeat(100)]);
});
