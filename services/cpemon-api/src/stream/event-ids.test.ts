import { readEventId, writeEventId } from './event-ids.js';

test('positions survive the way through a browser', () => {
  const positions = new Map([
    [15, 7],
    [0, 123_456_789_012],
    [65_535, 0],
  ]);
  expect(readEventId(writeEventId(positions))).toEqual(positions);
});

test('a thousand lanes fit', () => {
  const positions = new Map(Array.from({ length: 1024 }, (_, lane) => [lane, 1_000_000_000 + lane] as const));
  expect(readEventId(writeEventId(positions))).toEqual(positions);
});

test.each(['', 'x', '1.', '.1', '1.1-', '1.-1', 'A.1', '1.zzzzzzzzzzz', `1.1${'-1.1'.repeat(5000)}`])(
  '%.20s is no id',
  (text) => {
    expect(readEventId(text)).toBeNull();
  },
);
