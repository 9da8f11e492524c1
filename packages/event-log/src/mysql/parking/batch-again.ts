import type { LaneBatch, LoggedEvent, Refusal } from '../../event-log.js';
import { formatPosition, type Position } from '../../position.js';
import type { OwnerHands } from '../consume/lane-work.js';
import type { OwnedLane } from '../consume/owned-lane.js';

/** An event that was parked or given up, and its original position. */
export interface SetAside extends Position {
  logged: LoggedEvent;
}

const NOTHING_PARKED = { has: () => false };

/**
 * Events that were set aside, to be applied after all by the lane that owns them now.
 * @param attemptAt database time, epoch ms
 * @param notTaken refusals by position, of events that failed before and must be left out
 */
export function batchAgain(
  { membership: { generation } }: OwnerHands,
  { lane, watermark }: OwnedLane,
  events: readonly SetAside[],
  attemptAt: number,
  notTaken: ReadonlyMap<string, Refusal>,
): LaneBatch {
  const refusals = new Map<number, Refusal>();
  for (const event of events) {
    const refusal = notTaken.get(formatPosition(event));
    if (refusal !== undefined) refusals.set(event.sequence, refusal);
  }
  return {
    ...{ mode: 'again', generation, lane, events: events.map(({ logged }) => logged) },
    ...{ watermark, attemptAt, parked: NOTHING_PARKED, refusals },
  };
}
