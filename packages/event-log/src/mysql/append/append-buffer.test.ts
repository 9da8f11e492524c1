import type { IntakePath } from '@cpemon/domain';
import { LogFullError } from '../../event-log.js';
import { createAppendBuffer, DEFAULT_APPEND_LIMITS, type AppendCall } from './append-buffer.js';

const LIMITS = {
  ...DEFAULT_APPEND_LIMITS,
  ...{ maxEvents: 1000, maxBytes: 100_000, maxCallers: 500, flushEvents: 100, flushBytes: 10_000 },
};
const callOf = (path: IntakePath, call: Partial<AppendCall> = {}): AppendCall => ({
  ...{ path, events: [], lanes: 16, eventCount: 1, bytes: 10, answerBy: Infinity },
  ...{ resolve: () => undefined, reject: () => undefined },
  ...call,
});

/** Calls taken before the buffer refused. */
function flood(buffer: ReturnType<typeof createAppendBuffer>, call: () => AppendCall, tries = 5000): number {
  let taken = 0;
  for (let n = 0; n < tries; n += 1) {
    try {
      buffer.put(call());
      taken += 1;
    } catch (error) {
      if (!(error instanceof LogFullError)) throw error;
    }
  }
  return taken;
}

test.each([
  ['events', { eventCount: 100 }, 7],
  ['bytes', { bytes: 10_000 }, 7],
  ['callers', {}, 350],
])(
  'a flood on one path fills no more than its share in %s, and another path still gets in',
  (_what, size, share) => {
    const buffer = createAppendBuffer(LIMITS);
    expect(flood(buffer, () => callOf('telemetry', size))).toBe(share);
    expect(flood(buffer, () => callOf('heartbeat'), 50)).toBe(50);
  },
);

test('what waits never passes its bounds, however long the flood', () => {
  const buffer = createAppendBuffer(LIMITS);
  for (let round = 0; round < 50; round += 1) {
    flood(buffer, () => callOf('telemetry', { eventCount: 3, bytes: 500 }), 1000);
    flood(buffer, () => callOf('heartbeat', { bytes: 900 }), 1000);
    const { events, bytes, callers } = buffer.usage();
    expect(events).toBeLessThanOrEqual(LIMITS.maxEvents);
    expect(bytes).toBeLessThanOrEqual(LIMITS.maxBytes);
    expect(callers).toBeLessThanOrEqual(LIMITS.maxCallers);
    expect(buffer.waiting()).toBe(callers);
    if (round % 2 === 0) buffer.release(buffer.takeFlush());
  }
  while (buffer.waiting() > 0) buffer.release(buffer.takeFlush());
  expect(buffer.usage()).toEqual({ events: 0, bytes: 0, callers: 0 });
});

test('paths that wait share a flush, and each keeps its order', () => {
  const buffer = createAppendBuffer(LIMITS);
  let number = 0;
  const numbered = (path: IntakePath) => callOf(path, { answerBy: (number += 1) });
  flood(buffer, () => numbered('telemetry'), 300);
  flood(buffer, () => numbered('heartbeat'), 30);
  const flush = buffer.takeFlush();
  const of = (path: IntakePath) => flush.filter((call) => call.path === path).map(({ answerBy }) => answerBy);
  expect(of('heartbeat')).toEqual(Array.from({ length: 30 }, (_, n) => 301 + n));
  expect(of('telemetry')).toEqual(Array.from({ length: 70 }, (_, n) => 1 + n));
});

test('calls that waited too long are told so and make room', () => {
  const buffer = createAppendBuffer(LIMITS);
  const failed: string[] = [];
  const until = (answerBy: number) =>
    callOf('webhook', { answerBy, reject: (error) => failed.push(`${answerBy} ${error.name}`) });
  for (const answerBy of [10, 20, 30]) buffer.put(until(answerBy));
  buffer.expire(20);
  expect(failed).toEqual(['10 LogUnavailableError', '20 LogUnavailableError']);
  expect(buffer.usage().callers).toBe(1);
  expect(buffer.takeFlush().map(({ answerBy }) => answerBy)).toEqual([30]);
});
