import type { OwnedLane } from './owned-lane.js';

export interface BatchLimits {
  /** Events applied in one transaction. More of one lane at once means fewer rows: a device's events fold into one. */
  events: number;
  bytes: number;
}

export const DEFAULT_BATCH_LIMITS: BatchLimits = { events: 40_000, bytes: 32 * 1024 * 1024 };

export interface BatchPlan {
  lanes: OwnedLane[];
  maxEventsPerLane: number;
}

/**
 * Which lanes the next transaction takes. When all that waits fits in one it takes every lane; behind a backlog it
 * takes the lane that is furthest behind alone, so that the events of a device fold into one row.
 */
export function planBatch(
  lanes: readonly OwnedLane[],
  heads: ReadonlyMap<number, number>,
  limits: BatchLimits,
): BatchPlan {
  const lagOf = (lane: OwnedLane): number => Math.max(0, (heads.get(lane.lane) ?? 0) - lane.readOffset);
  const waiting = lanes.filter((lane) => lagOf(lane) > 0);
  let events = 0;
  let bytes = 0;
  for (const lane of waiting) {
    events += lagOf(lane);
    bytes += lagOf(lane) * lane.bytesPerEvent;
  }
  if (events <= limits.events && bytes <= limits.bytes)
    return { lanes: waiting, maxEventsPerLane: limits.events };

  const [furthest] = [...waiting].sort((a, b) => lagOf(b) - lagOf(a));
  if (furthest === undefined) return { lanes: [], maxEventsPerLane: 0 };
  const byBytes = Math.floor(limits.bytes / furthest.bytesPerEvent);
  return { lanes: [furthest], maxEventsPerLane: Math.max(1, Math.min(limits.events, byBytes)) };
}
