import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';

/** Some events of some batches, in order. */
export type BatchSlice = { batch: LaneBatch; events: LoggedEvent[] }[];

/** Goes through the events of all batches, batch by batch, `size` events at a time. */
export function* slicesOf(batches: readonly LaneBatch[], size: number): Generator<BatchSlice, void> {
  let slice: BatchSlice = [];
  let left = size;
  for (const batch of batches) {
    let part: LoggedEvent[] | undefined;
    for (const event of batch.events) {
      if (part === undefined) slice.push({ batch, events: (part = []) });
      part.push(event);
      left -= 1;
      if (left > 0) continue;
      yield slice;
      slice = [];
      part = undefined;
      left = size;
    }
  }
  if (slice.length > 0) yield slice;
}
