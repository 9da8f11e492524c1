import type { SingleConnection } from '@cpemon/database';
import type { PreparedApply } from '../../event-log.js';
import type { LaneCounterDeltas } from './offset-fence.js';
import type { Membership } from '../membership/membership.js';
import type { OwnedLane } from './owned-lane.js';

/**
 * Work on lanes beside their live stream (parked devices, requeue, replay, rebuild), done by their owner between two
 * batches: while a step runs nothing else is prepared or written.
 */
export interface LaneWork {
  /** It is given lanes as well in which nobody else may do anything; see `held` of OwnedLane. */
  onHeldLanes?: true;
  /**
   * One bounded step, some 20 ms: the live stream waits meanwhile.
   * @param lanes ours, opened by the applier
   * @returns milliseconds until it wants to be asked again; 0 when there is more to do at once
   * @throws whatever went wrong; the lanes are closed then, and it is asked again after a pause
   */
  step(lanes: readonly OwnedLane[], hands: OwnerHands): Promise<number>;
}

/** What the owner of lanes can do. */
export interface OwnerHands {
  membership: Membership;
  /** Reads on a connection of its own, outside any transaction. */
  read<T>(work: (connection: SingleConnection) => Promise<T>): Promise<T>;
  /**
   * One state transaction, fenced for the lanes it names; `prepared.committed()` is called after COMMIT.
   * @throws FenceError when a lane is not ours any more; the database's errors. The lanes are closed then.
   */
  transact(change: StateChange): Promise<void>;
  /** Voids what is remembered of the lanes: an applier that failed in the middle of a batch has changed part of it. */
  forget(lanes: readonly OwnedLane[]): void;
}

export interface StateChange {
  lanes: readonly OwnedLane[];
  /** By lane; offsets stay as they are unless a lane has `toOffset` here. */
  moves?: ReadonlyMap<number, LaneCounterDeltas>;
  /** What the applier decided. */
  prepared?: PreparedApply;
  /** Further statements, after the fence and before `prepared`. */
  write?(transaction: SingleConnection): Promise<void>;
}
