import type { LogPartition } from './log-partitions.js';

/** How much of the log is kept: at least so many whole hours; and no more bytes than this, where that is given. */
export interface LogRetentionPolicy {
  hours: number;
  bytes?: number;
}

/**
 * The hour before which nothing of the log would be kept if nobody needed it, hours since 1970. Never the current
 * hour, nor the one before it: a flush that began in it may commit now.
 * @param partitions the hourly ones, in order
 */
export function retentionAim(
  partitions: readonly LogPartition[],
  thisHour: number,
  { hours, bytes }: LogRetentionPolicy,
): number {
  const byTime = thisHour - hours;
  if (bytes === undefined) return Math.min(byTime, thisHour - 1);
  let kept = 0;
  let bySize = 0;
  for (const partition of [...partitions].reverse()) {
    kept += partition.bytes;
    if (kept > bytes) {
      bySize = partition.endHour;
      break;
    }
  }
  return Math.min(Math.max(byTime, bySize), thisHour - 1);
}
