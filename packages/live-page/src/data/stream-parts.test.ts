import { createHistory, curvePieces } from './rate-history.js';
import { retryDelayMs } from './retry-delay.js';
import { createSseParser, type ServerSentEvent } from './sse-parser.js';

function parsed(...pieces: string[]): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const parse = createSseParser((event) => events.push(event));
  for (const piece of pieces) parse(piece);
  return events;
}

test('events are read whatever the pieces in which they come', () => {
  const text = 'retry: 1000\nid: 1.a\nevent: hello\ndata: {"viewers":1}\n\n: \n\nevent: fleet\ndata: {}\n\n';
  const whole = [
    { event: 'hello', data: '{"viewers":1}', id: '1.a' },
    { event: 'fleet', data: '{}', id: null },
  ];
  expect(parsed(text)).toEqual(whole);
  expect(parsed(...text)).toEqual(whole);
});

test('an event is told when it is whole, and a comment is none', () => {
  expect(parsed('event: fleet\ndata: {')).toEqual([]);
  expect(parsed(': beat\n\n')).toEqual([]);
  expect(parsed('data: a\r\ndata: b\r\n\r\n')).toEqual([{ event: 'message', data: 'a\nb', id: null }]);
});

test('tries become rarer, but never rarer than once in 6 s', () => {
  expect([1, 2, 3, 99].map((failures) => retryDelayMs(failures, 0.5))).toEqual([500, 1000, 2000, 5000]);
  expect(retryDelayMs(99, 1)).toBeCloseTo(6000);
});

test('a history holds its length and no answer twice', () => {
  const history = createHistory<{ at: number }>(60_000);
  for (const at of [0, 1_000, 1_000, 61_500]) history.add({ at });
  expect(history.points().map(({ at }) => at)).toEqual([61_500]);
  history.add({ at: 62_000 });
  expect(history.points().map(({ at }) => at)).toEqual([61_500, 62_000]);
});

test('a trend holds a point in ten seconds', () => {
  const history = createHistory<{ at: number }>(3_600_000, 10_000);
  for (let at = 0; at <= 30_000; at += 1_000) history.add({ at });
  expect(history.points().map(({ at }) => at)).toEqual([0, 10_000, 20_000, 30_000]);
});

test('a missing value breaks the curve instead of falling to zero', () => {
  const values = [1, 2, null, 4, 4].map((value, index) => ({ at: index * 1_000, value }));
  const pieces = curvePieces(values, { width: 60, height: 40, highest: 4, lengthMs: 60_000 });
  expect(pieces).toEqual(['56,30 57,20', '59,0 60,0']);
});
