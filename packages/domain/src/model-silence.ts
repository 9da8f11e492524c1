import type { SourceRecord } from './device-record.js';
import type { IntakeGap } from './intake-history.js';
import {
  SLOT_MS,
  findSilence,
  slotOf,
  type FoundSilence,
  type HeardSlot,
  type SilenceSettings,
  type Unheard,
} from './source-silence.js';

/** When a model was quiet, and by what interval it came back. */
export interface ModelSilences {
  /** In order of time; one that lasts is open and ends at Infinity. */
  silences: readonly IntakeGap[];
  /** The interval by which all its devices came back, since when; null when it is the old one. */
  newInterval: { ms: number; since: number } | null;
}

/** Reports after which a source that declares no interval has learnt its new one. */
const LEARNT_WITHIN_INTERVALS = 7;

/**
 * The interval of its model by which a source is judged, ms; 0 when its own holds: it has declared one since, or learnt.
 */
export function newInterval(source: SourceRecord, { newInterval: interval }: ModelSilences): number {
  if (interval === null || source.declaredAt > interval.since) return 0;
  const hasLearnt = source.lastSeenAt > interval.since + LEARNT_WITHIN_INTERVALS * interval.ms;
  return source.declaredSeconds === null && hasLearnt ? 0 : interval.ms;
}

/**
 * The silence of a model whose neighbours report; null when the model reports, or all are silent: then it is no matter of
 * the model.
 * @param ofModel slots of the model, `ofAll` those of all sources together, in order of time
 */
export function findModelSilence(
  ofModel: readonly HeardSlot[],
  ofAll: readonly HeardSlot[],
  now: number,
  settings: SilenceSettings,
  unheard?: Unheard,
): FoundSilence | null {
  const found = findSilence(ofModel, now, settings, unheard);
  if (found === null) return null;
  const own = new Map(ofModel.map((slot) => [slot.at, slot.reports]));
  const neighbours = (from: number, until: number): number => {
    let reports = 0;
    for (const { at, reports: all } of ofAll)
      if (at >= from && at < until) reports += Math.max(0, all - (own.get(at) ?? 0));
    return reports;
  };
  const end = slotOf(now);
  const from = Math.min(slotOf(found.startedAt) + SLOT_MS, end - SLOT_MS);
  const before = neighbours(2 * from - end, from);
  return before > 0 && neighbours(from, end) >= before / 2 ? found : null;
}

/** Devices that came back without a boot, and the span of their gaps. */
export interface Returns {
  returned: number;
  shortestReturnMs: number | null;
  longestReturnMs: number | null;
}

const FEWEST_RETURNS = 5;
/** Gaps that differ by no more than this are one interval: devices report some seconds early or late. */
const SAME_GAP = 1.2;

/** The interval by which a quiet model comes back, seconds; null when the gaps of the first to come differ. */
export function intervalOfReturns(returns: readonly Returns[]): number | null {
  let count = 0;
  let shortest = Infinity;
  let longest = 0;
  for (const { returned, shortestReturnMs, longestReturnMs } of returns) {
    if (returned === 0 || shortestReturnMs === null || longestReturnMs === null) continue;
    count += returned;
    shortest = Math.min(shortest, shortestReturnMs);
    longest = Math.max(longest, longestReturnMs);
  }
  return count >= FEWEST_RETURNS && longest <= shortest * SAME_GAP ? Math.round(longest / 1000) : null;
}
