import type { NoAnswerReason } from './outcome.js';
import { PATHS, type Path } from './report-ways.js';

/** Counts of one way of reporting. A report is counted once in `sent`, however often it is tried. */
export interface PathTally {
  /** Reports tried at least once. */
  sent: number;
  /** Reports answered with 2xx. */
  acknowledged: number;
  /** Reports refused for good (4xx, or inside an accepted batch). */
  rejected: number;
  /** Reports given up because their CPE was cut off while they waited for a retry, and surely not stored. */
  abandoned: number;
  /** Reports not acknowledged that may have been stored: an attempt had no answer, or a 5xx other than 503. */
  in_doubt: number;
  /** Requests made, of which retries. */
  attempts: number;
  retries: number;
  /** Requests answered with something other than 2xx, by status. */
  refused_by_status: Record<string, number>;
  /** Requests that got no answer, or none of ours, by reason. */
  unanswered_by_reason: Partial<Record<NoAnswerReason, number>>;
  /** Reports refused inside an accepted batch, by the target's reason. */
  rejected_by_reason: Record<string, number>;
}

/** Reasons come from the target: beyond this many different ones they are counted together. */
const MAX_REASONS = 50;

export const emptyTally = (): PathTally => ({
  sent: 0,
  acknowledged: 0,
  rejected: 0,
  abandoned: 0,
  in_doubt: 0,
  attempts: 0,
  retries: 0,
  refused_by_status: {},
  unanswered_by_reason: {},
  rejected_by_reason: {},
});

export function countReason(counts: Record<string, number>, reason: string): void {
  const known = Object.hasOwn(counts, reason);
  const name = known || Object.keys(counts).length < MAX_REASONS ? reason : 'other';
  counts[name] = (counts[name] ?? 0) + 1;
}

/** All ways of reporting together. */
export function totalsOf({ paths }: { paths: Readonly<Record<Path, PathTally>> }): PathTally {
  const total = emptyTally();
  for (const path of PATHS) {
    for (const [name, value] of Object.entries(paths[path]) as [
      keyof PathTally,
      number | Record<string, number>,
    ][]) {
      if (typeof value === 'number') (total[name] as number) += value;
      else {
        const counts = total[name] as Record<string, number>;
        for (const [reason, count] of Object.entries(value)) counts[reason] = (counts[reason] ?? 0) + count;
      }
    }
  }
  return total;
}

/** Reports sent whose fate is open: neither acknowledged, rejected, abandoned nor in doubt yet. */
export const openReports = ({ sent, acknowledged, rejected, abandoned, in_doubt }: PathTally): number =>
  sent - acknowledged - rejected - abandoned - in_doubt;
