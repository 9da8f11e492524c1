import type { LaneBatch } from '@cpemon/event-log';
import { slicesOf } from './batch-slices.js';

const batch = (lane: number, sequences: number[]): LaneBatch => ({
  ...{ mode: 'live', generation: 1, lane, watermark: 0, attemptAt: 0 },
  ...{ parked: new Set<string>(), refusals: new Map<number, never>() },
  events: sequences.map((sequence) => ({
    sequence,
    receivedAt: 0,
    event: { id: '', source: '', type: 'cpemon.heartbeat.v1', subject: '', data: {} },
  })),
});
const shown = (batches: LaneBatch[], size: number): string[] =>
  [...slicesOf(batches, size)].map((slice) =>
    slice.map((part) => `${part.batch.lane}:${part.events.map(({ sequence }) => sequence).join()}`).join(' '),
  );

test('events go by in order, so many at a time, across batches', () => {
  expect(shown([batch(0, [1, 2, 3]), batch(1, []), batch(2, [7, 8])], 2)).toEqual([
    '0:1,2',
    '0:3 2:7',
    '2:8',
  ]);
});

test('batches without events make no slice', () => {
  expect(shown([batch(0, []), batch(1, [])], 5)).toEqual([]);
});
