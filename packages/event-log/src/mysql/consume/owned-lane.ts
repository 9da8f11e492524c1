import type { Refusal } from '../../event-log.js';
import type { LettersOfLane } from '../replay/elsewhere.js';

/** A lane of ours: what proves it, how far it is applied, and how it fares. */
export interface OwnedLane {
  lane: number;
  epoch: number;
  /** The last sequence committed; meaningful once `open`. */
  offset: number;
  /** The last sequence read and prepared, ahead of `offset` while a batch is being written, and its record's hour. */
  readOffset: number;
  hour: number;
  /** Database time (epoch ms) up to which it is judged by what has been prepared; 0 before the first batch. */
  watermark: number;
  /** The applier has opened it and the position is as in the database. */
  open: boolean;
  /** Batches of this lane alone that failed in a row. */
  failures: number;
  /** Monotonic time (ms) before which it is left alone. */
  retryAt: number;
  /** Mean size of its events when last read, for the bytes a batch may hold. */
  bytesPerEvent: number;
  /** Parked devices (subjects) and how many events of each wait; as the batches prepared so far leave it. */
  parked: Map<string, number>;
  /** Its derived rows are being removed for a rebuild: nothing is applied until that is done. */
  held: boolean;
  /** Dead letters ahead of the offset, while the lane is applied for the second time. */
  letters: LettersOfLane | undefined;
  trouble: LaneTrouble;
}

/** What is known about a batch that fails for a reason of its own. Kept when the lane is closed and opened again. */
export interface LaneTrouble {
  /** Events that will be refused when they come by again, by sequence. */
  refusals: Map<number, Refusal>;
  /** Events of the next batch, while the one that fails is looked for by halving; undefined when none is. */
  cut: number | undefined;
  /** Devices tried, and of them refused, since the trouble began. */
  devicesTried: number;
  devicesRefused: number;
  /** Monotonic time (ms) at which this lane's batches began to fail. */
  since: number | undefined;
}

export const noTrouble = (): LaneTrouble => ({
  refusals: new Map(),
  cut: undefined,
  devicesTried: 0,
  devicesRefused: 0,
  since: undefined,
});

export function newOwnedLane(lane: number, epoch: number): OwnedLane {
  return {
    ...{ lane, epoch, offset: 0, readOffset: 0, hour: 0, watermark: 0, open: false },
    ...{ failures: 0, retryAt: 0, bytesPerEvent: 1000 },
    ...{ parked: new Map<string, number>(), held: false, letters: undefined, trouble: noTrouble() },
  };
}
