/** A lane of ours: what proves it, how far it is applied, and how it fares. */
export interface OwnedLane {
  lane: number;
  epoch: number;
  /** The last sequence committed; meaningful once `open`. */
  offset: number;
  /** The last sequence read and prepared, ahead of `offset` while a batch is being written, and its record's hour. */
  readOffset: number;
  hour: number;
  /** The applier has opened it and the position is as in the database. */
  open: boolean;
  /** Batches of this lane alone that failed in a row. */
  failures: number;
  /** Monotonic time (ms) before which it is left alone. */
  retryAt: number;
  /** Mean size of its events when last read, for the bytes a batch may hold. */
  bytesPerEvent: number;
}

export function newOwnedLane(lane: number, epoch: number): OwnedLane {
  return {
    ...{ lane, epoch, offset: 0, readOffset: 0, hour: 0, open: false },
    ...{ failures: 0, retryAt: 0, bytesPerEvent: 1000 },
  };
}
